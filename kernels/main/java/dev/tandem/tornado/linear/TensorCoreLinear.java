package dev.tandem.tornado.linear;

import dev.tandem.op.Modulation;
import dev.tandem.op.Weight;
import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.norm.GatedResidual;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Products with weights, by {@link TensorCoreLinearKernels}: fp16 in, sums in fp32. Into how many parts the inputs are split
 * depends on a picture's positions; which kernel takes them, on all rows, since no bit hangs on that.
 */
public final class TensorCoreLinear {
    /** Groups that keep a device busy. */
    private static final long ENOUGH_GROUPS = 320;

    /** Groups of {@link TensorCoreTileKernels#tile} that are better than four times as many smaller ones. */
    private static final long ENOUGH_TILES = 132;

    /** The least inputs of a part, per position: the parts of a large batch would cost more than idle groups of a small. */
    private static final int LEAST_INPUTS = 240;

    /** The least that a part is worth, in units of {@link TensorCoreLinearKernels#DEPTH}. */
    private static final int LEAST_DEPTH = 3;

    /** Rows per position that splits are made for: one picture with guidance. */
    private static final int USUAL_ROWS_PER_POSITION = 2;

    private final Workspace workspace;
    private final Recorder recorder;
    private final GatedResidual gates;

    public TensorCoreLinear(Workspace workspace, Recorder recorder, GatedResidual gates) {
        this.workspace = workspace;
        this.recorder = recorder;
        this.gates = gates;
    }

    /** Whether these sizes and types suit the kernels. */
    boolean suits(TornadoBuffer x, Weight weight) {
        TornadoWeight w = TornadoWeight.of(weight);
        int outputs = w.size(0);
        long inputs = w.shape().elements() / outputs;
        return w.halved()
                && inputs % TensorCoreLinearKernels.DEPTH == 0
                && outputs % TensorCoreLinearKernels.BLOCK == 0
                && (x.half() == 0 || x.offset() % (workspace.keepsFragments() ? 2 : LayoutKernels.HALVES) == 0);
    }

    /** Parts of the inputs' sums; in units of {@link TensorCoreLinearKernels#DEPTH}, how many inputs each takes. */
    public static int depth(int positions, int outputs, int inputs) {
        int units = inputs / TensorCoreLinearKernels.DEPTH;
        long groups = Grid.blocks(outputs, TensorCoreLinearKernels.SQUARE)
                * Grid.blocks((long) USUAL_ROWS_PER_POSITION * positions, TensorCoreLinearKernels.SQUARE);
        int most = Math.max(1, Math.min(units / LEAST_DEPTH, inputs / LEAST_INPUTS / positions));
        long parts = Math.clamp(Grid.blocks(ENOUGH_GROUPS, (int) groups), 1, most);
        return (int) Grid.blocks(units, (int) parts);
    }

    /** x·Wᵀ with an epilogue, into an array from an offset on; as {@link LinearKernels} have it. */
    void project(
            TornadoBuffer x, Weight weight, Weight bias, int epilogue, Modulation gate, DeviceArray y, int yOffset) {
        TornadoWeight w = TornadoWeight.of(weight);
        int outputs = w.size(0);
        int inputs = Math.toIntExact(w.shape().elements() / outputs);
        int rows = x.elements() / inputs;
        int positions = x.shape().rank() == 3 ? x.size(1) : 1;
        if (epilogue == LinearKernels.GATED_ADD && gates.defers(outputs)) {
            DeviceArray h = gates.before(rows, outputs);
            project(x, weight, null, LinearKernels.STORE, null, h, 0);
            gates.defer(h, rows, outputs, positions, bias == null ? null : TornadoWeight.of(bias), gate, y, yOffset);
            return;
        }
        int depth = depth(positions, outputs, inputs);
        int parts = (int) Grid.blocks(inputs / TensorCoreLinearKernels.DEPTH, depth);
        DeviceArray in = x.half() == 1 ? x.array() : HalfCopy.of(workspace, recorder, x);
        DeviceArray b = bias == null ? null : TornadoWeight.of(bias).floats();
        TornadoBuffer table = gate == null ? null : TornadoBuffer.of(gate.table());
        int offset = x.half() == 1 ? x.offset() : 0;
        boolean inLongs = offset % LayoutKernels.HALVES == 0 && yOffset % 2 == 0 && epilogue != LinearKernels.GATED_ADD;
        Shape shape = Shape.of(rows, outputs, parts, inLongs, workspace.keepsFragments());
        int paddedRows = (int) Grid.blocks(rows, shape.rows) * shape.rows;
        int pitch = (int) Grid.blocks(outputs, shape.outputs) * shape.outputs;
        int[] d = {
            rows,
            outputs,
            inputs,
            shape.longs() ? offset / LayoutKernels.HALVES : offset + DeviceArray.Type.F16.headerShift(),
            DeviceArray.Type.F16.headerShift(),
            yOffset,
            table == null ? 0 : table.offset() + gate.vector() * outputs,
            table == null ? 0 : table.size(-1),
            table == null ? 0 : table.rows() - 1,
            positions,
            depth,
            paddedRows,
            pitch,
            DeviceArray.Type.F32.headerShift()
        };
        int spec = TensorCoreLinearKernels.spec(y.half(), epilogue, b == null ? 0 : 1);
        if (parts == 1 && workspace.keepsFragments()) {
            multiply(shape, 1, d, in, w.blocks(), b, table, y, spec);
            return;
        }
        DeviceArray sums = workspace.scratch("parts of sums", DeviceArray.Type.F32, (long) parts * paddedRows * pitch);
        multiply(
                shape,
                parts,
                d,
                in,
                w.blocks(),
                null,
                null,
                sums,
                TensorCoreLinearKernels.spec(0, TensorCoreLinearKernels.PART, 0));
        recorder.launch(
                "mergeParts" + parts + "_" + spec,
                Grid.elements((long) rows * outputs),
                (g, id, a) -> g.task(
                        id,
                        TensorCoreLinearKernels::merge,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(sums),
                        a.floats(b),
                        a.floats(table == null ? null : table.array()),
                        a.floats(y),
                        a.halves(y),
                        parts,
                        spec));
    }

