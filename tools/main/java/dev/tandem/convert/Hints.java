package dev.tandem.convert;

import java.util.List;

/**
 * What a person says of a model beyond its tensors; null where nothing is said.
 *
 * @param patchNums tokens along a side of each scale; where given, buffers that follow from it may be missing
 * @param heads of every transformer
 * @param phiRatio how much of φ is convolution
 * @param normGroups of the VQ-VAE's group norms
 * @param vaeNormEps of the VQ-VAE's group norms
 * @param normalisedCodes whether codes are chosen by cosine
 * @param varNormEps of the transformers' layer norms
 */
public record Hints(
        List<Integer> patchNums,
        Integer heads,
        Double phiRatio,
        Integer normGroups,
        Double vaeNormEps,
        Boolean normalisedCodes,
        Double varNormEps) {
    public static final Hints NONE = new Hints(null, null, null, null, null, null, null);

    /** These, and where nothing is said those of {@code other}. */
    public Hints or(Hints other) {
        return new Hints(
                first(patchNums, other.patchNums),
                first(heads, other.heads),
                first(phiRatio, other.phiRatio),
                first(normGroups, other.normGroups),
                first(vaeNormEps, other.vaeNormEps),
                first(normalisedCodes, other.normalisedCodes),
                first(varNormEps, other.varNormEps));
    }

    static <T> T first(T one, T other) {
        return one != null ? one : other;
    }
}
