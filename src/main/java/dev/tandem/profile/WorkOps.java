package dev.tandem.profile;

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
import java.util.List;
import java.util.function.Consumer;

/** Computes nothing: tells each operation's {@link Work}. */
final class WorkOps implements Ops {
    private static final String CONDITIONING = "conditioning";
    private static final String QUANTIZER = "quantizer";
    private static final String POOLING = "pooling";

    private final Consumer<Work> works;

    WorkOps(Consumer<Work> works) {
        this.works = works;
    }

    private void tell(String operation, double flops, long bytes) {
        works.accept(new Work(operation, flops, bytes));
    }

    private static long bytes(Buffer b) {
        return b.shape().elements() * b.elementBytes();
    }

    private static long bytes(Weight w) {
        return w.shape().elements() * w.elementBytes();
    }

    private static long bytes(Linear w) {
        return bytes(w.weight()) + (w.bias() == null ? 0 : bytes(w.bias()));
    }

    /** One vector of every row of the table. */
    private static long bytes(Modulation m, int width) {
        return m.table().shape().elements()
                / m.table().size(-1)
                * width
                * m.table().elementBytes();
    }

    /** So many elements of a buffer that are read or written. */
    private static long part(Buffer b, long elements) {
        return elements * b.elementBytes();
    }

    /** Of so many products of a row of the weight with a vector: one per element of what comes out. */
    private static double flops(Weight w, long outputs) {
        return 2.0 * outputs * (w.shape().elements() / w.size(0));
    }

    /** The last module of a parameter's name that is no number: {@code fc1} of {@code blocks.0.ffn.fc1.weight}. */
    private static String module(Linear w) {
        List<String> words = List.of(w.weight().name().split("\\."));
        return words.subList(0, Math.max(1, words.size() - 1)).reversed().stream()
                .filter(word -> !word.chars().allMatch(Character::isDigit))
                .findFirst()
                .orElse("linear");
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        long rows = out.shape().elements() * table.elementBytes();
        tell(CONDITIONING, 0, bytes(labels) + rows + bytes(out));
    }

    @Override
    public void silu(Buffer x, Buffer out) {
        tell(CONDITIONING, 0, bytes(x) + bytes(out));
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        tell(module(w), flops(w.weight(), out.shape().elements()), bytes(x) + bytes(w) + bytes(out));
    }

    @Override
    public void addRow(Buffer x, Weight row, Buffer out) {
        tell(CONDITIONING, 0, bytes(x) + bytes(row) + bytes(out));
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        long width = x.size(2);
        long start = Math.max(0, w.posStart().shape().elements() / width - first);
        long mapped = maps.size(0) * Math.max(0, x.size(1) - start);
        long positions = x.size(1) * width * w.lvlPos().elementBytes();
        tell(
                "embedding",
                flops(w.wordEmbed().weight(), mapped * width),
                part(maps, mapped * maps.size(2)) + bytes(cond) + bytes(w.wordEmbed()) + positions + bytes(x));
    }

