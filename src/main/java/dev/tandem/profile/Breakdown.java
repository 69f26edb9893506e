package dev.tandem.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Where the time of a run goes.
 *
 * @param rows by operation, the longest first
 * @param ceilings what the rates are compared with
 * @param waitNanos what was taken off every call
 */
public record Breakdown(List<Row> rows, Ceilings ceilings, long waitNanos) {
    /**
     * All calls of one operation.
     *
     * @param work of all of them together
     * @param nanos of all of them together
     * @param productNanos what calls that are bound by their products would take at the ceiling
     * @param memoryNanos what calls that are bound by their bytes would take at the ceiling
     */
    public record Row(Work work, int calls, double nanos, double productNanos, double memoryNanos) {
        private static Row of(Work work, double nanos, Ceilings c) {
            double products = work.flops() / c.flops() * 1e9;
            double memory = work.crosses() ? 0 : work.bytes() / c.bytes() * 1e9;
            return products > memory ? new Row(work, 1, nanos, products, 0) : new Row(work, 1, nanos, 0, memory);
        }

        private Row plus(Row other) {
            return new Row(
                    work.plus(other.work),
                    calls + other.calls,
                    nanos + other.nanos,
                    productNanos + other.productNanos,
                    memoryNanos + other.memoryNanos);
        }

        public double flopsPerSecond() {
            return nanos == 0 ? 0 : work.flops() / nanos * 1e9;
        }

        public double bytesPerSecond() {
            return nanos == 0 ? 0 : work.bytes() / nanos * 1e9;
        }

        /** Whether, at the ceilings, calls bound by their products would take most of the time. */
        public boolean boundByProducts() {
            return productNanos > memoryNanos;
        }

        /**
         * The time at the ceilings over the time that it took. More than 1 is possible where bytes come from caches or an
         * algorithm needs fewer operations than the formula counts.
         */
        public double ofCeiling() {
            return nanos == 0 ? 0 : (productNanos + memoryNanos) / nanos;
        }
    }

    /**
     * Adds up, call by call the median of several runs of the same calls.
     *
     * @param runs at least one
     */
    public static Breakdown of(List<Profile> runs, Ceilings ceilings) {
        List<TimedCall> calls = runs.getFirst().calls();
        if (runs.stream().anyMatch(r -> r.calls().size() != calls.size())) {
            throw new IllegalArgumentException("the runs do not consist of the same calls");
        }
        Map<String, Row> rows = new LinkedHashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            int at = i;
            double median =
                    median(runs.stream().mapToLong(r -> r.calls().get(at).nanos()));
            Work work = calls.get(i).work();
            rows.merge(work.operation(), Row.of(work, median, ceilings), Row::plus);
        }
        List<Row> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.comparingDouble(Row::nanos).reversed());
        return new Breakdown(
                List.copyOf(sorted), ceilings, (long) median(runs.stream().mapToLong(Profile::waitNanos)));
    }

    /** The middle one, or the mean of both in the middle. */
    public static double median(LongStream values) {
        long[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2.0;
    }

    /** Everything together. */
    public Row total() {
        return rows.stream().reduce(new Row(new Work("sum", 0, 0), 0, 0, 0, 0), Row::plus);
    }
}
