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
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.nvidia.LibraryChoice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Products with weights: which kernel makes them, or the library, or tensor cores. */
public final class LinearTasks {
    /** Up to so many positions per picture, {@link LinearRowKernels}. */
    private static final int FEW_POSITIONS = 9;

    /** Groups of {@link LinearTileKernels} that are better than sixteen times as many smaller ones. */
    private static final int ENOUGH_TILES = 100;

    /** Groups of {@link LinearKernels#strip} that keep a device busy: else inputs are in parts. */
    private static final int ENOUGH_STRIPS = 528;

    /** The least inputs of a part, and the most parts times positions: what is kept of parts grows with both. */
    private static final int LEAST_INPUTS = 128;

    private static final int MOST_PARTS = 128;

    /** Rows per position that parts are made for: one picture with guidance. */
    private static final int USUAL_ROWS_PER_POSITION = 2;

    private final Workspace workspace;
    private final Recorder recorder;
    private final LibraryChoice libraries;
    private final LibraryLinear library;

    /** Null where the device has none. */
    private final TensorCoreLinear tensorCores;

    public LinearTasks(
            Workspace workspace,
            Recorder recorder,
            LibraryChoice libraries,
            LibraryLinear library,
            TensorCoreLinear tensorCores) {
        this.workspace = workspace;
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
        if (tensorCores != null && tensorCores.suits(x, weight)) {
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
        int partInputs = partInputs(positions, outputs, inputs);
        int[] d = new int[LinearKernels.DIMS];
        d[LinearKernels.ROWS] = rows;
        d[LinearKernels.OUTPUTS] = outputs;
        d[LinearKernels.INPUTS] = inputs;
        d[LinearKernels.X_OFFSET] = x.offset();
        d[LinearKernels.Y_OFFSET] = yOffset;
        d[LinearKernels.GATE_OFFSET] = table == null ? 0 : table.offset() + gate.vector() * outputs;
        d[LinearKernels.GATE_PITCH] = table == null ? 0 : table.size(-1);
        d[LinearKernels.LAST_GATE] = table == null ? 0 : table.rows() - 1;
        d[LinearKernels.ROWS_OF_GATE] = positions;
        d[LinearKernels.PART_INPUTS] = partInputs;
        int parts = (int) Grid.blocks(inputs, partInputs);
        DeviceArray gates = table == null ? null : table.array();
        if (parts == 1) {
            multiply(positions, 1, d, x.array(), w, b, gates, y, spec);
            return;
        }
        DeviceArray sums = workspace.scratch("parts of sums", DeviceArray.Type.F32, (long) parts * rows * outputs);
        int part = LinearKernels.spec(x.half(), m.weightType(), 0, LinearKernels.PART, 0);
        multiply(positions, parts, d, x.array(), w, null, null, sums, part);
        recorder.launch(
                "linearMerge" + parts + "_" + spec,
                Grid.elements((long) rows * outputs),
                (g, id, a) -> g.task(
                        id,
                        LinearKernels::merge,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(sums),
                        a.floats(w.factors()),
                        a.floats(b),
                        a.floats(gates),
                        a.floats(y),
                        a.halves(y),
                        parts,
                        spec));
    }

    /** Inputs of a part; it depends on a picture's positions, never on the batch. */
    static int partInputs(int positions, int outputs, int inputs) {
        if (positions <= FEW_POSITIONS) {
            return inputs;
        }
        long groups = Grid.blocks(outputs, LinearKernels.STRIP_OUTPUTS)
                * Grid.blocks((long) USUAL_ROWS_PER_POSITION * positions, LinearKernels.STRIP_ROWS);
        int most = Math.max(1, Math.min(inputs / LEAST_INPUTS, MOST_PARTS / positions));
        int parts = (int) Math.clamp(Grid.blocks(ENOUGH_STRIPS, (int) groups), 1, most);
        return (int) Grid.blocks(inputs, parts * LinearKernels.DEPTH) * LinearKernels.DEPTH;
    }

    private void multiply(
            int positions,
            int parts,
            int[] d,
            DeviceArray x,
            TornadoWeight w,
            DeviceArray bias,
            DeviceArray gates,
            DeviceArray y,
            int spec) {
        int rows = d[LinearKernels.ROWS];
        int outputs = d[LinearKernels.OUTPUTS];
        long tiles = Grid.blocks(outputs, LinearTileKernels.OUTPUTS_OF_GROUP)
                * Grid.blocks(rows, LinearTileKernels.ROWS_OF_GROUP)
                * parts;
        String name;
        Grid grid;
        Product kernel;
        if (positions <= FEW_POSITIONS) {
            name = "linearRows";
            grid = Grid.groups(
                    Grid.blocks(outputs, LinearRowKernels.OUTPUTS_OF_GROUP),
                    Grid.blocks(rows, LinearRowKernels.ROWS_OF_GROUP),
                    LinearRowKernels.LANES);
            kernel = LinearRowKernels::rows;
        } else if (tiles < ENOUGH_TILES) {
            name = "linearStrip";
            long down = Grid.blocks(rows, LinearKernels.STRIP_ROWS);
            grid = new Grid(
                    Grid.blocks(outputs, LinearKernels.STRIP_OUTPUTS), down, parts, LinearKernels.STRIP_LANES, 1);
            kernel = LinearKernels::strip;
        } else {
            name = "linearTile";
            long down = Grid.blocks(rows, LinearTileKernels.ROWS_OF_GROUP);
            long across = Grid.blocks(outputs, LinearTileKernels.OUTPUTS_OF_GROUP);
            grid = new Grid(across, down, parts, LinearTileKernels.LANES, 1);
            kernel = LinearTileKernels::tile;
        }
        DeviceArray m = w.matrix();
        recorder.launch(
                name + spec,
                grid,
                (g, id, a) -> g.task(
                        id,
                        kernel,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(x),
                        a.halves(x),
                        a.floats(m),
                        a.halves(m),
                        a.bytes(m),
                        a.floats(w.factors()),
                        a.floats(bias),
                        a.floats(gates),
                        a.floats(y),
                        a.halves(y),
                        spec));
    }

    /** A product by one of the kernels, which take the same. */
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
