package dev.tandem.convert;

import static dev.tandem.convert.SourcePart.HITS;

import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.List;

/** Tells a VQ-VAE's dimensions from its tensors; its scales must be known from elsewhere. */
final class VqVaeRecognition {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_LEVELS = 12;
    private static final int USUAL_GROUPS = 32;
    private static final double USUAL_NORM_EPS = 1e-6;
    private static final double USUAL_PHI_RATIO = 0.5;

    private final SourcePart part;

    private VqVaeRecognition(SourcePart part) {
        this.part = part;
    }

    /** The scales of the 256-pixel models, if nothing in the checkpoint speaks against them. */
    static Scales usualScales(SourcePart part) {
        boolean unsaid = !part.has(HITS);
        if (unsaid
                || (part.header(HITS).shape().rank() == 2
                        && part.header(HITS).shape().dim(0) == PatchNums.PIXELS_256.size())) {
            return new Scales(PatchNums.PIXELS_256);
        }
        throw new FormatException(
                part.origin(),
                "its patch numbers can't be told from its tensors; convert it with a transformer or give --patch-nums");
    }

    static VqVaeConfig of(SourcePart part, Scales scales, Hints hints) {
        return new VqVaeRecognition(part).config(scales, hints);
    }

    private VqVaeConfig config(Scales scales, Hints hints) {
        int channels = new Votes(part)
                .add("encoder.conv_in.weight", 0)
                .add("encoder.conv_in.bias", 0)
                .add("encoder.down.0.block.0.norm1.weight", 0)
                .add("encoder.down.0.block.0.conv1.weight", 1)
                .winner("number of channels", LARGEST);
        int levels = Math.max(Indices.count(part, "encoder.down."), Indices.count(part, "decoder.up."));
        if (levels > MOST_LEVELS) {
            throw new FormatException(part.origin(), "it has " + levels + " levels");
        }
        List<Integer> multipliers = new ArrayList<>();
        Votes resBlocks = new Votes(part);
        for (int level = 0; level < levels; level++) {
            multipliers.add(multiplier(level, channels));
            String down = "encoder.down." + level + ".block.";
            String up = "decoder.up." + level + ".block.";
            resBlocks.add(Indices.count(part, down), down).add(Indices.count(part, up) - 1L, up);
        }
        Votes vocabulary = new Votes(part).add("quantize.embedding.weight", 0).add(HITS, 1);
        Votes codeSize = new Votes(part)
                .add("quantize.embedding.weight", 1)
                .add("quant_conv.weight", 0)
                .add("post_quant_conv.weight", 0)
                .add("encoder.conv_out.weight", 0)
                .add("decoder.conv_in.weight", 1);
        int groups = Hints.first(hints.normGroups(), USUAL_GROUPS);
        if (groups < 1 || channels % groups != 0) {
            throw new FormatException(
                    part.origin(), "its " + channels + " channels are no multiple of " + groups + " groups");
        }
        return new VqVaeConfig(
                vocabulary.winner("vocabulary", LARGEST),
                codeSize.winner("code size", LARGEST),
                channels,
                List.copyOf(multipliers),
                resBlocks.winner("number of residual blocks", LARGEST),
                scales,
                phiSharing(scales),
                Hints.first(hints.phiRatio(), USUAL_PHI_RATIO).floatValue(),
                groups,
                Hints.first(hints.vaeNormEps(), USUAL_NORM_EPS).floatValue(),
                Hints.first(hints.normalisedCodes(), false));
    }

    private int multiplier(int level, int channels) {
        Votes votes = new Votes(part);
        for (String side : List.of("encoder.down.", "decoder.up.")) {
            String block = side + level + ".block.0.";
            votes.add(block + "conv1.weight", 0)
                    .add(block + "conv2.weight", 0)
                    .add(block + "conv2.bias", 0)
                    .add(block + "norm2.weight", 0);
        }
        int wide = votes.winner("number of channels at level " + level, LARGEST);
        if (wide % channels != 0) {
            throw new FormatException(
                    part.origin(), "its " + wide + " channels at level " + level + " are no multiple of " + channels);
        }
        return wide / channels;
    }

    private int phiSharing(Scales scales) {
        int partly = Indices.count(part, "quantize.quant_resi.qresi_ls.");
        if (partly > 0) {
            return partly;
        }
        if (part.names().stream().anyMatch(n -> n.startsWith("quantize.quant_resi.qresi."))) {
            return 1;
        }
        int one = Indices.count(part, "quantize.quant_resi.");
        if (one == 0) {
            throw new FormatException(part.origin(), "all tensors of 'quantize.quant_resi' are missing");
        }
        if (one != scales.count()) {
            throw new FormatException(
                    part.origin(), "it has " + one + " residual convolutions for " + scales.count() + " scales");
        }
        return 0;
    }
}
