package dev.tandem.tornado;

import dev.tandem.op.Modulation;
import dev.tandem.op.Weight;
import dev.tandem.tornado.kernels.LibraryKernels;
import dev.tandem.tornado.kernels.LinearKernels;
import dev.tandem.tornado.kernels.PackedKernels;
import dev.tandem.tornado.nvidia.Gemm;
import dev.tandem.tornado.nvidia.NvidiaLibraries;
import dev.tandem.tornado.nvidia.Operands;

/** Products with weights, by cuBLASLt: fp16 in, sums in fp32. */
final class LibraryLinear {
    /** Of 16 pictures with guidance. */
    private static final int USUAL_ROWS_PER_POSITION = 32;

    /** Elements that pitches and offsets of fp16 are multiples of, so that loads of 16 bytes are aligned. */
    static final int ALIGNMENT = 8;

    private final TornadoSession session;
    private final Recorder recorder;

    /** The last sum that was deferred. */
    private Gated gated;

    LibraryLinear(TornadoSession session, Recorder recorder) {
        this.session = session;
        this.recorder = recorder;
    }

    /** Whether these sizes and types suit the library. */
    static boolean suits(TornadoBuffer x, Weight weight, long yOffset) {
        TornadoWeight w = TornadoWeight.of(weight);
        int outputs = w.size(0);
        long inputs = w.shape().elements() / outputs;
        return w.matrix().type() == DeviceArray.Type.F16
                && inputs % ALIGNMENT == 0
                && outputs % ALIGNMENT == 0
                && x.offset() % ALIGNMENT == 0
                && yOffset % ALIGNMENT == 0;
    }

    /** x·Wᵀ with an epilogue, into an array from an offset on; as {@link LinearKernels} have it. */
    void project(
            TornadoBuffer x, Weight weight, Weight bias, int epilogue, Modulation gate, DeviceArray y, int yOffset) {
        TornadoWeight w = TornadoWeight.of(weight);
        int outputs = w.size(0);
        int inputs = Math.toIntExact(w.shape().elements() / outputs);
        int rows = x.elements() / inputs;
        int positions = x.shape().rank() == 3 ? x.size(1) : 1;
        int usual = USUAL_ROWS_PER_POSITION * positions;
        DeviceArray in = x.half() == 1 ? x.array() : Halved.of(session, recorder, x);
        long xOffset = x.half() == 1 ? x.offset() : 0;
        TornadoWeight b = bias == null ? null : TornadoWeight.of(bias);
        if (epilogue == LinearKernels.GATED_ADD) {
            DeviceArray h = session.scratch("before the gate", DeviceArray.Type.F16, (long) rows * outputs);
            multiply(Gemm.of(rows, outputs, inputs, usual, xOffset, 0, true, Gemm.Epilogue.NONE), in, w.matrix(), null, h);
            TornadoBuffer table = TornadoBuffer.of(gate.table());
            int gateAt = table.offset() + gate.vector() * outputs;
            DeviceArray added = b == null ? null : b.floats();
            gated = new Gated(recorder, h, rows, outputs, positions, added, table, gateAt, y, yOffset);
            recorder.defer(gated);
            return;
        }
        boolean half = y.type() == DeviceArray.Type.F16;
        boolean gelu = epilogue == LinearKernels.GELU;
        Gemm.Epilogue end = gelu ? Gemm.Epilogue.GELU_BIAS : b == null ? Gemm.Epilogue.NONE : Gemm.Epilogue.BIAS;
        DeviceArray added = b == null ? null : half ? b.halves() : b.floats();
        multiply(Gemm.of(rows, outputs, inputs, usual, xOffset, yOffset, half, end), in, w.matrix(), added, y);
    }

    /** Any product that the library takes. */
    void multiply(Gemm gemm, DeviceArray x, DeviceArray w, DeviceArray bias, DeviceArray y) {
        DeviceArray workspace = session.libraryWorkspace();
        recorder.library("gemm", (g, id, a) -> {
            Object[] arrays = {a.array(x), a.array(w), a.array(workspace), a.array(y)};
            Object added = bias == null ? null : a.array(bias);
            Operands at = new Operands(
                    x.address(), w.address(), y.address(), bias == null ? 0 : bias.address(), workspace.address());
            g.libraryTask(
                    id, m -> NvidiaLibraries.gemm(m, at, arrays[0], arrays[1], arrays[2], arrays[3], added), gemm);
        });
    }

    /** x += gate · (h + bias), not launched yet; the gate's vector begins at {@code gateAt} in its table. */
    private record Gated(
            Recorder recorder,
            DeviceArray h,
            int rows,
            int outputs,
            int positions,
            DeviceArray bias,
            TornadoBuffer table,
            int gateAt,
            DeviceArray x,
            int offset)
            implements Runnable {
        private int biased() {
            return bias == null ? 0 : 1;
        }

        @Override
        public void run() {
            int[] d = {rows * outputs, outputs, positions, table.rows() - 1, table.size(-1), gateAt, offset};
            int biased = biased();
            recorder.launch("gatedAdd" + biased, Grid.elements((long) rows * outputs), (g, id, a) -> g.task(
                    id,
                    LibraryKernels::gatedAdd,
                    Recorder.CONTEXT,
                    a.dims(d),
                    a.halves(h),
                    a.floats(bias),
                    a.floats(table.array()),
                    a.floats(x),
                    biased));
        }
    }

    /**
     * Where the last launch was to be a gated sum into x, and its norm is wanted now: both in one. Says whether it was.
     *
     * @param out fp16
     */
    boolean normAfterGate(TornadoBuffer x, Modulation scale, Modulation shift, float eps, TornadoBuffer out) {
        Gated before = gated;
        boolean fits = before != null
                && before.x == x.array()
                && before.offset == x.offset()
                && before.rows == x.rows()
                && before.outputs == x.size(2)
                && before.positions == x.size(1)
                && out.size(1) == x.size(1)
                && out.half() == 1
                && x.size(2) <= PackedKernels.MAX_WIDTH;
        if (!fits || !recorder.takeOver(before)) {
            return false;
        }
        TornadoBuffer s = TornadoBuffer.of(scale.table());
        TornadoBuffer t = TornadoBuffer.of(shift.table());
        int width = x.size(2);
        int[] d = {
            x.size(1),
            x.size(1),
            width,
            x.offset(),
            out.offset(),
            s.size(-1),
            s.rows() - 1,
            s.offset() + scale.vector() * width,
            t.size(-1),
            t.rows() - 1,
            t.offset() + shift.vector() * width,
            before.table.size(-1),
            before.table.rows() - 1,
            before.gateAt
        };
        int biased = before.biased();
        Grid grid = Grid.groups(x.rows(), PackedKernels.rowLanes(width));
        recorder.launch("gatedAddNorm" + biased, grid, (g, id, a) -> g.task(
                id,
                PackedKernels::gatedAddNorm,
                Recorder.CONTEXT,
                a.dims(d),
                a.halves(before.h),
                a.floats(before.bias),
                a.floats(before.table.array()),
                a.floats(x.array()),
                a.floats(s.array()),
                a.floats(t.array()),
                a.values(eps),
                a.halves(out.array()),
                biased));
        return true;
    }
}
