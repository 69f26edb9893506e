package dev.tandem.tornado;

import com.sun.management.OperatingSystemMXBean;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

/** A main for developers: times single operations on a device, in wall and in processor time. */
final class KernelTimes {
    private KernelTimes() {}

    public static void main(String[] args) {
        try (Session s = Backends.choose("tornado").provider().open(TestDevice.options())) {
            System.out.println(s.description());
            int scale = args.length > 0 ? Integer.parseInt(args[0]) : 1;
            for (int[] c : new int[][] {{64, 64, 64}, {32, 32, 128}, {64, 3, 128}}) {
                Buffer x = s.activations("x", scale, c[2], c[2], c[0]);
                Buffer y = s.activations("y", scale, c[2], c[2], c[1]);
                Linear w = new Linear(weight(s, c[1], c[0], 3, 3), weight(s, c[1]));
                time(
                        s,
                        "conv " + c[0] + "->" + c[1] + " at " + c[2],
                        18e-9 * scale * c[0] * c[1] * c[2] * c[2],
                        o -> o.conv(x, w, Ops.ConvMode.SAME, null, y));
            }
            for (int n : new int[] {1, 16, 100, 256, 1024}) {
                Buffer x = s.activations("x", 2 * scale, n, 1024);
                Buffer y = s.activations("y", 2 * scale, n, 1024);
                Linear w = new Linear(weight(s, 1024, 1024), weight(s, 1024));
                time(
                        s,
                        "linear 1024 of " + 2 * scale + " x " + n,
                        4e-9 * scale * n * 1024 * 1024,
                        o -> o.linear(x, w, y));
            }
            for (int n : new int[] {1, 100, 256}) {
                Buffer q = s.activations("q", 2 * scale, n, 1024);
                Buffer y = s.activations("y", 2 * scale, n, 1024);
                KvCache kv = s.kvCaches("kv" + n, KvShape.apart(1, 2 * scale, 16, 64, 680))
                        .getFirst();
                time(
                        s,
                        "attention of " + n + " to 680",
                        8e-9 * scale * n * 680 * 1024,
                        o -> o.attention(q, kv, KeyEnds.all(n, 680), 1, y));
            }
        }
    }

    private static Weight weight(Session s, long... dims) {
        Shape shape = Shape.of(dims);
        return s.weight(Tensor.ofFloats("w", shape, new float[(int) shape.elements()]), null);
    }

    private static void time(Session s, String what, double giga, Consumer<Ops> body) {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Program p = s.program(what, body);
        long start = System.nanoTime();
        p.run();
        double compile = (System.nanoTime() - start) / 1e6;
        p.run();
        int runs = 0;
        long cpu = os.getProcessCpuTime();
        start = System.nanoTime();
        while (runs < 3 || System.nanoTime() - start < 300_000_000 && runs < 200) {
            p.run();
            runs++;
        }
        double wall = (System.nanoTime() - start) / 1e6 / runs;
        double busy = (os.getProcessCpuTime() - cpu) / 1e6 / runs;
        System.out.printf(
                "%-34s first %8.1f ms; %9.3f ms, %8.1f GFLOP/s; processor %9.3f ms, %6.2f GFLOP/s%n",
                what, compile, wall, giga / wall * 1e3, busy, giga / busy * 1e3);
    }
}
