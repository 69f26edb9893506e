package dev.tandem.tornado.embedding;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows of the table of classes: one work-item per element. */
public final class LabelKernels {
    private LabelKernels() {}

    /** @param d rows of out, width, labels, row of "none", offsets of labels and out */
    public static void embedLabels(
            KernelContext c,
            IntArray d,
            IntArray labels,
            FloatArray wf,
            HalfFloatArray wh,
            Int8Array wb,
            FloatArray scale,
            FloatArray out,
            int type) {
        int i = c.globalIdx;
        int width = d.get(1);
        if (i < d.get(0) * width) {
            int b = i / width;
            int label = d.get(3);
            if (b < d.get(2)) {
                label = labels.get(d.get(4) + b);
            }
            float value = Elements.weight(type, wf, wh, wb, label * width + i % width);
            if (type == 2) {
                value = value * scale.get(label);
            }
            out.set(d.get(5) + i, value);
        }
    }
}
