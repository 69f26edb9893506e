package dev.tandem.tornado;

import dev.tandem.op.Bicubic;
import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import dev.tandem.op.Window;
import dev.tandem.tornado.kernels.AttentionKernels;
import dev.tandem.tornado.kernels.ConvKernels;
import dev.tandem.tornado.kernels.ElementKernels;
import dev.tandem.tornado.kernels.EmbeddingKernels;
import dev.tandem.tornado.kernels.LinearKernels;
import dev.tandem.tornado.kernels.NormKernels;
import dev.tandem.tornado.kernels.PoolKernels;
import dev.tandem.tornado.kernels.QuantizerKernels;
import dev.tandem.tornado.kernels.SamplingKernels;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * Operations as launches of kernels. Which kernel an operation takes depends on its shape per picture, never on the
 * batch, so that a picture is the same to the last bit in any.
 */
final class TaskGraphOps implements Ops {
    private static final KernelContext CONTEXT = Recorder.CONTEXT;

    /** Up to so many positions per picture, {@link LinearKernels#rows}. */
    private static final int FEW_POSITIONS = 4;

    /** Fewer groups than this leave a GPU idle: then {@link LinearKernels#strip} instead of tiles. */
    private static final int ENOUGH_GROUPS = 256;

    /** Pixels of a chunk of a group norm's sums, and the most chunks. */
    private static final int CHUNK_PIXELS = 32;

    private static final int MAX_CHUNKS = 512;

    private final TornadoSession session;
    private final DeviceArray.Type storage;
    private final Recorder recorder;
    private final Libraries libraries;
    private final LibraryLinear libraryLinear;
    private final LibraryAttention libraryAttention;
    private final LibraryConvolution libraryConvolution;

    TaskGraphOps(TornadoSession session, DeviceArray.Type storage, Libraries libraries, Recorder recorder) {
        this.session = session;
        this.storage = storage;
        this.recorder = recorder;
        this.libraries = libraries;
        libraryLinear = new LibraryLinear(session, recorder);
        libraryAttention = new LibraryAttention(session, recorder, libraryLinear);
        libraryConvolution = new LibraryConvolution(session, recorder);
    }