    private void multiply(
            Shape shape,
            int parts,
            int[] d,
            DeviceArray x,
            DeviceArray w,
            DeviceArray bias,
            TornadoBuffer table,
            DeviceArray y,
            int spec) {
        Grid grid = new Grid(
                Grid.blocks(d[1], shape.outputs),
                Grid.blocks(d[0], shape.rows),
                parts,
                TensorCoreLinearKernels.LANES,
                1);
        recorder.launch(shape.name + spec, grid, (g, id, a) -> {
            IntArray dims = a.dims(d);
            FloatArray b = a.floats(bias);
            FloatArray gate = a.floats(table == null ? null : table.array());
            FloatArray yf = a.floats(y);
            HalfFloatArray yh = a.halves(y);
            if (shape.part != null) {
                g.task(id, shape.part, Recorder.CONTEXT, dims, a.longs(x), a.longs(w), yf);
            } else if (shape.longs()) {
                g.task(
                        id,
                        TensorCoreTileKernels::tile,
                        Recorder.CONTEXT,
                        dims,
                        a.longs(x),
                        a.longs(w),
                        b,
                        yf,
                        yh,
                        spec);
            } else {
                g.task(id, shape.kernel, Recorder.CONTEXT, dims, a.halves(x), a.halves(w), b, gate, yf, yh, spec);
            }
        });
    }

    /**
     * What a group of a kernel makes. The kernel is {@code kernel}, or {@code part} where fragments are stored in arrays alone, or
     * {@link TensorCoreTileKernels#tile} where both are null.
     */
    private record Shape(String name, int rows, int outputs, Product kernel, PartProduct part) {
        static Shape of(int rows, int outputs, int parts, boolean inLongs, boolean keepsFragments) {
            if (!keepsFragments) {
                return rows <= TensorCoreLinearKernels.STRIP
                        ? part("tensorStripPart", TensorCoreLinearKernels.STRIP, TensorCorePartKernels::strip)
                        : part("tensorSquarePart", TensorCoreLinearKernels.SQUARE, TensorCorePartKernels::square);
            }
            if (rows <= TensorCoreLinearKernels.STRIP) {
                return new Shape(
                        "tensorStrip",
                        TensorCoreLinearKernels.STRIP,
                        TensorCoreLinearKernels.SQUARE,
                        TensorCoreLinearKernels::strip,
                        null);
            }
            int tile = TensorCoreLinearKernels.TILE;
            boolean suits = inLongs && rows >= tile && outputs >= tile;
            if (!suits || Grid.blocks(rows, tile) * Grid.blocks(outputs, tile) * parts < ENOUGH_TILES) {
                return new Shape(
                        "tensorSquare",
                        TensorCoreLinearKernels.SQUARE,
                        TensorCoreLinearKernels.SQUARE,
                        TensorCoreLinearKernels::square,
                        null);
            }
            return new Shape("tensorTile", tile, tile, null, null);
        }

        private static Shape part(String name, int rows, PartProduct kernel) {
            return new Shape(name, rows, TensorCoreLinearKernels.SQUARE, null, kernel);
        }

        /** Whether x and w are taken as longs. */
        boolean longs() {
            return kernel == null;
        }
    }

    /** One of {@link TensorCorePartKernels}' products, which take the same. */
    private interface PartProduct extends Task5<KernelContext, IntArray, LongArray, LongArray, FloatArray> {}

    /** One of {@link TensorCoreLinearKernels}' products, which take the same. */
    private interface Product
            extends Task9<
                    KernelContext,
                    IntArray,
                    HalfFloatArray,
                    HalfFloatArray,
                    FloatArray,
                    FloatArray,
                    FloatArray,
                    HalfFloatArray,
                    Integer> {}
}
