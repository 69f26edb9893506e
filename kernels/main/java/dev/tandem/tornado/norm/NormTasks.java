package dev.tandem.tornado.norm;

import dev.tandem.op.Buffer;
import dev.tandem.op.Modulation;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;

/** Adaptive layer norms of the transformer, and group norms of the VQ-VAE. */
public final class NormTasks {
    /** Pixels of a chunk of a group norm's sums, and the most chunks. */
    private static final int CHUNK_PIXELS = 32;

    private static final int MAX_CHUNKS = 512;

    /** About how many work-items of {@link PackedGroupNormKernels} make a work-group. */
    private static final int PACKED_LANES = 256;

    private final Workspace workspace;
    private final Recorder recorder;
    private final GatedResidual gates;

    public NormTasks(Workspace workspace, Recorder recorder, GatedResidual gates) {
        this.workspace = workspace;
        this.recorder = recorder;
        this.gates = gates;
    }

    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        if (gates.norm(i, scale, shift, eps, o)) {
            return;
        }
        TornadoBuffer s = TornadoBuffer.of(scale.table());
        TornadoBuffer t = TornadoBuffer.of(shift.table());
        int width = i.size(2);
        Dims d = new Dims()
                .put(AdaNormDims.POSITIONS, i.size(1))
                .put(AdaNormDims.KEPT, o.size(1))
                .put(AdaNormDims.WIDTH, width)
                .put(AdaNormDims.X_OFFSET, i.offset())
                .put(AdaNormDims.OUT_OFFSET, o.offset())
                .put(AdaNormDims.SCALE_ROW, s.size(-1))
                .put(AdaNormDims.SCALE_LAST, s.rows() - 1)
                .put(AdaNormDims.SCALE_AT, s.offset() + scale.vector() * width)
                .put(AdaNormDims.SHIFT_ROW, t.size(-1))
                .put(AdaNormDims.SHIFT_LAST, t.rows() - 1)
                .put(AdaNormDims.SHIFT_AT, t.offset() + shift.vector() * width);
        recorder.launch(
                "adaNorm" + o.half(),
                Grid.groups(o.rows(), NormKernels.LANES),
                (g, id, a) -> g.task(
                        id,
                        NormKernels::adaNorm,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(i.array()),
                        a.floats(s.array()),
                        a.floats(t.array()),
                        a.values(eps),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        o.half()));
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
                workspace.scratch("group norm parts", DeviceArray.Type.F32, 2L * pictures * groups * chunks);
        DeviceArray stats = workspace.scratch("group norm", DeviceArray.Type.F32, 2L * pictures * groups);
        boolean even = channels % 2 == 0 && (i.offset() | o.offset()) % 2 == 0;
        boolean packs = workspace.packs() && even && i.half() == 1 && o.half() == 1;
        int rows = Math.max(1, PACKED_LANES / Math.max(1, channels / 2));
        Dims d = new Dims()
                .put(GroupNormDims.PIXELS, pixels)
                .put(GroupNormDims.CHANNELS, channels)
                .put(GroupNormDims.GROUPS, groups)
                .put(GroupNormDims.CHUNKS, chunks)
                .put(GroupNormDims.CHUNK_PIXELS, perChunk)
                .put(GroupNormDims.X_OFFSET, i.offset())
                .put(GroupNormDims.PICTURE_GROUPS, pictures * groups)
                .put(GroupNormDims.LANES, lanes)
                .put(GroupNormDims.OUT_OFFSET, o.offset())
                .put(GroupNormDims.ROWS, rows)
                .put(GroupNormDims.HEADER_SHIFT, DeviceArray.Type.F16.headerShift());
        Grid grid = Grid.groups((long) pictures * chunks, packs ? rows * channels / 2 : lanes);
        if (packs) {
            recorder.launch(
                    "groupPartsPacked",
                    grid,
                    (g, id, a) -> g.task(
                            id,
                            PackedGroupNormKernels::groupParts,
                            Recorder.CONTEXT,
                            a.dims(d),
                            a.halves(i.array()),
                            a.floats(parts)));
        } else {
            recorder.launch(
                    "groupParts" + i.half(),
                    grid,
                    (g, id, a) -> g.task(
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
        recorder.launch(
                "groupStats",
                perGroup,
                (g, id, a) -> g.task(
                        id,
                        NormKernels::groupStats,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(parts),
                        a.values(eps),
                        a.floats(stats)));
        int active = silu ? 1 : 0;
        if (packs) {
            recorder.launch(
                    "groupApplyPacked" + active,
                    grid,
                    (g, id, a) -> g.task(
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
        recorder.launch(
                "groupApply" + i.half() + o.half() + active,
                grid,
                (g, id, a) -> g.task(
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
}
