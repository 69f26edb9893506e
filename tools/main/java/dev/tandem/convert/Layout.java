package dev.tandem.convert;

import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.InceptionConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every tensor that a checkpoint of a given configuration has, in the original's order. The one table that validation,
 * conversion and counting go by.
 *
 * @see "VAR: var.py, basic_var.py, vqvae.py, basic_vae.py, quant.py"
 */
public final class Layout {
    /** What a tensor is for, and so how it is stored and checked. */
    public enum Role {
        /** A linear map, [outputs, inputs]. */
        MATRIX,
        /** A convolution, [outputs, inputs, k, k]. */
        CONVOLUTION,
        /** Rows that are looked up. */
        EMBEDDING,
        /** Biases, norms, positions and other small parameters. */
        SMALL,
        /** Buffer: the scale of each position, integers. */
        LEVELS,
        /** Buffer: 0 where a query sees a key, else −∞. */
        MASK,
        /** Buffer of zeros. */
        ZERO,
        /** Buffer: numbers of the training that inference does not use; its first dimension may be any. */
        STATISTIC,
        /** Buffer: mean or variance of a batch norm, kept in its own type. */
        MOMENTS;

        /** Whether it was learned. */
        public boolean parameter() {
            return compareTo(LEVELS) < 0;
        }

        /** Whether int8 has one factor per output for it. */
        public boolean quantised() {
            return this == MATRIX || this == CONVOLUTION;
        }
    }

    /** A tensor that must be there. */
    public record Slot(Role role, Shape shape) {}

    private final Map<String, Slot> slots = new LinkedHashMap<>();

    private Layout() {}

    /** The tensors by name, in the original's order. */
    public Map<String, Slot> slots() {
        return java.util.Collections.unmodifiableMap(slots);
    }

    /** Number of learned values. */
    public long parameters() {
        return slots.values().stream()
                .filter(s -> s.role().parameter())
                .mapToLong(s -> s.shape().elements())
                .sum();
    }

    private void add(String name, Role role, long... shape) {
        slots.put(name, new Slot(role, Shape.of(shape)));
    }

    private void linear(String name, int inputs, int outputs) {
        add(name + ".weight", Role.MATRIX, outputs, inputs);
        add(name + ".bias", Role.SMALL, outputs);
    }

    private void conv(String name, int inputs, int outputs, int kernel) {
        add(name + ".weight", Role.CONVOLUTION, outputs, inputs, kernel, kernel);
        add(name + ".bias", Role.SMALL, outputs);
    }

    private void norm(String name, int channels) {
        add(name + ".weight", Role.SMALL, channels);
        add(name + ".bias", Role.SMALL, channels);
    }

    /** The tensors of a part of a model folder without the factors that int8 adds. */
    public static Layout of(Part part) {
        return switch (part) {
            case VaePart p -> of(p.config());
            case VarPart p -> of(p.config());
            case InceptionPart p -> of(p.config());
        };
    }

    /** The tensors of Inception-v3. */
    public static Layout of(InceptionConfig c) {
        Layout l = new Layout();
        InceptionTensors.forEach(c, l::add);
        return l;
    }

    /** The tensors of a transformer. */
    public static Layout of(VarConfig c) {
        Layout l = new Layout();
        Scales scales = c.scales();
        int width = c.width();
        int length = scales.length();
        l.add("pos_start", Role.SMALL, 1, scales.tokens(0), width);
        l.add("pos_1LC", Role.SMALL, 1, length, width);
        l.add("lvl_1L", Role.LEVELS, 1, length);
        l.add("attn_bias_for_masking", Role.MASK, 1, 1, length, length);
        l.linear("word_embed", c.codeSize(), width);
        l.add("class_emb.weight", Role.EMBEDDING, c.classes() + 1L, width);
        l.add("lvl_embed.weight", Role.EMBEDDING, scales.count(), width);
        if (c.sharedAdaLn()) {
            l.linear("shared_ada_lin.1", width, 6 * width);
        }
        for (int i = 0; i < c.depth(); i++) {
            l.block(c, "blocks." + i + ".");
        }
        l.linear("head_nm.ada_lin.1", width, 2 * width);
        l.linear("head", width, c.vocabulary());
        return l;
    }

