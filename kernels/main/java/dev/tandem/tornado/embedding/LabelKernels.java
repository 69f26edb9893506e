package dev.tandem.tornado.embedding;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows of the table of classes: one work-item per element. */
public final class LabelKernels {
    /** Dimensions of {@link #embedLabels}. */
    static final class LabelDims {
        static final int ROWS = 0;
        static final int WIDTH = 1;
        static final int LABELS = 2;

        /** The table's row of no class, which rows without a label get. */
        static final int NO_CLASS = 3;

        static final int LABELS_OFFSET = 4;
        static final int OUT_OFFSET = 5;

        private LabelDims() {}
    }

    private LabelKernels() {}

    /**
     * Row by row the label's row of the table.
     *
     * @param scale factors per row of an int8 table
     * @param type of the table
     */
    public static void embedLabels(
            KernelContext context,
            IntArray dims,
            IntArray labels,
            FloatArray tableF,
            HalfFloatArray tableH,
            Int8Array tableB,
            FloatArray scale,
            FloatArray out,
            int type) {
        int i = context.globalIdx;
        int width = dims.get(LabelDims.WIDTH);
        if (i < dims.get(LabelDims.ROWS) * width) {
            int row = i / width;
            int label = dims.get(LabelDims.NO_CLASS);
            if (row < dims.get(LabelDims.LABELS)) {
                label = labels.get(dims.get(LabelDims.LABELS_OFFSET) + row);
            }
            float value = Elements.weight(type, tableF, tableH, tableB, label * width + i % width);
            if (type == Elements.INT8) {
                value = value * scale.get(label);
            }
            out.set(dims.get(LabelDims.OUT_OFFSET) + i, value);
        }
    }
}
