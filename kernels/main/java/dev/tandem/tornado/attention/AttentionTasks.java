package dev.tandem.tornado.attention;

import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Modulation;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.Weight;
import dev.tandem.tornado.TornadoSession;
import dev.tandem.tornado.driver.TornadoInternals;
import dev.tandem.tornado.element.ElementKernels;
import dev.tandem.tornado.embedding.EmbeddingKernels;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.linear.LinearKernels;
import dev.tandem.tornado.linear.LinearTasks;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoKvCache;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.norm.GatedResidual;
import dev.tandem.tornado.norm.GatedResidualKernels;
import dev.tandem.tornado.norm.NormKernels;
import dev.tandem.tornado.nvidia.LibraryChoice;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The transformer's operations but its products: embeddings, adaptive norms, keys and values, attention. */
public final class AttentionTasks {
    private final TornadoSession session;
    private final Recorder recorder;
    private final DeviceArray.Type storage;
    private final LinearTasks linear;
    private final LibraryChoice libraries;
    private final GatedResidual gates;
    private final LibraryAttention libraryAttention;

    /** Null where the device has none. */
    private final TensorCoreAttention tensorCores;

    public AttentionTasks(
            TornadoSession session,
            Recorder recorder,
            DeviceArray.Type storage,
            LinearTasks linear,
            LibraryChoice libraries,
            GatedResidual gates,
            LibraryAttention libraryAttention,
            TensorCoreAttention tensorCores) {
        this.session = session;
        this.recorder = recorder;
        this.storage = storage;
        this.linear = linear;
        this.libraries = libraries;
        this.gates = gates;
        this.libraryAttention = libraryAttention;
        this.tensorCores = tensorCores;
    }

    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        TornadoBuffer l = TornadoBuffer.of(labels);
        TornadoBuffer o = TornadoBuffer.of(out);
        TornadoWeight w = TornadoWeight.of(table);
        DeviceArray m = w.matrix();
        int type = m.weightType();
        recorder.launch("embedLabels" + type, Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::embedLabels,
                Recorder.CONTEXT,
                a.dims(o.rows(), o.size(-1), l.elements(), w.size(0) - 1, l.offset(), o.offset()),
                a.ints(l.array()),
                a.floats(m),
                a.halves(m),
                a.bytes(m),
                a.floats(w.factors()),
                a.floats(o.array()),
                type));
    }

    public void silu(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch("silu" + i.half() + o.half(), Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::silu,
                Recorder.CONTEXT,
                a.dims(i.elements(), i.offset(), o.offset()),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(o.array()),
                a.halves(o.array()),
                i.half(),
                o.half()));
    }

    public void addRow(Buffer x, Weight row, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray r = TornadoWeight.of(row).floats();
        recorder.launch("addRow", Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::addRow,
                Recorder.CONTEXT,
                a.dims(i.elements(), Math.toIntExact(r.elements()), i.offset(), o.offset()),
                a.floats(i.array()),
                a.floats(r),
                a.floats(o.array())));
    }

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
                Grid.blocks(o.size(2), EmbeddingKernels.CHANNELS),
                Grid.blocks((long) Math.min(m.size(0), o.size(0)) * o.size(1), EmbeddingKernels.POSITIONS),
                EmbeddingKernels.LANES);
        recorder.launch("embedInput", grid, (g, id, a) -> g.task(
                id,
                EmbeddingKernels::embedInput,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(m.array()),
                a.floats(c.array()),
                a.floats(wordEmbed),
                a.floats(bias),
                a.floats(posStart),
                a.floats(lvlPos),
                a.floats(o.array())));
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
        recorder.launch("adaNorm" + o.half(), Grid.groups(o.rows(), NormKernels.LANES), (g, id, a) -> g.task(
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

    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        TornadoBuffer in = TornadoBuffer.of(h);
        TornadoBuffer o = TornadoBuffer.of(q);
        TornadoKvCache kv = TornadoKvCache.of(cache);
        int width = in.size(2);
        DeviceArray three = session.scratch("q, k and v", storage, 3L * in.elements());
        linear.project(in, w.matQkv(), null, LinearKernels.STORE, null, three, 0);
        DeviceArray qBias = TornadoWeight.of(w.qBias()).floats();
        DeviceArray vBias = TornadoWeight.of(w.vBias()).floats();
        DeviceArray qScale = w.l2Norm() ? TornadoWeight.of(w.qScale()).floats() : null;
        int half = three.half();
        int norm = w.l2Norm() ? 1 : 0;
        int items = in.rows() * kv.heads();
        int[] d = {width, kv.heads(), kv.headSize(), in.size(1), kv.start() + first, kv.length(), 0, o.offset(), items, TornadoInternals.off(DeviceArray.Type.F16)};
        if (session.packs() && kv.headSize() % 2 == 0 && kv.headSize() <= GatedResidualKernels.MAX_HEAD && o.offset() % 2 == 0) {
            boolean two = kv.headSize() <= GatedResidualKernels.MAX_PAIRED_HEAD;
            int perGroup = GatedResidualKernels.SPLIT_HEADS * (two ? 2 : 1);
            Grid warps = Grid.groups(Grid.blocks(items, perGroup), GatedResidualKernels.WARP * GatedResidualKernels.SPLIT_HEADS);
            Split kernel = two ? GatedResidualKernels::splitTwo : GatedResidualKernels::splitWide;
            recorder.launch((two ? "splitTwo" : "splitWide") + norm, warps, (g, id, a) -> g.task(
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
        recorder.launch("split" + half + norm, grid, (g, id, a) -> g.task(
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

    public void lastPositions(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int all = i.elements() / i.size(0);
        int last = o.elements() / o.size(0);
        int[] d = {o.elements(), last, all, i.offset() + all - last, o.offset()};
        recorder.launch("lastPositions" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::lastPositions,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.halves(i.array()),
                a.floats(o.array()),
                a.halves(o.array()),
                i.half()));
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
        recorder.launch("attention" + i.half(), grid, (g, id, a) -> g.task(
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

    /** One of {@link GatedResidualKernels}' splits, which take the same. */
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
}