    private void launch(String key, Grid grid, Launch.Task task) {
        recorder.launch(key, grid, task);
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        TornadoBuffer l = TornadoBuffer.of(labels);
        TornadoBuffer o = TornadoBuffer.of(out);
        TornadoWeight w = TornadoWeight.of(table);
        DeviceArray m = w.matrix();
        int type = weightType(m);
        launch("embedLabels" + type, Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::embedLabels,
                CONTEXT,
                a.dims(o.rows(), o.size(-1), l.elements(), w.size(0) - 1, l.offset(), o.offset()),
                a.ints(l.array()),
                a.floats(m),
                a.halves(m),
                a.bytes(m),
                a.floats(w.factors()),
                a.floats(o.array()),
                type));
    }

    @Override
    public void silu(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        launch("silu" + i.half() + o.half(), Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::silu,
                CONTEXT,
                a.dims(i.elements(), i.offset(), o.offset()),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(o.array()),
                a.halves(o.array()),
                i.half(),
                o.half()));
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        TornadoBuffer o = TornadoBuffer.of(out);
        project(TornadoBuffer.of(x), w.weight(), w.bias(), LinearKernels.STORE, null, o.array(), o.offset());
    }

    @Override
    public void addRow(Buffer x, Weight row, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray r = TornadoWeight.of(row).floats();
        launch("addRow", Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::addRow,
                CONTEXT,
                a.dims(i.elements(), Math.toIntExact(r.elements()), i.offset(), o.offset()),
                a.floats(i.array()),
                a.floats(r),
                a.floats(o.array())));
    }

    private static int weightType(DeviceArray a) {
        return switch (a.type()) {
            case F32 -> 0;
            case F16 -> 1;
            case I8 -> 2;
            case I32, I64 -> throw new IllegalArgumentException("a matrix of integers");
        };
    }

    private static int half(DeviceArray a) {
        return a.type() == DeviceArray.Type.F16 ? 1 : 0;
    }

    /** x·Wᵀ with an epilogue, into an array from an offset on. */
    private void project(
            TornadoBuffer x, Weight weight, Weight bias, int epilogue, Modulation gate, DeviceArray y, int yOffset) {
        if (libraries.gemm() && LibraryLinear.suits(x, weight, yOffset)) {
            libraryLinear.project(x, weight, bias, epilogue, gate, y, yOffset);
            return;
        }
        TornadoWeight w = TornadoWeight.of(weight);
        DeviceArray m = w.matrix();
        DeviceArray b = bias == null ? null : TornadoWeight.of(bias).floats();
        int outputs = w.size(0);
        int inputs = Math.toIntExact(w.shape().elements() / outputs);
        int rows = x.elements() / inputs;
        int positions = x.shape().rank() == 3 ? x.size(1) : 1;
        int spec = LinearKernels.spec(x.half(), weightType(m), half(y), epilogue, b == null ? 0 : 1);
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
        if (positions <= FEW_POSITIONS) {
            Grid grid = Grid.groups(outputs, Grid.blocks(rows, LinearKernels.ROWS), LinearKernels.LANES);
            launch("linearRows" + spec, grid, (g, id, a) -> g.task(
                    id,
                    LinearKernels::rows,
                    CONTEXT,
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
        } else if (across * Grid.blocks(rows, LinearKernels.TILE) < ENOUGH_GROUPS) {
            Grid grid = Grid.squares(across, Grid.blocks(rows, LinearKernels.STRIP), 1, LinearKernels.SIDE);
            launch("linearStrip" + spec, grid, (g, id, a) -> g.task(
                    id,
                    LinearKernels::strip,
                    CONTEXT,
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
        } else {
            Grid grid = Grid.squares(across, Grid.blocks(rows, LinearKernels.TILE), 1, LinearKernels.SIDE);
            launch("linearTile" + spec, grid, (g, id, a) -> g.task(
                    id,
                    LinearKernels::tile,
                    CONTEXT,
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
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        TornadoBuffer m = TornadoBuffer.of(maps);
        TornadoBuffer c = TornadoBuffer.of(cond);
        TornadoBuffer o = TornadoBuffer.of(x);
        DeviceArray wordEmbed = TornadoWeight.of(w.wordEmbed().weight()).floats();
        DeviceArray bias = TornadoWeight.of(w.wordEmbed().bias()).floats();
        DeviceArray posStart = TornadoWeight.of(w.posStart()).floats();
        DeviceArray lvlPos = TornadoWeight.of(w.lvlPos()).floats();
        int[] d = {
            o.size(0),
            o.size(1),
            o.size(2),
            m.size(2),
            first,
            m.size(0),
            m.size(1),
            c.rows() - 1,
            m.offset(),
            c.offset(),
            o.offset(),
            Math.toIntExact(posStart.elements() / o.size(2))
        };
        Grid grid = Grid.groups(
                Grid.blocks(o.size(2), EmbeddingKernels.LANES),
                Grid.blocks(o.rows(), EmbeddingKernels.POSITIONS),
                EmbeddingKernels.LANES);
        launch("embedInput", grid, (g, id, a) -> g.task(
                id,
                EmbeddingKernels::embedInput,
                CONTEXT,
                a.dims(d),
                a.floats(m.array()),
                a.floats(c.array()),
                a.floats(wordEmbed),
                a.floats(bias),
                a.floats(posStart),
                a.floats(lvlPos),
                a.floats(o.array())));
    }

    @Override
    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        TornadoBuffer s = TornadoBuffer.of(scale.table());
        TornadoBuffer t = TornadoBuffer.of(shift.table());
        int width = i.size(2);
        if (libraryLinear.normAfterGate(i, scale, shift, eps, o)) {
            return;
        }
        int[] d = {
            i.size(1),
            o.size(1),
            width,
            i.offset(),
            o.offset(),
            s.size(-1),
            s.rows() - 1,
            s.offset() + scale.vector() * width,
            t.size(-1),
            t.rows() - 1,
            t.offset() + shift.vector() * width
        };
        launch("adaNorm" + o.half(), Grid.groups(o.rows(), NormKernels.LANES), (g, id, a) -> g.task(
                id,
                NormKernels::adaNorm,
                CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.floats(s.array()),
                a.floats(t.array()),
                a.values(eps),
                a.floats(o.array()),
                a.halves(o.array()),
                o.half()));
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        TornadoBuffer in = TornadoBuffer.of(h);
        TornadoBuffer o = TornadoBuffer.of(q);
        TornadoKvCache kv = TornadoKvCache.of(cache);
        int width = in.size(2);
        DeviceArray three = session.scratch("q, k and v", storage, 3L * in.elements());
        project(in, w.matQkv(), null, LinearKernels.STORE, null, three, 0);
        DeviceArray qBias = TornadoWeight.of(w.qBias()).floats();
        DeviceArray vBias = TornadoWeight.of(w.vBias()).floats();
        DeviceArray qScale = w.l2Norm() ? TornadoWeight.of(w.qScale()).floats() : null;
        int half = half(three);
        int norm = w.l2Norm() ? 1 : 0;
        int items = in.rows() * kv.heads();
        int[] d = {width, kv.heads(), kv.headSize(), in.size(1), first, kv.capacity(), 0, o.offset(), items};
        Grid grid = Grid.groups(
                Grid.blocks(items, AttentionKernels.SPLIT_HEADS),
                AttentionKernels.SPLIT_LANES * AttentionKernels.SPLIT_HEADS);
        launch("split" + half + norm, grid, (g, id, a) -> g.task(
                id,
                AttentionKernels::split,
                CONTEXT,
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

    @Override
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
        int[] d = {i.size(2), kv.heads(), kv.headSize(), i.size(1), kv.capacity(), i.offset(), o.offset()};
        int[] keyEnds = IntStream.range(0, i.size(1)).map(ends::of).toArray();
        Grid grid = Grid.squares(
                Grid.blocks(i.size(1), AttentionKernels.SIDE),
                (long) i.size(0) * kv.heads(),
                Grid.blocks(kv.headSize(), AttentionKernels.CHUNK),
                AttentionKernels.SIDE);
        launch("attention" + i.half(), grid, (g, id, a) -> g.task(
                id,
                AttentionKernels::attention,
                CONTEXT,
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

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        TornadoBuffer o = TornadoBuffer.of(out);
        project(TornadoBuffer.of(x), w.weight(), w.bias(), LinearKernels.GELU, null, o.array(), o.offset());
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        TornadoBuffer o = TornadoBuffer.of(x);
        project(TornadoBuffer.of(h), w.weight(), w.bias(), LinearKernels.GATED_ADD, gate, o.array(), o.offset());
    }

    // ---- from logits to codes

    private static int settingsAt(SamplingState state, int scale) {
        return TornadoBuffer.of(state.settings()).offset() + scale * SamplingState.COLUMNS;
    }

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        int[] d = {l.elements() / 2, l.offset(), settingsAt(state, scale) + SamplingState.GUIDANCE};
        launch("guide", Grid.elements(l.elements() / 2), (g, id, a) -> g.task(
                id, ElementKernels::guide, CONTEXT, a.dims(d), a.floats(l.array()), a.floats(settings)));
    }

    private DeviceArray filter(TornadoBuffer l, SamplingState state, int[] d) {
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        DeviceArray cuts = session.scratch("cuts", DeviceArray.Type.F32, (long) l.rows() * SamplingKernels.CUT);
        launch("filter", Grid.groups(l.rows(), SamplingKernels.LANES), (g, id, a) -> g.task(
                id,
                SamplingKernels::filter,
                CONTEXT,
                a.dims(d),
                a.floats(l.array()),
                a.floats(settings),
                a.floats(cuts)));
        return cuts;
    }

    private static int[] samplingDims(
            TornadoBuffer l, SamplingState state, int scale, int first, int tokens, int to, int width) {
        return new int[] {
            l.size(-1),
            l.size(1),
            scale,
            first,
            tokens,
            l.offset(),
            settingsAt(state, scale),
            TornadoBuffer.of(state.seeds()).offset(),
            to,
            width
        };
    }

    @Override
    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        TornadoBuffer t = TornadoBuffer.of(tokens);
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        DeviceArray seeds = TornadoBuffer.of(state.seeds()).array();
        int[] d = samplingDims(l, state, scale, first, t.size(1), t.offset(), 0);
        DeviceArray cuts = filter(l, state, d);
        launch("drawCode", Grid.groups(l.rows(), SamplingKernels.LANES), (g, id, a) -> g.task(
                id,
                SamplingKernels::drawCode,
                CONTEXT,
                a.dims(d),
                a.floats(l.array()),
                a.floats(cuts),
                a.floats(settings),
                a.ints(seeds),
                a.ints(t.array())));
    }

    @Override
    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        TornadoBuffer l = TornadoBuffer.of(logits);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray settings = TornadoBuffer.of(state.settings()).array();
        DeviceArray seeds = TornadoBuffer.of(state.seeds()).array();
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int[] d = samplingDims(l, state, scale, 0, 0, o.offset(), o.size(-1));
        DeviceArray cuts = filter(l, state, d);
        launch("mixCodes", Grid.groups(l.rows(), SamplingKernels.LANES), (g, id, a) -> g.task(
                id,
                SamplingKernels::mixCodes,
                CONTEXT,
                a.dims(d),
                a.floats(l.array()),
                a.floats(cuts),
                a.floats(settings),
                a.ints(seeds),
                a.floats(codes),
                a.floats(o.array())));
    }

    // ---- multi-scale quantizer

    @Override
    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        TornadoBuffer t = TornadoBuffer.of(tokens);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int[] d = {o.rows(), o.size(1), o.size(2), t.size(1), first, t.offset(), o.offset()};
        launch("lookup", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                QuantizerKernels::lookup,
                CONTEXT,
                a.dims(d),
                a.ints(t.array()),
                a.floats(codes),
                a.floats(o.array())));
    }

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        Bicubic axis = Bicubic.axis(i.size(1), o.size(1));
        int[] d = {o.elements(), i.size(1), o.size(1), i.size(3), i.offset(), o.offset()};
        launch("bicubicUp", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                QuantizerKernels::bicubicUp,
                CONTEXT,
                a.dims(d),
                a.dims(axis.taps()),
                a.values(axis.weights()),
                a.floats(i.array()),
                a.floats(o.array())));
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(fHat);
        convolve(i, w, TornadoWeight.of(w.weight()).floats(), ConvMode.SAME, null, ConvKernels.PHI, ratio, o);
    }

    @Override
    public void areaDown(Buffer x, int p, int first, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int elements = i.size(0) * p * p * i.size(3);
        int[] d = {elements, i.size(1), p, i.size(3), o.size(1), first, i.offset(), o.offset()};
        launch("areaDown", Grid.elements(elements), (g, id, a) -> g.task(
                id, QuantizerKernels::areaDown, CONTEXT, a.dims(d), a.floats(i.array()), a.floats(o.array())));
    }

    @Override
    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        TornadoBuffer o = TornadoBuffer.of(fHat);
        TornadoBuffer k = TornadoBuffer.of(kept);
        TornadoBuffer m = TornadoBuffer.of(mask);
        launch("blendByMask", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::blendByMask,
                CONTEXT,
                a.dims(o.elements(), o.size(-1), o.offset(), k.offset(), m.offset()),
                a.floats(k.array()),
                a.floats(m.array()),
                a.floats(o.array())));
    }

    @Override
    public void fill(Buffer out, float value) {
        TornadoBuffer o = TornadoBuffer.of(out);
        launch("fill" + o.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::fillAll,
                CONTEXT,
                a.dims(o.elements(), o.offset()),
                a.values(value),
                a.floats(o.array()),
                a.halves(o.array()),
                o.half()));
    }

    @Override
    public void subtract(Buffer x, Buffer y, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer j = TornadoBuffer.of(y);
        TornadoBuffer o = TornadoBuffer.of(out);
        launch("subtract", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::subtract,
                CONTEXT,
                a.dims(o.elements(), i.offset(), j.offset(), o.offset()),
                a.floats(i.array()),
                a.floats(j.array()),
                a.floats(o.array())));
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        TornadoBuffer i = TornadoBuffer.of(z);
        TornadoBuffer t = TornadoBuffer.of(tokens);
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int cosine = normalised ? 1 : 0;
        int[] d = {i.size(1), i.size(2), codebook.size(0), t.size(1), first, i.offset(), t.offset()};
        launch("nearest" + cosine, Grid.groups(i.rows(), QuantizerKernels.LANES), (g, id, a) -> g.task(
                id,
                QuantizerKernels::nearest,
                CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.floats(codes),
                a.ints(t.array()),
                cosine));
    }

    // ---- VQ-VAE

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        TornadoBuffer r = residual == null ? null : TornadoBuffer.of(residual);
        if (libraries.gemm() && LibraryConvolution.suits(TornadoBuffer.of(x), w, mode, r, TornadoBuffer.of(out))) {
            libraryConvolution.convolve(TornadoBuffer.of(x), w, mode, r, TornadoBuffer.of(out));
            return;
        }
        convolve(
                TornadoBuffer.of(x),
                w,
                TornadoWeight.of(w.weight()).matrix(),
                mode,
                r,
                r == null ? ConvKernels.STORE : ConvKernels.RESIDUAL,
                0,
                TornadoBuffer.of(out));
    }

    private void convolve(
            TornadoBuffer x,
            Linear w,
            DeviceArray m,
            ConvMode mode,
            TornadoBuffer r,
            int epilogue,
            float ratio,
            TornadoBuffer o) {
        int side = w.weight().size(2);
        int pad = mode == ConvMode.DOWN ? 0 : side / 2;
        Window window = new Window(side, side, mode == ConvMode.DOWN ? 2 : 1, pad, pad);
        convolve(x, w, m, window, mode == ConvMode.UP ? 1 : 0, r, epilogue, ratio, 0, o);
    }

    private void convolve(
            TornadoBuffer x,
            Linear w,
            DeviceArray m,
            Window window,
            int zoom,
            TornadoBuffer r,
            int epilogue,
            float ratio,
            int firstChannel,
            TornadoBuffer o) {
        DeviceArray bias = TornadoWeight.of(w.bias()).floats();
        DeviceArray factors = m.type() == DeviceArray.Type.I8 ? TornadoWeight.of(w.weight()).factors() : null;
        int spec = ConvKernels.spec(x.half(), weightType(m), o.half(), r == null ? 0 : r.half(), epilogue);
        int[] d = {
            o.rows(),
            w.outputs(),
            x.size(3),
            x.size(1),
            x.size(2),
            o.size(1),
            o.size(2),
            window.height() * window.width(),
            window.width(),
            window.stride(),
            zoom,
            window.padY(),
            window.padX(),
            x.offset(),
            o.offset() + firstChannel,
            r == null ? 0 : r.offset(),
            o.size(3)
        };
        Grid grid = Grid.squares(
                Grid.blocks(w.outputs(), ConvKernels.TILE), Grid.blocks(o.rows(), ConvKernels.TILE), 1, ConvKernels.SIDE);
        DeviceArray residual = r == null ? null : r.array();
        launch("convolve" + spec, grid, (g, id, a) -> g.task(
                id,
                ConvKernels::convolve,
                CONTEXT,
                a.dims(d),
                a.floats(x.array()),
                a.halves(x.array()),
                a.floats(m),
                a.halves(m),
                a.bytes(m),
                a.floats(factors),
                a.floats(bias),
                a.floats(residual),
                a.halves(residual),
                a.floats(o.array()),
                a.halves(o.array()),
                a.values(ratio),
                spec));
    }

    @Override
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
        int[] d = {pixels, channels, groups, chunks, perChunk, i.offset(), pictures * groups, lanes, o.offset()};
        Grid grid = Grid.groups((long) pictures * chunks, lanes);
        launch("groupParts" + i.half(), grid, (g, id, a) -> g.task(
                id,
                NormKernels::groupParts,
                CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(parts),
                i.half()));
        launch("groupStats", Grid.groups((long) pictures * groups, NormKernels.STATS_LANES), (g, id, a) -> g.task(
                id, NormKernels::groupStats, CONTEXT, a.dims(d), a.floats(parts), a.values(eps), a.floats(stats)));
        int active = silu ? 1 : 0;
        launch("groupApply" + i.half() + o.half() + active, grid, (g, id, a) -> g.task(
                id,
                NormKernels::groupApply,
                CONTEXT,
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

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(qkv);
        TornadoBuffer o = TornadoBuffer.of(out);
        if (libraries.gemm() && LibraryAttention.suitsSpatial(i, o)) {
            libraryAttention.spatial(i, scale, o);
            return;
        }
        int pixels = o.size(1) * o.size(2);
        if (pixels > AttentionKernels.MAX_PIXELS) {
            throw new IllegalArgumentException("a map of " + pixels + " pixels is larger than the "
                    + AttentionKernels.MAX_PIXELS + " that attention takes");
        }
        int[] d = {pixels, o.size(3), i.offset(), o.offset()};
        Grid grid = Grid.groups((long) o.size(0) * pixels, AttentionKernels.SPATIAL_LANES);
        launch("spatial" + i.half() + o.half(), grid, (g, id, a) -> g.task(
                id,
                AttentionKernels::spatial,
                CONTEXT,
                a.dims(d),
                a.values(scale),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(o.array()),
                a.halves(o.array()),
                i.half(),
                o.half()));
    }

    @Override
    public void clamp(Buffer x, float low, float high, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        launch("clampTo" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::clampTo,
                CONTEXT,
                a.dims(o.elements(), i.offset(), o.offset()),
                a.floats(i.array()),
                a.halves(i.array()),
                a.values(low, high),
                a.floats(o.array()),
                i.half()));
    }

    // ---- classifiers

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        DeviceArray m = TornadoWeight.of(w.weight()).matrix();
        TornadoBuffer o = TornadoBuffer.of(out);
        convolve(TornadoBuffer.of(x), w, m, window, 0, null, ConvKernels.RELU, 0, firstChannel, o);
    }

    @Override
    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        pool(TornadoBuffer.of(x), window, PoolKernels.MAX, firstChannel, TornadoBuffer.of(out));
    }

    @Override
    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        int mode = countPadding ? PoolKernels.PADDED_MEAN : PoolKernels.MEAN;
        pool(TornadoBuffer.of(x), window, mode, firstChannel, TornadoBuffer.of(out));
    }

    private void pool(TornadoBuffer x, Window window, int mode, int firstChannel, TornadoBuffer o) {
        int elements = o.rows() * x.size(3);
        int[] d = {
            elements,
            x.size(3),
            x.size(1),
            x.size(2),
            o.size(1),
            o.size(2),
            window.height(),
            window.width(),
            window.stride(),
            window.padY(),
            window.padX(),
            o.size(3),
            x.offset(),
            o.offset() + firstChannel
        };
        launch("pool" + x.half() + o.half() + mode, Grid.elements(elements), (g, id, a) -> g.task(
                id,
                PoolKernels::pool,
                CONTEXT,
                a.dims(d),
                a.floats(x.array()),
                a.halves(x.array()),
                a.floats(o.array()),
                a.halves(o.array()),
                x.half(),
                o.half(),
                mode));
    }

    @Override
    public void globalMean(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int[] d = {o.elements(), i.size(1) * i.size(2), i.size(3), i.offset(), o.offset()};
        launch("globalMean" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                PoolKernels::globalMean,
                CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(o.array()),
                i.half()));
    }
}
