package dev.tandem.tornado.attention;

import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.QkvWeights;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.linear.LinearKernels;
import dev.tandem.tornado.linear.LinearTasks;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoKvCache;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.nvidia.LibraryChoice;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Attention of the transformer, with its keys and values, and of the VQ-VAE. */
public final class AttentionTasks {
    private final Workspace workspace;
    private final Recorder recorder;
    private final LinearTasks linear;
    private final LibraryChoice libraries;
    private final LibraryAttention libraryAttention;

    /** Null where the device has none. */
    private final TensorCoreAttention tensorCores;

    /** Null where the device has none. */
    private final TensorCoreSpatial tensorCoreSpatial;

    public AttentionTasks(
            Workspace workspace,
            Recorder recorder,
            LinearTasks linear,
            LibraryChoice libraries,
            LibraryAttention libraryAttention,
            TensorCoreAttention tensorCores,
            TensorCoreSpatial tensorCoreSpatial) {
        this.workspace = workspace;
        this.recorder = recorder;
        this.linear = linear;
        this.libraries = libraries;
        this.libraryAttention = libraryAttention;
        this.tensorCores = tensorCores;
        this.tensorCoreSpatial = tensorCoreSpatial;
    }

    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        TornadoBuffer in = TornadoBuffer.of(h);
        TornadoBuffer o = TornadoBuffer.of(q);
        TornadoKvCache kv = TornadoKvCache.of(cache);
        int width = in.size(2);
        DeviceArray three = workspace.scratch("q, k and v", workspace.storage(), 3L * in.elements());
        linear.project(in, w.matQkv(), null, LinearKernels.STORE, null, three, 0);
        DeviceArray qBias = TornadoWeight.of(w.qBias()).floats();
        DeviceArray vBias = TornadoWeight.of(w.vBias()).floats();
        DeviceArray qScale = w.l2Norm() ? TornadoWeight.of(w.qScale()).floats() : null;
        int half = three.half();
        int norm = w.l2Norm() ? 1 : 0;
        int items = in.rows() * kv.heads();
        Dims d = new Dims()
                .put(SplitDims.WIDTH, width)
                .put(SplitDims.HEADS, kv.heads())
                .put(SplitDims.HEAD_SIZE, kv.headSize())
                .put(SplitDims.POSITIONS, in.size(1))
                .put(SplitDims.FIRST, kv.start() + first)
                .put(SplitDims.LENGTH, kv.length())
                .put(SplitDims.PROJECTION_OFFSET, 0)
                .put(SplitDims.Q_OFFSET, o.offset())
                .put(SplitDims.ITEMS, items)
                .put(SplitDims.HEADER_SHIFT, DeviceArray.Type.F16.headerShift());
        if (workspace.packs()
                && kv.headSize() % 2 == 0
                && kv.headSize() <= PackedSplitKernels.MAX_HEAD
                && o.offset() % 2 == 0) {
            boolean two = kv.headSize() <= PackedSplitKernels.MAX_PAIRED_HEAD;
            int perGroup = PackedSplitKernels.HEADS * (two ? 2 : 1);
            Grid warps = Grid.groups(Grid.blocks(items, perGroup), PackedSplitKernels.WARP * PackedSplitKernels.HEADS);
            Split kernel = two ? PackedSplitKernels::splitTwo : PackedSplitKernels::splitWide;
            recorder.launch(
                    (two ? "splitTwo" : "splitWide") + norm,
                    warps,
                    (g, id, a) -> g.task(
                            id,
                            kernel,
                            Recorder.CONTEXT,
                            a.dims(d),
                            a.halves(three),
                            a.floats(qBias),
                            a.floats(vBias),
                            a.floats(qScale),
                            a.halves(o.array()),
                            a.halves(kv.keys()),
                            a.halves(kv.values()),
                            norm));
            return;
        }
        Grid grid = Grid.groups(
                Grid.blocks(items, AttentionKernels.SPLIT_HEADS),
                AttentionKernels.SPLIT_LANES * AttentionKernels.SPLIT_HEADS);
        recorder.launch(
                "split" + half + norm,
                grid,
                (g, id, a) -> g.task(
                        id,
                        AttentionKernels::split,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(three),
                        a.halves(three),
                        a.floats(qBias),
                        a.floats(vBias),
                        a.floats(qScale),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        a.floats(kv.keys()),
                        a.halves(kv.keys()),
                        a.floats(kv.values()),
                        a.halves(kv.values()),
                        half,
                        norm));
    }

    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(q);
        TornadoBuffer o = TornadoBuffer.of(out);
        TornadoKvCache kv = TornadoKvCache.of(cache);
        if (kv.headSize() > AttentionKernels.MAX_HEAD) {
            throw new IllegalArgumentException(
                    "heads of " + kv.headSize() + " are larger than the " + AttentionKernels.MAX_HEAD + " that fit");
        }
        if (libraries.attention() && LibraryAttention.suits(i, kv, o)) {
            libraryAttention.attention(i, kv, ends, scale, o);
            return;
        }
        if (tensorCores != null && TensorCoreAttention.suits(i, kv)) {
            tensorCores.attention(i, kv, ends, scale, o);
            return;
        }
        int[] d = {i.size(2), kv.heads(), kv.headSize(), i.size(1), kv.length(), i.offset(), o.offset(), kv.start()};
        int[] keyEnds = IntStream.range(0, i.size(1)).map(ends::of).toArray();
        Grid grid = Grid.squares(
                Grid.blocks(i.size(1), AttentionKernels.SIDE),
                (long) i.size(0) * kv.heads(),
                Grid.blocks(kv.headSize(), AttentionKernels.CHUNK),
                AttentionKernels.SIDE);
        recorder.launch(
                "attention" + i.half(),
                grid,
                (g, id, a) -> g.task(
                        id,
                        AttentionKernels::attention,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.dims(keyEnds),
                        a.values(scale),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.floats(kv.keys()),
                        a.halves(kv.keys()),
                        a.floats(kv.values()),
                        a.halves(kv.values()),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        i.half()));
    }

    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(qkv);
        TornadoBuffer o = TornadoBuffer.of(out);
        if (libraries.gemm() && LibraryAttention.suitsSpatial(i, o)) {
            libraryAttention.spatial(i, scale, o);
            return;
        }
        if (tensorCoreSpatial != null && TensorCoreSpatial.suits(i, o)) {
            tensorCoreSpatial.attention(i, scale, o);
            return;
        }
        int pixels = o.size(1) * o.size(2);
        if (pixels > AttentionKernels.MAX_PIXELS) {
            throw new IllegalArgumentException("a map of " + pixels + " pixels is larger than the "
                    + AttentionKernels.MAX_PIXELS + " that attention takes");
        }
        int[] d = {pixels, o.size(3), i.offset(), o.offset()};
        boolean small = pixels <= SpatialKernels.MAX_PIXELS;
        Grid grid = small
                ? Grid.squares(Grid.blocks(pixels, SpatialKernels.SIDE), o.size(0), 1, SpatialKernels.SIDE)
                : Grid.groups((long) o.size(0) * pixels, AttentionKernels.SPATIAL_LANES);
        Spatial kernel = small ? SpatialKernels::attend : AttentionKernels::spatial;
        recorder.launch(
                (small ? "spatialSmall" : "spatial") + i.half() + o.half(),
                grid,
                (g, id, a) -> g.task(
                        id,
                        kernel,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.values(scale),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        i.half(),
                        o.half()));
    }

    /** One of {@link PackedSplitKernels}' splits, which take the same. */
    private interface Split
            extends Task10<
                    KernelContext,
                    IntArray,
                    HalfFloatArray,
                    FloatArray,
                    FloatArray,
                    FloatArray,
                    HalfFloatArray,
                    HalfFloatArray,
                    HalfFloatArray,
                    Integer> {}

    /** Both portable kernels of {@link #spatialAttention} take the same. */
    private interface Spatial
            extends Task9<
                    KernelContext,
                    IntArray,
                    FloatArray,
                    FloatArray,
                    HalfFloatArray,
                    FloatArray,
                    HalfFloatArray,
                    Integer,
                    Integer> {}
}
