package dev.tandem.tornado.sampling;

import dev.tandem.op.Buffer;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.sampling.GuidanceKernels.GuideDims;

/** From logits to codes, or to a mix of the code book. */
public final class SamplingTasks {
    private final Workspace workspace;
    private final Recorder recorder;

    public SamplingTasks(Workspace workspace, Recorder recorder) {
        this.workspace = workspace;
        this.recorder = recorder;
    }

    public void guide(Buffer logits, SamplingState state, int scale) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        Dims d = new Dims()
                .put(GuideDims.ELEMENTS, l.elements() / 2)
                .put(GuideDims.LOGITS_OFFSET, l.offset())
                .put(GuideDims.PICTURE, 2 * (l.elements() / 2) / l.size(0))
                .put(GuideDims.WEIGHT_AT, settingsAt(state, scale) + SamplingState.GUIDANCE)
                .put(GuideDims.SETTINGS, settingsPerPicture(state));
        recorder.launch(
                "guide",
                Grid.elements(l.elements() / 2),
                (g, id, a) -> g.task(
                        id,
                        GuidanceKernels::guide,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(l.array()),
                        a.floats(settings)));
    }

    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        TornadoBuffer t = TornadoBuffer.of(tokens);
        Dims d = samplingDims(l, state, scale, first, t.size(1), t.offset(), 0);
        launch("sample", l, state, d, t.array(), null);
    }

    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        DeviceArray seeds = TornadoBuffer.of(state.seeds()).array();
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        Dims d = samplingDims(l, state, scale, 0, 0, o.offset(), o.size(-1));
        DeviceArray cuts = workspace.scratch("cuts", DeviceArray.Type.F32, (long) l.rows() * SamplingLayout.CUT);
        launch("filter", l, state, d, null, cuts);
        recorder.launch(
                "mixCodes",
                Grid.groups(l.rows(), GumbelKernels.LANES),
                (g, id, a) -> g.task(
                        id,
                        GumbelKernels::mixCodes,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(l.array()),
                        a.floats(cuts),
                        a.floats(settings),
                        a.ints(seeds),
                        a.floats(codes),
                        a.floats(o.array())));
    }

    /** Draws where there are tokens, else leaves what the filters found. */
    private void launch(
            String name, TornadoBuffer l, SamplingState state, Dims d, DeviceArray tokens, DeviceArray cuts) {
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        DeviceArray seeds = TornadoBuffer.of(state.seeds()).array();
        int held = l.size(-1) <= SamplingLayout.HELD ? 1 : 0;
        int draws = tokens == null ? 0 : 1;
        recorder.launch(
                name + held,
                Grid.groups(l.rows(), SamplingLayout.LANES),
                (g, id, a) -> g.task(
                        id,
                        SamplingKernels::sample,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(l.array()),
                        a.floats(settings),
                        a.ints(seeds),
                        a.ints(tokens),
                        a.floats(cuts),
                        held,
                        draws,
                        workspace.shiftsLongs()));
    }

    private static Dims samplingDims(
            TornadoBuffer logits, SamplingState state, int scale, int first, int tokens, int to, int width) {
        return new Dims()
                .put(SamplingDims.VOCABULARY, logits.size(-1))
                .put(SamplingDims.POSITIONS, logits.size(1))
                .put(SamplingDims.SCALE, scale)
                .put(SamplingDims.FIRST, first)
                .put(SamplingDims.TOKENS, tokens)
                .put(SamplingDims.LOGITS_OFFSET, logits.offset())
                .put(SamplingDims.SETTINGS_AT, settingsAt(state, scale))
                .put(SamplingDims.SETTINGS, settingsPerPicture(state))
                .put(SamplingDims.SEEDS_OFFSET, TornadoBuffer.of(state.seeds()).offset())
                .put(SamplingDims.OUT_OFFSET, to)
                .put(SamplingDims.WIDTH, width)
                .put(SamplingDims.UNIT, 1);
    }

    private static int settingsPerPicture(SamplingState state) {
        return TornadoBuffer.of(state.settings()).size(1) * SamplingState.COLUMNS;
    }

    /** Of the first picture. */
    private static int settingsAt(SamplingState state, int scale) {
        return TornadoBuffer.of(state.settings()).offset() + scale * SamplingState.COLUMNS;
    }
}
