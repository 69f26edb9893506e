package dev.tandem.tornado.sampling;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Classifier-free guidance: one work-item per logit. */
public final class GuidanceKernels {
    private GuidanceKernels() {}

    /** @param d elements of one half, offset of the logits, index of the guidance in the settings */
    public static void guide(KernelContext c, IntArray d, FloatArray logits, FloatArray settings) {
        int i = c.globalIdx;
        int count = d.get(0);
        if (i < count) {
            float t = settings.get(d.get(2));
            int at = d.get(1) + i;
            logits.set(at, (1f + t) * logits.get(at) - t * logits.get(at + count));
        }
    }
}
