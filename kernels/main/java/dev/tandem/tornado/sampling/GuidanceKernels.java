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

        /** Where the settings have the weight of the guidance. */
        static final int WEIGHT_AT = 2;

        private GuideDims() {}
    }

    private GuidanceKernels() {}

    /** The first half of the logits becomes (1 + t) · itself − t · the second half. */
    public static void guide(KernelContext context, IntArray dims, FloatArray logits, FloatArray settings) {
        int i = context.globalIdx;
        int count = dims.get(GuideDims.ELEMENTS);
        if (i < count) {
            float weight = settings.get(dims.get(GuideDims.WEIGHT_AT));
            int at = dims.get(GuideDims.LOGITS_OFFSET) + i;
            logits.set(at, (1f + weight) * logits.get(at) - weight * logits.get(at + count));
        }
    }
}