    private void block(VarConfig c, String p) {
        int width = c.width();
        if (c.sharedAdaLn()) {
            add(p + "ada_gss", Role.SMALL, 1, 1, 6, width);
        }
        if (c.attnL2Norm()) {
            add(p + "attn.scale_mul_1H11", Role.SMALL, 1, c.heads(), 1, 1);
        }
        add(p + "attn.q_bias", Role.SMALL, width);
        add(p + "attn.v_bias", Role.SMALL, width);
        add(p + "attn.zero_k_bias", Role.ZERO, width);
        add(p + "attn.mat_qkv.weight", Role.MATRIX, 3L * width, width);
        linear(p + "attn.proj", width, width);
        linear(p + "ffn.fc1", width, c.hidden());
        linear(p + "ffn.fc2", c.hidden(), width);
        if (!c.sharedAdaLn()) {
            linear(p + "ada_lin.1", width, 6 * width);
        }
    }

    /** The tensors of a VQ-VAE. */
    public static Layout of(VqVaeConfig c) {
        Layout l = new Layout();
        l.encoder(c);
        l.decoder(c);
        l.add("quantize.ema_vocab_hit_SV", Role.STATISTIC, c.scales().count(), c.vocabulary());
        switch (c.phiSharing()) {
            case 0 -> l.phis(c, "quantize.quant_resi.");
            case 1 -> l.conv("quantize.quant_resi.qresi", c.codeSize(), c.codeSize(), 3);
            default -> l.phis(c, "quantize.quant_resi.qresi_ls.");
        }
        l.add("quantize.embedding.weight", Role.EMBEDDING, c.vocabulary(), c.codeSize());
        l.conv("quant_conv", c.codeSize(), c.codeSize(), 3);
        l.conv("post_quant_conv", c.codeSize(), c.codeSize(), 3);
        return l;
    }

    private void phis(VqVaeConfig c, String prefix) {
        for (int i = 0; i < c.phis(); i++) {
            conv(prefix + i, c.codeSize(), c.codeSize(), 3);
        }
    }

    private void encoder(VqVaeConfig c) {
        int channels = c.channels();
        conv("encoder.conv_in", 3, channels, 3);
        for (int level = 0; level < c.levels(); level++) {
            String p = "encoder.down." + level + ".";
            channels = level(c, p, level, c.resBlocks(), channels);
            if (level < c.levels() - 1) {
                conv(p + "downsample.conv", channels, channels, 3);
            }
        }
        mid("encoder.mid.", channels);
        norm("encoder.norm_out", channels);
        conv("encoder.conv_out", channels, c.codeSize(), 3);
    }

    private void decoder(VqVaeConfig c) {
        int coarsest = c.channels(c.levels() - 1);
        conv("decoder.conv_in", c.codeSize(), coarsest, 3);
        mid("decoder.mid.", coarsest);
        for (int level = 0; level < c.levels(); level++) {
            String p = "decoder.up." + level + ".";
            // levels are listed from fine to coarse but run from coarse to fine
            int channels = level(c, p, level, c.resBlocks() + 1, c.channels(Math.min(level + 1, c.levels() - 1)));
            if (level > 0) {
                conv(p + "upsample.conv", channels, channels, 3);
            }
        }
        norm("decoder.norm_out", c.channels(0));
        conv("decoder.conv_out", c.channels(0), 3, 3);
    }

    private int level(VqVaeConfig c, String p, int level, int blocks, int inputs) {
        int outputs = c.channels(level);
        for (int b = 0; b < blocks; b++) {
            resBlock(p + "block." + b + ".", b == 0 ? inputs : outputs, outputs);
        }
        if (level == c.levels() - 1) {
            for (int b = 0; b < blocks; b++) {
                attention(p + "attn." + b + ".", outputs);
            }
        }
        return outputs;
    }

    private void mid(String p, int channels) {
        resBlock(p + "block_1.", channels, channels);
        attention(p + "attn_1.", channels);
        resBlock(p + "block_2.", channels, channels);
    }

    private void resBlock(String p, int inputs, int outputs) {
        norm(p + "norm1", inputs);
        conv(p + "conv1", inputs, outputs, 3);
        norm(p + "norm2", outputs);
        conv(p + "conv2", outputs, outputs, 3);
        if (inputs != outputs) {
            conv(p + "nin_shortcut", inputs, outputs, 1);
        }
    }

    private void attention(String p, int channels) {
        norm(p + "norm", channels);
        conv(p + "qkv", channels, 3 * channels, 1);
        conv(p + "proj_out", channels, channels, 1);
    }
}
