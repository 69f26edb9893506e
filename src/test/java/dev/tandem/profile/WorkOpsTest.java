package dev.tandem.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.engine.PlanSession;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Work by the formula, on a session that keeps activations in two bytes and parameters in four. */
class WorkOpsTest {
    private final PlanSession session = new PlanSession(2);

    private static Work work(Consumer<Ops> call) {
        List<Work> works = new ArrayList<>();
        call.accept(new WorkOps(works::add));
        assertEquals(1, works.size());
        return works.getFirst();
    }

    private Weight weight(String name, long... dims) {
        Shape shape = Shape.of(dims);
        return session.weight(Tensor.ofFloats(name, shape, new float[(int) shape.elements()]), null);
    }

    private Linear linear(String module, long outputs, long inputs) {
        return new Linear(weight(module + ".weight", outputs, inputs), weight(module + ".bias", outputs));
    }

    @Test
    void aProductIsTwoOperationsPerWeightAndRow() {
        Buffer x = session.activations("x", 4, 9, 64);
        Buffer out = session.floats("out", 4, 9, 128);
        long bytes = 36 * 64 * 2 + (128 * 64 + 128) * 4 + 36 * 128 * 4;
        assertEquals(
                new Work("head", 2.0 * 36 * 64 * 128, bytes), work(o -> o.linear(x, linear("head", 128, 64), out)));
    }

    @Test
    void aProjectionIsCalledByItsModule() {
        Buffer h = session.activations("h", 1, 1, 8);
        Modulation gate = new Modulation(session.floats("ada", 1, 6 * 8), 0);
        Buffer x = session.floats("x", 1, 1, 8);
        assertEquals(
                "fc2",
                work(o -> o.linearGatedAdd(h, linear("blocks.3.ffn.fc2", 8, 8), gate, x))
                        .operation());
        assertEquals(
                "ada_lin",
                work(o -> o.linear(x, linear("blocks.0.ada_lin.1", 8, 8), x)).operation());
    }

    @Test
    void aGatedSumReadsAndWritesWhatItAddsTo() {
        Buffer h = session.activations("h", 6, 5, 16);
        Modulation gate = new Modulation(session.floats("ada", 4, 6 * 8), 1);
        Buffer x = session.floats("x", 6, 5, 8);
        long bytes = 30 * 16 * 2 + (8 * 16 + 8) * 4 + 4 * 8 * 4 + 2 * 30 * 8 * 4;
        assertEquals(
                new Work("fc", 2.0 * 30 * 16 * 8, bytes), work(o -> o.linearGatedAdd(h, linear("fc", 8, 16), gate, x)));
    }

    @Test
    void queriesKeysAndValuesAreThreeProductsAndFillTheCache() {
        Buffer h = session.activations("h", 2, 9, 64);
        Buffer q = session.activations("q", 2, 9, 64);
        KvCache cache = session.kvCaches("kv", KvShape.apart(1, 2, 4, 16, 30)).getFirst();
        QkvWeights w = new QkvWeights(weight("mat_qkv", 192, 64), weight("q", 64), weight("v", 64), null);
        long bytes = 4L * 18 * 64 * 2 + 192 * 64 * 4;
        assertEquals(new Work("qkv", 2.0 * 18 * 64 * 192, bytes), work(o -> o.qkv(h, w, 5, q, cache)));
    }

    /** 4 for the first query, 9 for each of the other four: products with keys and with values for each pair. */
    @Test
    void attentionCountsThePairsThatTheMaskLetsThrough() {
        Buffer q = session.activations("q", 2, 5, 64);
        KvCache cache = session.kvCaches("kv", KvShape.apart(1, 2, 4, 16, 30)).getFirst();
        KeyEnds ends = new KeyEnds(new int[] {1, 5}, new int[] {4, 9});
        long bytes = 2 * 2 * 5 * 64 * 2 + 2 * 2 * 9 * 64 * 2;
        assertEquals(
                new Work("attention", 2 * 2.0 * 2 * 64 * (4 + 4 * 9), bytes),
                work(o -> o.attention(q, cache, ends, 1, q)));
    }

    @Test
    void aConvolutionIsOneProductPerPixel() {
        Buffer x = session.activations("x", 2, 8, 8, 6);
        Buffer out = session.activations("out", 2, 16, 16, 10);
        Linear w = new Linear(weight("w", 10, 6, 3, 3), null);
        long bytes = 2 * 64 * 6 * 2 + 10 * 6 * 9 * 4 + 2 * 256 * 10 * 2;
        assertEquals(
                new Work("upsampling 3×3", 2.0 * 2 * 256 * 10 * 6 * 9, bytes),
                work(o -> o.conv(x, w, Ops.ConvMode.UP, null, out)));
    }

    @Test
    void aNormOfTheLastPositionsReadsNoOthers() {
        Buffer x = session.floats("x", 2, 9, 8);
        Buffer out = session.activations("out", 2, 4, 8);
        Buffer ada = session.floats("ada", 2, 16);
        long bytes = 2 * 4 * 8 * 4 + 2 * (2 * 8 * 4) + 2 * 4 * 8 * 2;
        assertEquals(
                new Work("norm", 0, bytes),
                work(o -> o.adaNorm(x, new Modulation(ada, 0), new Modulation(ada, 1), 0, out)));
    }
}
