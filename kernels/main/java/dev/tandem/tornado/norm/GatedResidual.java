package dev.tandem.tornado.norm;

import dev.tandem.op.Modulation;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.norm.GatedResidualKernels.GatedAddDims;

/**
 * Defers the gated residual add, x += gate · (h + bias), so that the following norm can fuse with it: in a transformer it is
 * x's, and one kernel does both.
 */
public final class GatedResidual {
    private final Workspace workspace;
    private final Recorder recorder;

    /** The last sum that was deferred. */
    private Gated gated;

    public GatedResidual(Workspace workspace, Recorder recorder) {
        this.workspace = workspace;
        this.recorder = recorder;
    }

    /** Whether sums of such a width are left to what follows: a norm that takes them over, or a kernel of their own. */
    public boolean defers(int width) {
        return !workspace.packs() || takesOver(width);
    }

    private boolean takesOver(int width) {
        return workspace.packs() && width <= GatedResidualKernels.MAX_WIDTH;
    }

    /** Where h is put. */
    public DeviceArray before(int rows, int outputs) {
        return workspace.scratch("before the gate", DeviceArray.Type.F16, (long) rows * outputs);
    }

    public void defer(
            DeviceArray h,
            int rows,
            int outputs,
            int positions,
            TornadoWeight bias,
            Modulation gate,
            DeviceArray x,
            int offset) {
        TornadoBuffer table = TornadoBuffer.of(gate.table());
        int gateAt = table.offset() + gate.vector() * outputs;
        DeviceArray added = bias == null ? null : bias.floats();
        gated = new Gated(recorder, h, rows, outputs, positions, added, table, gateAt, x, offset);
        recorder.defer(gated);
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
            Dims d = new Dims()
                    .put(GatedAddDims.ELEMENTS, rows * outputs)
                    .put(GatedAddDims.OUTPUTS, outputs)
                    .put(GatedAddDims.POSITIONS, positions)
                    .put(GatedAddDims.GATE_LAST, table.rows() - 1)
                    .put(GatedAddDims.GATE_ROW, table.size(-1))
                    .put(GatedAddDims.GATE_AT, gateAt)
                    .put(GatedAddDims.X_OFFSET, offset);
            int biased = biased();
            recorder.launch(
                    "gatedAdd" + biased,
                    Grid.elements((long) rows * outputs),
                    (g, id, a) -> g.task(
                            id,
                            GatedResidualKernels::gatedAdd,
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
    public boolean norm(TornadoBuffer x, Modulation scale, Modulation shift, float eps, TornadoBuffer out) {
        Gated before = gated;
        boolean fits = before != null
                && before.x == x.array()
                && before.offset == x.offset()
                && before.rows == x.rows()
                && before.outputs == x.size(2)
                && before.positions == x.size(1)
                && out.size(1) == x.size(1)
                && out.half() == 1
                && takesOver(x.size(2));
        if (!fits || !recorder.takeOver(before)) {
            return false;
        }
        TornadoBuffer s = TornadoBuffer.of(scale.table());
        TornadoBuffer t = TornadoBuffer.of(shift.table());
        int width = x.size(2);
        Dims d = new Dims()
                .put(AdaNormDims.POSITIONS, x.size(1))
                .put(AdaNormDims.KEPT, x.size(1))
                .put(AdaNormDims.WIDTH, width)
                .put(AdaNormDims.X_OFFSET, x.offset())
                .put(AdaNormDims.OUT_OFFSET, out.offset())
                .put(AdaNormDims.SCALE_ROW, s.size(-1))
                .put(AdaNormDims.SCALE_LAST, s.rows() - 1)
                .put(AdaNormDims.SCALE_AT, s.offset() + scale.vector() * width)
                .put(AdaNormDims.SHIFT_ROW, t.size(-1))
                .put(AdaNormDims.SHIFT_LAST, t.rows() - 1)
                .put(AdaNormDims.SHIFT_AT, t.offset() + shift.vector() * width)
                .put(AdaNormDims.GATE_ROW, before.table.size(-1))
                .put(AdaNormDims.GATE_LAST, before.table.rows() - 1)
                .put(AdaNormDims.GATE_AT, before.gateAt);
        int biased = before.biased();
        Grid grid = Grid.groups(x.rows(), GatedResidualKernels.rowLanes(width));
        recorder.launch(
                "gatedAddNorm" + biased,
                grid,
                (g, id, a) -> g.task(
                        id,
                        GatedResidualKernels::gatedAddNorm,
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
