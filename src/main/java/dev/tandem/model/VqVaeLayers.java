package dev.tandem.model;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.Weight;
import java.util.Arrays;

/** The layers that encoder and decoder of the VQ-VAE share, and the memory they work in. */
final class VqVaeLayers {
    private VqVaeLayers() {}

    /**
     * Memory for the activations between layers: three parts that take turns, each as large as the widest layer.
     */
    static final class Workspace {
        static final int PARTS = 3;

        private final Buffer[] buffers = new Buffer[PARTS];

        /** @param elements of a part */
        Workspace(Buffer memory, long elements) {
            Arrays.setAll(buffers, i -> memory.slice(i * elements, elements));
        }

        /** One that is none of the two given (which may be the same, or null). */
        private Buffer other(Map a, Map b) {
            for (Buffer buffer : buffers) {
                if ((a == null || a.store != buffer) && (b == null || b.store != buffer)) {
                    return buffer;
                }
            }
            throw new IllegalStateException("all buffers are taken");
        }

        Map map(Map a, Map b, int pictures, int height, int width, int channels) {
            Buffer store = other(a, b);
            return new Map(store, store.view(pictures, height, width, channels));
        }
    }

    /**
     * A feature map in a workspace.
     *
     * @param store the workspace's buffer, null for one from outside
     * @param data [B, h, w, C]
     */
    record Map(Buffer store, Buffer data) {
        int pictures() {
            return data.size(0);
        }

        int height() {
            return data.size(1);
        }

        int width() {
            return data.size(2);
        }

        int channels() {
            return data.size(3);
        }
    }

    /** Group norm's weights. */
    record Norm(Weight gamma, Weight beta, int groups, float eps) {
        static Norm load(VqVaeConfig c, Params p, String name, int channels) {
            return new Norm(
                    p.weight(name + ".weight", channels),
                    p.weight(name + ".bias", channels),
                    c.normGroups(),
                    c.normEps());
        }

        void run(Ops ops, Map x, boolean silu, Map out) {
            ops.groupNorm(x.data(), gamma, beta, groups, eps, silu, out.data());
        }
    }

    /**
     * x + conv2(SiLU(norm2(conv1(SiLU(norm1(x)))))), the shortcut a 1×1 convolution where the channels change.
     *
     * @param ninShortcut null where they do not
     * @see "VAR: basic_vae.py (ResnetBlock)"
     */
    record ResBlock(Norm norm1, Linear conv1, Norm norm2, Linear conv2, Linear ninShortcut) {
        static ResBlock load(VqVaeConfig c, Params p, int inputs, int outputs) {
            return new ResBlock(
                    Norm.load(c, p, "norm1", inputs),
                    p.conv("conv1", inputs, outputs, 3),
                    Norm.load(c, p, "norm2", outputs),
                    p.conv("conv2", outputs, outputs, 3),
                    inputs == outputs ? null : p.conv("nin_shortcut", inputs, outputs, 1));
        }

        Map run(Ops ops, Map x, Workspace w) {
            int outputs = conv1.outputs();
            Map normed = w.map(x, null, x.pictures(), x.height(), x.width(), x.channels());
            norm1.run(ops, x, true, normed);
            Map h = w.map(x, normed, x.pictures(), x.height(), x.width(), outputs);
            ops.conv(normed.data(), conv1, ConvMode.SAME, null, h.data());
            norm2.run(ops, h, true, h);
            Map out = w.map(x, h, x.pictures(), x.height(), x.width(), outputs);
            if (ninShortcut == null) {
                ops.conv(h.data(), conv2, ConvMode.SAME, x.data(), out.data());
            } else {
                ops.conv(x.data(), ninShortcut, ConvMode.SAME, null, out.data());
                ops.conv(h.data(), conv2, ConvMode.SAME, out.data(), out.data());
            }
            return out;
        }
    }

    /**
     * x + proj_out(attention(qkv(norm(x)))) over all pixels.
     *
     * @see "VAR: basic_vae.py (AttnBlock)"
     */
    record AttnBlock(Norm norm, Linear qkv, Linear projOut) {
        static AttnBlock load(VqVaeConfig c, Params p, int channels) {
            return new AttnBlock(
                    Norm.load(c, p, "norm", channels),
                    p.conv("qkv", channels, 3 * channels, 1),
                    p.conv("proj_out", channels, channels, 1));
        }

        Map run(Ops ops, Map x, Workspace w) {
            int channels = x.channels();
            Map normed = w.map(x, null, x.pictures(), x.height(), x.width(), channels);
            norm.run(ops, x, false, normed);
            Map three = w.map(x, normed, x.pictures(), x.height(), x.width(), 3 * channels);
            ops.conv(normed.data(), qkv, ConvMode.SAME, null, three.data());
            ops.spatialAttention(three.data(), (float) (1 / Math.sqrt(channels)), normed.data());
            Map out = w.map(x, normed, x.pictures(), x.height(), x.width(), channels);
            ops.conv(normed.data(), projOut, ConvMode.SAME, x.data(), out.data());
            return out;
        }
    }
}
