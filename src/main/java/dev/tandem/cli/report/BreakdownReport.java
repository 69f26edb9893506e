package dev.tandem.cli.report;

import dev.tandem.profile.Breakdown;
import dev.tandem.profile.Ceilings;
import dev.tandem.study.BreakdownResult;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where the time of a run goes, by operation, against what the machine could do. */
record BreakdownReport(BreakdownResult result) implements Report {
    private static final String NONE = "–";

    @Override
    public void text(PrintWriter out) {
        Breakdown breakdown = result.breakdown();
        Table table = new Table(
                "operation", "calls", "ms", "share", "GFLOP", "GB", "TFLOP/s", "GB/s", "of ceiling", "bound by");
        double sum = breakdown.total().nanos();
        breakdown.rows().forEach(row -> add(table, row, sum));
        add(table, breakdown.total(), sum);
        table.print(out);
        out.println("each call timed by itself, less the " + digits(breakdown.waitNanos() / 1e3)
                + " µs of waiting for it; what a device fuses across calls is done apart");
        out.println("runs in one go, timed in between: " + digits(result.wholeNanos() / 1e6) + " ms");
        Ceilings ceilings = breakdown.ceilings();
        out.println("ceilings measured here: " + digits(ceilings.flops() / 1e12) + " TFLOP/s by a large product, "
                + digits(ceilings.bytes() / 1e9) + " GB/s of memory (caches and shorter algorithms exceed them)");
    }

    private static void add(Table table, Breakdown.Row row, double sum) {
        boolean products = row.work().flops() > 0;
        boolean crosses = row.work().crosses();
        table.row(
                row.work().operation(),
                String.valueOf(row.calls()),
                digits(row.nanos() / 1e6),
                String.format(Locale.ROOT, "%.1f %%", 100 * row.nanos() / sum),
                products ? digits(row.work().flops() / 1e9) : NONE,
                digits(row.work().bytes() / 1e9),
                products ? digits(row.flopsPerSecond() / 1e12) : NONE,
                digits(row.bytesPerSecond() / 1e9),
                crosses ? NONE : String.format(Locale.ROOT, "%.0f %%", 100 * row.ofCeiling()),
                crosses ? NONE : bound(row));
    }

    private static String bound(Breakdown.Row row) {
        return row.boundByProducts() ? "products" : "memory";
    }

    /** Three of them that count, but none beyond the fourth after the point. */
    private static String digits(double value) {
        if (value < 1e-4) {
            return value == 0 ? "0" : "<0.0001";
        }
        int places = Math.clamp(2 - (int) Math.floor(Math.log10(value)), 0, 4);
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }

    @Override
    public Map<String, Object> json() {
        Breakdown breakdown = result.breakdown();
        Map<String, Object> json = new LinkedHashMap<>();
        Ceilings ceilings = breakdown.ceilings();
        json.put("ceiling_flops_per_second", ceilings.flops());
        json.put("ceiling_bytes_per_second", ceilings.bytes());
        json.put("wait_us", breakdown.waitNanos() / 1e3);
        json.put("whole_ms", result.wholeNanos() / 1e6);
        json.put("sum_ms", breakdown.total().nanos() / 1e6);
        json.put(
                "operations",
                breakdown.rows().stream().map(BreakdownReport::row).toList());
        return json;
    }

    private static Map<String, Object> row(Breakdown.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operation", row.work().operation());
        json.put("calls", row.calls());
        json.put("ms", row.nanos() / 1e6);
        json.put("flops", row.work().flops());
        json.put("bytes", row.work().bytes());
        json.put("flops_per_second", row.flopsPerSecond());
        json.put("bytes_per_second", row.bytesPerSecond());
        if (!row.work().crosses()) {
            json.put("of_ceiling", row.ofCeiling());
            json.put("bound_by", bound(row));
        }
        return json;
    }
}
