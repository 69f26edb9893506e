package dev.tandem.tornado.linear;

import dev.tandem.op.Modulation;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.norm.GatedResidual;
import dev.tandem.tornado.nvidia.Gemm;
import dev.tandem.tornado.nvidia.NvidiaLibraries;
import dev.tandem.tornado.nvidia.Operands;

/** Products with weights, by cuBLASLt: fp16 in, sums in fp32. */
public final class LibraryLinear {
    /** Of 16 pictures with guidance. */
    private static final int USUAL_ROWS_PER_POSITION = 32;

    private final Workspace workspace;
    private final Recorder recorder;
    private final GatedResidual gates;

    public LibraryLinear(Workspace workspace, Recorder recorder, GatedResidual gates) {
        this.workspace = workspace;
        this.recorder = recorder;
        this.gates = gates;
    }

    /** Whether these sizes and types suit the library. */
    static boolean suits(TornadoBuffer x, Weight weight, long yOffset) {
        TornadoWeight w = TornadoWeight.of(weight);
        int outputs = w.size(0);
        long inputs = w.shape().elements() / outputs;
        return w.matrix().type() == DeviceArray.Type.F16
                && inputs % NvidiaLibraries.ALIGNMENT == 0
                && outputs % NvidiaLibraries.ALIGNMENT == 0
                && x.offset() % NvidiaLibraries.ALIGNMENT == 0
                && yOffset % NvidiaLibraries.ALIGNMENT == 0;
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
        DeviceArray in = x.half() == 1 ? x.array() : HalfCopy.of(workspace, recorder, x);
        long xOffset = x.half() == 1 ? x.offset() : 0;
        TornadoWeight b = bias == null ? null : TornadoWeight.of(bias);
        if (epilogue == LinearKernels.GATED_ADD) {
            DeviceArray h = gates.before(rows, outputs);
            multiply(
                    Gemm.of(rows, outputs, inputs, usual, xOffset, 0, true, Gemm.Epilogue.NONE),
                    in,
                    w.matrix(),
                    null,
                    h);
            gates.defer(h, rows, outputs, positions, b, gate, y, yOffset);
            return;
        }
        boolean half = y.type() == DeviceArray.Type.F16;
        boolean gelu = epilogue == LinearKernels.GELU;
        Gemm.Epilogue end = gelu ? Gemm.Epilogue.GELU_BIAS : b == null ? Gemm.Epilogue.NONE : Gemm.Epilogue.BIAS;
        DeviceArray added = b == null ? null : half ? b.halves() : b.floats();
        multiply(Gemm.of(rows, outputs, inputs, usual, xOffset, yOffset, half, end), in, w.matrix(), added, y);
    }

    /** Any product that the library takes. */
    public void multiply(Gemm gemm, DeviceArray x, DeviceArray w, DeviceArray bias, DeviceArray y) {
        DeviceArray room = workspace.forLibraries();
        recorder.library("gemm", (g, id, a) -> {
            Object[] arrays = {a.array(x), a.array(w), a.array(room), a.array(y)};
            Object added = bias == null ? null : a.array(bias);
            Operands at = new Operands(
                    x.address(), w.address(), y.address(), bias == null ? 0 : bias.address(), room.address());
            g.libraryTask(
                    id, m -> NvidiaLibraries.gemm(m, at, arrays[0], arrays[1], arrays[2], arrays[3], added), gemm);
        });
    }
}
