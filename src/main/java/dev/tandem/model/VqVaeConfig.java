package dev.tandem.model;

import java.util.List;

/**
 * Dimensions of a multi-scale VQ-VAE.
 *
 * @param vocabulary V, number of codes
 * @param codeSize Cvae, channels of f_hat
 * @param channels ch, of the finest level
 * @param multipliers channels of each level over ch, fine to coarse
 * @param resBlocks residual blocks per level of the encoder; the decoder has one more
 * @param scales the scales of its quantizer
 * @param phiSharing how its residual convolutions φ are stored: 0 one per scale, 1 a single one, else that many
 * @param phiRatio how much of φ is convolution (the original's quant_resi)
 * @param normGroups groups of its group norms
 * @param normEps of its group norms
 * @param normalisedCodes whether codes are chosen by cosine (the original's using_znorm)
 */
public record VqVaeConfig(
        int vocabulary,
        int codeSize,
        int channels,
        List<Integer> multipliers,
        int resBlocks,
        Scales scales,
        int phiSharing,
        float phiRatio,
        int normGroups,
        float normEps,
        boolean normalisedCodes) {
    public VqVaeConfig {
        multipliers = List.copyOf(multipliers);
        if (Math.min(Math.min(vocabulary, codeSize), Math.min(channels, resBlocks)) < 1
                || phiSharing < 0
                || multipliers.isEmpty()
                || multipliers.stream().anyMatch(m -> m < 1)) {
            throw new IllegalArgumentException("a dimension of the VQ-VAE is less than 1");
        }
        if (normGroups < 1 || channels % normGroups != 0) {
            throw new IllegalArgumentException(channels + " channels are no multiple of " + normGroups + " groups");
        }
    }

    public int levels() {
        return multipliers.size();
    }

    /** Pixels along a side of a picture per position of f_hat. */
    public int downsampling() {
        return 1 << (levels() - 1);
    }

    /** Pixels along a side of a picture. */
    public int imageSide() {
        return scales.side() * downsampling();
    }

    /** Channels of level i, counted from the finest. */
    public int channels(int level) {
        return channels * multipliers.get(level);
    }

    /** Number of φ. */
    public int phis() {
        return phiSharing == 0 ? scales.count() : phiSharing;
    }

    /**
     * Which φ serves scale i: the one whose tick is nearest to the scale's ratio, in double as numpy computes it (ties
     * are decided by the last bit), as {@code PhiPartiallyShared.__getitem__}.
     */
    public int phiOf(int scale) {
        int k = phis();
        double first = k == 4 ? 1.0 / 3 / k : 1.0 / 2 / k;
        double last = k == 4 ? 1 - 1.0 / 3 / k : 1 - 1.0 / 2 / k;
        double step = k == 1 ? 0 : (last - first) / (k - 1);
        double at = scales.ratio(scale);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < k; i++) {
            double tick = i == k - 1 && k > 1 ? last : i * step + first;
            double distance = Math.abs(tick - at);
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }
}
