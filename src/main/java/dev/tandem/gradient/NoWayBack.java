package dev.tandem.gradient;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import dev.tandem.op.Window;

/** Refuses every operation that training does not use. */
abstract class NoWayBack implements Ops {
    private static UnsupportedOperationException none(String operation) {
        return new UnsupportedOperationException(operation + " has no way back");
    }

    @Override
    public void lastPositions(Buffer x, Buffer out) {
        throw none("lastPositions");
    }

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        throw none("guide");
    }

    @Override
    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        throw none("sample");
    }

    @Override
    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        throw none("gumbelMix");
    }

    @Override
    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        throw none("lookup");
    }

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        throw none("bicubicUp");
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        throw none("phiAdd");
    }

    @Override
    public void areaDown(Buffer x, int p, int first, Buffer out) {
        throw none("areaDown");
    }

    @Override
    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        throw none("blendByMask");
    }

    @Override
    public void fill(Buffer out, float value) {
        throw none("fill");
    }

    @Override
    public void subtract(Buffer a, Buffer b, Buffer out) {
        throw none("subtract");
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        throw none("nearestCode");
    }

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        throw none("conv");
    }

    @Override
    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        throw none("groupNorm");
    }

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        throw none("spatialAttention");
    }

    @Override
    public void clamp(Buffer x, float low, float high, Buffer out) {
        throw none("clamp");
    }

    @Override
    public void toBytes(Buffer x, Buffer out) {
        throw none("toBytes");
    }

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        throw none("convRelu");
    }

    @Override
    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        throw none("maxPool");
    }

    @Override
    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        throw none("averagePool");
    }

    @Override
    public void globalMean(Buffer x, Buffer out) {
        throw none("globalMean");
    }
}