    @Override
    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        int width = out.size(2);
        long read = part(x, out.shape().elements());
        tell("norm", 0, read + bytes(scale, width) + bytes(shift, width) + bytes(out));
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        long elements = q.shape().elements();
        tell(
                "qkv",
                flops(w.matQkv(), 3 * elements),
                bytes(h) + bytes(w.matQkv()) + bytes(q) + 2 * elements * cache.elementBytes());
    }

    @Override
    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        int[] queryEnds = ends.queryEnds();
        int[] keyEnds = ends.keyEnds();
        long pairs = 0;
        int keys = 0;
        for (int s = 0; s < queryEnds.length; s++) {
            pairs += (long) (queryEnds[s] - (s == 0 ? 0 : queryEnds[s - 1])) * keyEnds[s];
            keys = Math.max(keys, keyEnds[s]);
        }
        long width = (long) cache.rows() * cache.heads() * cache.headSize();
        tell("attention", 4.0 * width * pairs, bytes(q) + 2 * width * keys * cache.elementBytes() + bytes(out));
    }

    @Override
    public void lastPositions(Buffer x, Buffer out) {
        tell("last positions", 0, 2 * bytes(out));
    }

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        linear(x, w, out);
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        long moved = bytes(h) + bytes(w) + bytes(gate, w.outputs()) + 2 * bytes(x);
        tell(module(w), flops(w.weight(), x.shape().elements()), moved);
    }

    // ---- from logits to codes

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        tell("guidance", 0, bytes(logits) * 3 / 2);
    }

    @Override
    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        tell("sampling", 0, bytes(logits) + part(tokens, logits.shape().elements() / logits.size(-1)));
    }

    @Override
    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        double flops = 2.0 * logits.shape().elements() * codebook.size(1);
        tell("sampling", flops, bytes(logits) + bytes(codebook) + bytes(out));
    }

    // ---- multi-scale quantizer

    @Override
    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        long elements = out.shape().elements();
        long codes = part(tokens, elements / out.size(-1));
        tell(QUANTIZER, 0, codes + elements * codebook.elementBytes() + bytes(out));
    }

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        tell(QUANTIZER, 0, bytes(x) + bytes(out));
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        tell(QUANTIZER, flops(w.weight(), fHat.shape().elements()), bytes(x) + bytes(w) + 2 * bytes(fHat));
    }

    @Override
    public void areaDown(Buffer x, int p, int first, Buffer out) {
        tell(QUANTIZER, 0, bytes(x) + part(out, (long) x.size(0) * p * p * x.size(3)));
    }

    @Override
    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        tell(QUANTIZER, 0, 2 * bytes(fHat) + bytes(kept) + bytes(mask));
    }

    @Override
    public void fill(Buffer out, float value) {
        tell(QUANTIZER, 0, bytes(out));
    }

    @Override
    public void subtract(Buffer a, Buffer b, Buffer out) {
        tell(QUANTIZER, 0, bytes(a) + bytes(b) + bytes(out));
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        long vectors = z.shape().elements() / z.size(-1);
        double flops = flops(codebook, vectors * codebook.size(0));
        tell(QUANTIZER, flops, bytes(z) + bytes(codebook) + part(tokens, vectors));
    }

    // ---- VQ-VAE

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        String kind = switch (mode) {
            case SAME -> "convolution ";
            case DOWN -> "downsampling ";
            case UP -> "upsampling ";
        };
        tell(
                kind + w.weight().size(2) + "×" + w.weight().size(3),
                flops(w.weight(), out.shape().elements()),
                bytes(x) + bytes(w) + (residual == null ? 0 : bytes(residual)) + bytes(out));
    }

    @Override
    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        tell("group norm", 0, bytes(x) + bytes(gamma) + bytes(beta) + bytes(out));
    }

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        double pixels = (double) out.size(1) * out.size(2);
        tell("attention of pixels", 4 * pixels * out.shape().elements(), bytes(qkv) + bytes(out));
    }

    @Override
    public void clamp(Buffer x, float low, float high, Buffer out) {
        tell("clamp", 0, bytes(x) + bytes(out));
    }

    @Override
    public void toBytes(Buffer x, Buffer out) {
        tell("pixels to bytes", 0, bytes(x) + bytes(out));
    }

    // ---- classifiers

    /** Elements of a map whose last dimension is replaced: an operation writes some of its channels. */
    private static long channels(Buffer out, int channels) {
        return out.shape().elements() / out.size(3) * channels;
    }

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        long written = channels(out, w.outputs());
        tell(
                "convolution " + window.height() + "×" + window.width(),
                flops(w.weight(), written),
                bytes(x) + bytes(w) + part(out, written));
    }

    @Override
    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        tell(POOLING, 0, bytes(x) + part(out, channels(out, x.size(3))));
    }

    @Override
    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        maxPool(x, window, firstChannel, out);
    }

    @Override
    public void globalMean(Buffer x, Buffer out) {
        tell(POOLING, 0, bytes(x) + bytes(out));
    }
}
