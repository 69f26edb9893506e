package dev.tandem.tornado;

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
import dev.tandem.tornado.attention.AttentionTasks;
import dev.tandem.tornado.attention.LibraryAttention;
import dev.tandem.tornado.attention.TensorCoreAttention;
import dev.tandem.tornado.attention.TensorCoreSpatial;
import dev.tandem.tornado.convolution.ConvolutionTasks;
import dev.tandem.tornado.convolution.LibraryConvolution;
import dev.tandem.tornado.convolution.TensorCoreConvolution;
import dev.tandem.tornado.element.ElementTasks;
import dev.tandem.tornado.embedding.EmbeddingTasks;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.linear.LibraryLinear;
import dev.tandem.tornado.linear.LinearTasks;
import dev.tandem.tornado.linear.TensorCoreLinear;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.norm.GatedResidual;
import dev.tandem.tornado.norm.NormTasks;
import dev.tandem.tornado.nvidia.LibraryChoice;
import dev.tandem.tornado.pool.PoolTasks;
import dev.tandem.tornado.quantizer.QuantizerTasks;
import dev.tandem.tornado.sampling.SamplingTasks;

/**
 * Operations as launches of kernels, each by its area's tasks. Which kernel an operation takes depends on its shape per
 * picture, never on the batch, so that a picture is the same to the last bit in any.
 */
final class TaskGraphOps implements Ops {
    private final LinearTasks linear;
    private final AttentionTasks attention;
    private final NormTasks norm;
    private final EmbeddingTasks embedding;
    private final ElementTasks element;
    private final SamplingTasks sampling;
    private final QuantizerTasks quantizer;
    private final ConvolutionTasks convolution;
    private final PoolTasks pool;

    /** @param cores whether kernels of our own may use tensor cores */
    TaskGraphOps(Workspace workspace, LibraryChoice libraries, boolean cores, Recorder recorder) {
        boolean keeps = cores && workspace.keepsFragments();
        GatedResidual gates = new GatedResidual(workspace, recorder);
        LibraryLinear libraryLinear = new LibraryLinear(workspace, recorder, gates);
        linear = new LinearTasks(
                workspace,
                recorder,
                libraries,
                libraryLinear,
                cores ? new TensorCoreLinear(workspace, recorder, gates) : null);
        attention = new AttentionTasks(
                workspace,
                recorder,
                linear,
                libraries,
                new LibraryAttention(workspace, recorder, libraryLinear),
                keeps ? new TensorCoreAttention(recorder) : null,
                keeps ? new TensorCoreSpatial(workspace, recorder) : null);
        norm = new NormTasks(workspace, recorder, gates);
        embedding = new EmbeddingTasks(recorder);
        element = new ElementTasks(recorder);
        sampling = new SamplingTasks(workspace, recorder);
        quantizer = new QuantizerTasks(recorder);
        convolution = new ConvolutionTasks(
                recorder,
                libraries,
                new LibraryConvolution(workspace, recorder),
                keeps ? new TensorCoreConvolution(workspace, recorder) : null);
        pool = new PoolTasks(recorder);
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        embedding.embedLabels(labels, table, out);
    }

    @Override
    public void silu(Buffer x, Buffer out) {
        element.silu(x, out);
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        linear.linear(x, w, out);
    }

    @Override
    public void addRow(Buffer x, Weight row, Buffer out) {
        element.addRow(x, row, out);
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        embedding.embedInput(maps, cond, w, first, x);
    }

    @Override
    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        norm.adaNorm(x, scale, shift, eps, out);
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        attention.qkv(h, w, first, q, cache);
    }

    @Override
    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        attention.attention(q, cache, ends, scale, out);
    }

    @Override
    public void lastPositions(Buffer x, Buffer out) {
        element.lastPositions(x, out);
    }

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        linear.linearGelu(x, w, out);
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        linear.linearGatedAdd(h, w, gate, x);
    }

    // ---- from logits to codes

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        sampling.guide(logits, state, scale);
    }

    @Override
    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        sampling.sample(logits, state, scale, first, tokens);
    }

    @Override
    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        sampling.gumbelMix(logits, state, scale, codebook, out);
    }

    // ---- multi-scale quantizer

    @Override
    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        quantizer.lookup(tokens, first, codebook, out);
    }

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        quantizer.bicubicUp(x, out);
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        convolution.phiAdd(x, w, ratio, fHat);
    }

    @Override
    public void areaDown(Buffer x, int p, int first, Buffer out) {
        quantizer.areaDown(x, p, first, out);
    }

    @Override
    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        element.blendByMask(fHat, kept, mask);
    }

    @Override
    public void fill(Buffer out, float value) {
        element.fill(out, value);
    }

    @Override
    public void subtract(Buffer x, Buffer y, Buffer out) {
        element.subtract(x, y, out);
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        quantizer.nearestCode(z, codebook, normalised, first, tokens);
    }

    // ---- VQ-VAE

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        convolution.conv(x, w, mode, residual, out);
    }

    @Override
    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        norm.groupNorm(x, gamma, beta, groups, eps, silu, out);
    }

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        attention.spatialAttention(qkv, scale, out);
    }

    @Override
    public void clamp(Buffer x, float low, float high, Buffer out) {
        element.clamp(x, low, high, out);
    }

    @Override
    public void toBytes(Buffer x, Buffer out) {
        element.toBytes(x, out);
    }

    // ---- classifiers

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        convolution.convRelu(x, w, window, firstChannel, out);
    }

    @Override
    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        pool.maxPool(x, window, firstChannel, out);
    }

    @Override
    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        pool.averagePool(x, window, countPadding, firstChannel, out);
    }

    @Override
    public void globalMean(Buffer x, Buffer out) {
        pool.globalMean(x, out);
    }
}
