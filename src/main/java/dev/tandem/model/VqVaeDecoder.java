package dev.tandem.model;

import dev.tandem.model.VqVaeLayers.AttnBlock;
import dev.tandem.model.VqVaeLayers.Map;
import dev.tandem.model.VqVaeLayers.Norm;
import dev.tandem.model.VqVaeLayers.ResBlock;
import dev.tandem.model.VqVaeLayers.Workspace;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Ops.ConvMode;
import java.util.ArrayList;
import java.util.List;

/**
 * From f_hat to pixels.
 *
 * @see "VAR: basic_vae.py (Decoder), vqvae.py (fhat_to_img)"
 */
public final class VqVaeDecoder {
    /** A level: residual blocks, attention after each (or none at all), then an enlarging convolution or null. */
    private record Up(List<ResBlock> blocks, List<AttnBlock> attn, Linear upsample) {}

    private final VqVaeConfig config;
    private final Linear postQuantConv;
    private final Linear convIn;
    private final ResBlock mid1;
    private final AttnBlock midAttn;
    private final ResBlock mid2;
    private final List<Up> ups = new ArrayList<>();
    private final Norm normOut;
    private final Linear convOut;

    VqVaeDecoder(VqVaeConfig c, Params root) {
        config = c;
        postQuantConv = root.conv("post_quant_conv", c.codeSize(), c.codeSize(), 3);
        Params p = root.at("decoder");
        int channels = c.channels(c.levels() - 1);
        convIn = p.conv("conv_in", c.codeSize(), channels, 3);
        mid1 = ResBlock.load(c, p.at("mid", "block_1"), channels, channels);
        midAttn = AttnBlock.load(c, p.at("mid", "attn_1"), channels);
        mid2 = ResBlock.load(c, p.at("mid", "block_2"), channels, channels);
        for (int level = c.levels() - 1; level >= 0; level--) {
            Params up = p.at("up", level);
            List<ResBlock> blocks = new ArrayList<>();
            List<AttnBlock> attn = new ArrayList<>();
            for (int b = 0; b <= c.resBlocks(); b++) {
                blocks.add(ResBlock.load(c, up.at("block", b), channels, c.channels(level)));
                channels = c.channels(level);
                if (level == c.levels() - 1) {
                    attn.add(AttnBlock.load(c, up.at("attn", b), channels));
                }
            }
            ups.add(new Up(blocks, attn, level == 0 ? null : up.at("upsample").conv("conv", channels, channels, 3)));
        }
        normOut = Norm.load(c, p, "norm_out", channels);
        convOut = p.conv("conv_out", channels, 3, 3);
    }

    /** Memory that a decoder works in, and nobody needs after it. */
    public static final class State {
        private final Workspace work;

        /** @param memory activations, {@link #elements} at least */
        public State(Buffer memory, VqVaeConfig c, int pictures) {
            work = new Workspace(memory, elements(c, pictures) / Workspace.PARTS);
        }

        /** How many it takes for {@code pictures} at a time. */
        public static long elements(VqVaeConfig c, int pictures) {
            long largest = 0;
            int side = c.scales().side();
            for (int level = c.levels() - 1; level >= 0; level--) {
                long pixels = (long) side * side;
                int wider = c.channels(Math.min(level + 1, c.levels() - 1));
                boolean attends = level == c.levels() - 1;
                largest = Math.max(largest, pixels * Math.max(wider, attends ? 3 * wider : 0));
                side *= 2;
            }
            return Workspace.PARTS * largest * pictures;
        }
    }

    /**
     * Decodes.
     *
     * @param fHat floats [B, P, P, Cvae]
     * @param image out, floats [B, 16P, 16P, 3], clamped to [−1, 1]
     */
    public void decode(Ops ops, Buffer fHat, State state, Buffer image) {
        Workspace w = state.work;
        int pictures = fHat.size(0);
        int side = fHat.size(1);
        Map z = w.map(null, null, pictures, side, side, config.codeSize());
        ops.conv(fHat, postQuantConv, ConvMode.SAME, null, z.data());
        Map h = w.map(z, null, pictures, side, side, convIn.outputs());
        ops.conv(z.data(), convIn, ConvMode.SAME, null, h.data());
        h = mid2.run(ops, midAttn.run(ops, mid1.run(ops, h, w), w), w);
        for (Up up : ups) {
            for (int b = 0; b < up.blocks().size(); b++) {
                h = up.blocks().get(b).run(ops, h, w);
                if (!up.attn().isEmpty()) {
                    h = up.attn().get(b).run(ops, h, w);
                }
            }
            if (up.upsample() != null) {
                side *= 2;
                Map larger = w.map(h, null, pictures, side, side, h.channels());
                ops.conv(h.data(), up.upsample(), ConvMode.UP, null, larger.data());
                h = larger;
            }
        }
        normOut.run(ops, h, true, h);
        Map rgb = w.map(h, null, pictures, side, side, 3);
        ops.conv(h.data(), convOut, ConvMode.SAME, null, rgb.data());
        ops.clamp(rgb.data(), -1, 1, image);
    }
}
