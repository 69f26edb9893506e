package dev.tandem.tornado.sampling;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Classifier-free guidance: one work-item per logit. */
public final class GuidanceKernels {
    /** Dimensions of {@link #guide}. */
    static final class GuideDims {
        /** Logits with a condition, which as many without one follow. */
        static final int ELEMENTS = 0;

        static final int LOGITS_OFFSET = 1;

        /** Logits of a picture. */
        static final int PICTURE = 2;

        /** Where the first picture's settings have the weight of the guidance. */
        static final int WEIGHT_AT = 3;

        /** Settings of a picture. */
        static final int SETTINGS = 4;

        private GuideDims() {}
    }

    private GuidanceKernels() {}

    /** The first half of the logits becomes (1 + t) · itself − t · the second half. */
    public static void guide(KernelContext context, IntArray dims, FloatArray logits, FloatArray settings) {
        int i = context.globalIdx;
        int count = dims.get(GuideDims.ELEMENTS);
        if (i < count) {
            int picture = i / dims.get(GuideDims.PICTURE);
            float weight = settings.get(dims.get(GuideDims.WEIGHT_AT) + picture * dims.get(GuideDims.SETTINGS));
            int at = dims.get(GuideDims.LOGITS_OFFSET) + i;
            logits.set(at, (1f + weight) * logits.get(at) - weight * logits.get(at + count));
        }
    }
}
