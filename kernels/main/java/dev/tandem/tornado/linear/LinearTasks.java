package dev.tandem.tornado.linear;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.nvidia.LibraryChoice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Products with weights: which kernel makes them, or the library, or tensor cores. */
public final class LinearTasks {
    /** Up to so many positions per picture, {@link LinearKernels#rows}. */
    private static final int FEW_POSITIONS = 4;

    /** Fewer groups than this leave a GPU idle: then {@link LinearKernels#strip} instead of tiles. */
    private static final int ENOUGH_GROUPS = 256;

    private final Recorder recorder;
    private final LibraryChoice libraries;
    private final LibraryLinear library;

    /** Null where the device has none. */
    private final TensorCoreLinear tensorCores;

    public LinearTasks(Recorder recorder, LibraryChoice libraries, LibraryLinear library, TensorCoreLinear tensorCores) {
        this.recorder = recorder;
        this.libraries = libraries;
        this.library = library;
        this.tensorCores = tensorCores;
    }

    public void linear(Buffer x, Linear w, Buffer out) {
        TornadoBuffer o = TornadoBuffer.of(out);
        project(TornadoBuffer.of(x), w.weight(), w.bias(), LinearKernels.STORE, null, o.array(), o.offset());
    }

    public void linearGelu(Buffer x, Linear w, Buffer out) {
        TornadoBuffer o = TornadoBuffer.of(out);
        project(TornadoBuffer.of(x), w.weight(), w.bias(), LinearKernels.GELU, null, o.array(), o.offset());
    }

    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        TornadoBuffer o = TornadoBuffer.of(x);
        project(TornadoBuffer.of(h), w.weight(), w.bias(), LinearKernels.GATED_ADD, gate, o.array(), o.offset());
    }

    /** x·Wᵀ with an epilogue, into an array from an offset on. */
    public void project(
            TornadoBuffer x, Weight weight, Weight bias, int epilogue, Modulation gate, DeviceArray y, int yOffset) {
        if (libraries.gemm() && LibraryLinear.suits(x, weight, yOffset)) {
            library.project(x, weight, bias, epilogue, gate, y, yOffset);
            return;
        }
        if (tensorCores != null && TensorCoreLinear.suits(x, weight)) {
            tensorCores.project(x, weight, bias, epilogue, gate, y, yOffset);
            return;
        }
        TornadoWeight w = TornadoWeight.of(weight);
        DeviceArray m = w.matrix();
        DeviceArray b = bias == null ? null : TornadoWeight.of(bias).floats();
        int outputs = w.size(0);
        int inputs = Math.toIntExact(w.shape().elements() / outputs);
        int rows = x.elements() / inputs;
        int positions = x.shape().rank() == 3 ? x.size(1) : 1;
        int spec = LinearKernels.spec(x.half(), m.weightType(), y.half(), epilogue, b == null ? 0 : 1);
        TornadoBuffer table = gate == null ? null : TornadoBuffer.of(gate.table());
        int[] d = {
            rows,
            outputs,
            inputs,
            x.offset(),
            yOffset,
            table == null ? 0 : table.offset() + gate.vector() * outputs,
            table == null ? 0 : table.size(-1),
            table == null ? 0 : table.rows() - 1,
            positions
        };
        long across = Grid.blocks(outputs, LinearKernels.TILE);
        String name;
        Grid grid;
        Product kernel;
        if (positions <= FEW_POSITIONS) {
            name = "linearRows";
            grid = Grid.groups(outputs, Grid.blocks(rows, LinearKernels.ROWS), LinearKernels.LANES);
            kernel = LinearKernels::rows;
        } else if (across * Grid.blocks(rows, LinearKernels.TILE) < ENOUGH_GROUPS) {
            name = "linearStrip";
            grid = Grid.squares(across, Grid.blocks(rows, LinearKernels.STRIP), 1, LinearKernels.SIDE);
            kernel = LinearKernels::strip;
        } else {
            name = "linearTile";
            grid = Grid.squares(across, Grid.blocks(rows, LinearKernels.TILE), 1, LinearKernels.SIDE);
            kernel = LinearKernels::tile;
        }
        recorder.launch(name + spec, grid, (g, id, a) -> g.task(
                id,
                kernel,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(x.array()),
                a.halves(x.array()),
                a.floats(m),
                a.halves(m),
                a.bytes(m),
                a.floats(w.factors()),
                a.floats(b),
                a.floats(table == null ? null : table.array()),
                a.floats(y),
                a.halves(y),
                spec));
    }

    /** One of {@link LinearKernels}, all of which take the same. */
    private interface Product
            extends Task13<
                    KernelContext,
                    IntArray,
                    FloatArray,
                    HalfFloatArray,
                    FloatArray,
                    HalfFloatArray,
                    Int8Array,
                    FloatArray,
                    FloatArray,
                    FloatArray,
                    FloatArray,
                    HalfFloatArray,
                    Integer> {}
}
