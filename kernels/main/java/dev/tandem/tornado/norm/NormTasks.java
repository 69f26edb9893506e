package dev.tandem.tornado.norm;

import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
import dev.tandem.tornado.TornadoSession;
import dev.tandem.tornado.attention.AttentionKernels;
import dev.tandem.tornado.attention.LibraryAttention;
import dev.tandem.tornado.attention.SpatialKernels;
import dev.tandem.tornado.attention.TensorCoreSpatial;
import dev.tandem.tornado.driver.TornadoInternals;
import dev.tandem.tornado.element.ElementKernels;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.nvidia.LibraryChoice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The VQ-VAE's operations but its convolutions. */
public final class NormTasks {
    /** Pixels of a chunk of a group norm's sums, and the most chunks. */
    private static final int CHUNK_PIXELS = 32;

    private static final int MAX_CHUNKS = 512;

    /** About how many work-items of {@link PackedGroupNormKernels} make a work-group. */
    private static final int PACKED_LANES = 256;

    private final TornadoSession session;
    private final Recorder recorder;
    private final LibraryChoice libraries;
    private final LibraryAttention library;

    /** Null where the device has none. */
    private final TensorCoreSpatial tensorCores;

    public NormTasks(
            TornadoSession session,
            Recorder recorder,
            LibraryChoice libraries,
            LibraryAttention library,
            TensorCoreSpatial tensorCores) {
        this.session = session;
        this.recorder = recorder;
        this.libraries = libraries;
        this.library = library;
        this.tensorCores = tensorCores;
    }

    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray scale = TornadoWeight.of(gamma).floats();
        DeviceArray shift = TornadoWeight.of(beta).floats();
        int pictures = i.size(0);
        int pixels = i.size(1) * i.size(2);
        int channels = i.size(3);
        if (channels > NormKernels.MAX_CHANNELS) {
            throw new IllegalArgumentException(
                    "a group norm of " + channels + " channels; at most " + NormKernels.MAX_CHANNELS + " fit");
        }
        int perChunk = Math.max(CHUNK_PIXELS, (pixels + MAX_CHUNKS - 1) / MAX_CHUNKS);
        int chunks = (pixels + perChunk - 1) / perChunk;
        int lanes = NormKernels.channelLanes(channels);
        DeviceArray parts =
                session.scratch("group norm parts", DeviceArray.Type.F32, 2L * pictures * groups * chunks);
        DeviceArray stats = session.scratch("group norm", DeviceArray.Type.F32, 2L * pictures * groups);
        boolean even = channels % 2 == 0 && (i.offset() | o.offset()) % 2 == 0;
        boolean packs = session.packs() && even && i.half() == 1 && o.half() == 1;
        int rows = Math.max(1, PACKED_LANES / Math.max(1, channels / 2));
        int[] d = {
            pixels,
            channels,
            groups,
            chunks,
            perChunk,
            i.offset(),
            pictures * groups,
            lanes,
            o.offset(),
            rows,
            TornadoInternals.off(DeviceArray.Type.F16)
        };
        Grid grid = Grid.groups((long) pictures * chunks, packs ? rows * channels / 2 : lanes);
        if (packs) {
            recorder.launch("groupPartsPacked", grid, (g, id, a) -> g.task(
                    id, PackedGroupNormKernels::groupParts, Recorder.CONTEXT, a.dims(d), a.halves(i.array()), a.floats(parts)));
        } else {
            recorder.launch("groupParts" + i.half(), grid, (g, id, a) -> g.task(
                    id,
                    NormKernels::groupParts,
                    Recorder.CONTEXT,
                    a.dims(d),
                    a.floats(i.array()),
                    a.halves(i.array()),
                    a.floats(parts),
                    i.half()));
        }
        Grid perGroup = Grid.groups((long) pictures * groups, NormKernels.STATS_LANES);
        recorder.launch("groupStats", perGroup, (g, id, a) -> g.task(
                id,
                NormKernels::groupStats,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(parts),
                a.values(eps),
                a.floats(stats)));
        int active = silu ? 1 : 0;
        if (packs) {
            recorder.launch("groupApplyPacked" + active, grid, (g, id, a) -> g.task(
                    id,
                    PackedGroupNormKernels::groupApply,
                    Recorder.CONTEXT,
                    a.dims(d),
                    a.halves(i.array()),
                    a.floats(stats),
                    a.floats(scale),
                    a.floats(shift),
                    a.halves(o.array()),
                    active));
            return;
        }
        recorder.launch("groupApply" + i.half() + o.half() + active, grid, (g, id, a) -> g.task(
                id,
                NormKernels::groupApply,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(stats),
                a.floats(scale),
                a.floats(shift),
                a.floats(o.array()),
                a.halves(o.array()),
                i.half(),
                o.half(),
                active));
    }

    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(qkv);
        TornadoBuffer o = TornadoBuffer.of(out);
        if (libraries.gemm() && LibraryAttention.suitsSpatial(i, o)) {
            library.spatial(i, scale, o);
            return;
        }
        if (tensorCores != null && TensorCoreSpatial.suits(i, o)) {
            tensorCores.attention(i, scale, o);
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
        recorder.launch((small ? "spatialSmall" : "spatial") + i.half() + o.half(), grid, (g, id, a) -> g.task(
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

    public void clamp(Buffer x, float low, float high, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch("clampTo" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::clampTo,
                Recorder.CONTEXT,
                a.dims(o.elements(), i.offset(), o.offset()),
                a.floats(i.array()),
                a.halves(i.array()),
                a.values(low, high),
                a.floats(o.array()),
                i.half()));
    }

    public void toBytes(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int[] d = {o.elements(), o.size(1), i.elements() / i.size(0), i.offset(), o.offset()};
        recorder.launch("toBytes", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id, ElementKernels::toBytes, Recorder.CONTEXT, a.dims(d), a.floats(i.array()), a.ints(o.array())));
    }

    /** Both take the same. */
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
