package dev.tandem.model;

import dev.tandem.engine.Session;
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
 * From pixels to the features f that the quantizer approximates.
 *
 * @see "VAR: basic_vae.py (Encoder), vqvae.py (img_to_idxBl)"
 */
public final class VqVaeEncoder {
    /** A level: residual blocks, attention after each (or none at all), then a reducing convolution or null. */
    private record Down(List<ResBlock> blocks, List<AttnBlock> attn, Linear downsample) {}

    private final Linear convIn;
    private final List<Down> downs = new ArrayList<>();
    private final ResBlock mid1;
    private final AttnBlock midAttn;
    private final ResBlock mid2;
    private final Norm normOut;
    private final Linear convOut;
    private final Linear quantConv;

    VqVaeEncoder(VqVaeConfig c, Params root) {
        Params p = root.at("encoder");
        int channels = c.channels();
        convIn = p.conv("conv_in", 3, channels, 3);
        for (int level = 0; level < c.levels(); level++) {
            boolean coarsest = level == c.levels() - 1;
            Params down = p.at("down", level);
            List<ResBlock> blocks = new ArrayList<>();
            List<AttnBlock> attn = new ArrayList<>();
            for (int b = 0; b < c.resBlocks(); b++) {
                blocks.add(ResBlock.load(c, down.at("block", b), channels, c.channels(level)));
                channels = c.channels(level);
                if (coarsest) {
                    attn.add(AttnBlock.load(c, down.at("attn", b), channels));
                }
            }
            downs.add(new Down(
                    blocks, attn, coarsest ? null : down.at("downsample").conv("conv", channels, channels, 3)));
        }
        mid1 = ResBlock.load(c, p.at("mid", "block_1"), channels, channels);
        midAttn = AttnBlock.load(c, p.at("mid", "attn_1"), channels);
        mid2 = ResBlock.load(c, p.at("mid", "block_2"), channels, channels);
        normOut = Norm.load(c, p, "norm_out", channels);
        convOut = p.conv("conv_out", channels, c.codeSize(), 3);
        quantConv = root.conv("quant_conv", c.codeSize(), c.codeSize(), 3);
    }

    /** Memory for {@code pictures} at a time. */
    public static final class State {
        private final Workspace work;

        public State(Session session, VqVaeConfig c, int pictures) {
            long largest = 0;
            int side = c.imageSide();
            for (int level = 0; level < c.levels(); level++) {
                boolean attends = level == c.levels() - 1;
                largest = Math.max(largest, (long) side * side * c.channels(level) * (attends ? 3 : 1));
                side /= 2;
            }
            work = new Workspace(
                    session.activations("encoder", Workspace.PARTS * largest * pictures), largest * pictures);
        }
    }

    /**
     * Encodes.
     *
     * @param image activations [B, 16P, 16P, 3] in [−1, 1]
     * @param f out, floats [B, P, P, Cvae]
     */
    public void encode(Ops ops, Buffer image, State state, Buffer f) {
        Workspace w = state.work;
        int pictures = image.size(0);
        int side = image.size(1);
        Map h = w.map(null, null, pictures, side, side, convIn.outputs());
        ops.conv(image, convIn, ConvMode.SAME, null, h.data());
        for (Down down : downs) {
            for (int b = 0; b < down.blocks().size(); b++) {
                h = down.blocks().get(b).run(ops, h, w);
                if (!down.attn().isEmpty()) {
                    h = down.attn().get(b).run(ops, h, w);
                }
            }
            if (down.downsample() != null) {
                side /= 2;
                Map smaller = w.map(h, null, pictures, side, side, h.channels());
                ops.conv(h.data(), down.downsample(), ConvMode.DOWN, null, smaller.data());
                h = smaller;
            }
        }
        h = mid2.run(ops, midAttn.run(ops, mid1.run(ops, h, w), w), w);
        normOut.run(ops, h, true, h);
        Map z = w.map(h, null, pictures, side, side, convOut.outputs());
        ops.conv(h.data(), convOut, ConvMode.SAME, null, z.data());
        ops.conv(z.data(), quantConv, ConvMode.SAME, null, f);
    }
}
