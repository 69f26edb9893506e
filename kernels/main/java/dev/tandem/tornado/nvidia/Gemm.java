package dev.tandem.tornado.nvidia;

/**
 * A product of matrices, or several of one shape: y[m, n] = Σₖ x[m, k] · w[n, k], then the epilogue. All are
 * row-major views of whole arrays, offsets and pitches in elements; x and w are fp16, sums are fp32.
 *
 * @param usualRows how many rows there are in a batch of the usual size: what is good for those is tried, too
 * @param inputsFirst whether w is stored as [k, n] instead
 * @param half whether y (and the bias) is fp16, else fp32
 * @param count how many products, 0 for a single one without strides
 * @param usualCount for how many the algorithm is chosen
 */
public record Gemm(
        int rows,
        int outputs,
        int inputs,
        int usualRows,
        View x,
        View w,
        boolean inputsFirst,
        View y,
        boolean half,
        Epilogue epilogue,
        int count,
        int usualCount) {

    /**
     * Where a matrix lies in its array.
     *
     * @param offset of its first element
     * @param pitch from row to row
     * @param stride from the first of several products to the next
     */
    public record View(long offset, int pitch, long stride) {
        public View(long offset, int pitch) {
            this(offset, pitch, 0);
        }
    }

    /** What follows the sum. */
    public enum Epilogue {
        NONE(1),
        BIAS(4),
        GELU_BIAS(36);

        /** cublasLtEpilogue_t. */
        final int code;

        Epilogue(int code) {
            this.code = code;
        }
    }

    /** Bytes of one of y's elements. */
    int bytes() {
        return half ? 2 : 4;
    }

    Gemm withRows(int other) {
        return new Gemm(other, outputs, inputs, usualRows, x, w, inputsFirst, y, half, epilogue, count, usualCount);
    }

    /** So many products as are usual, of as many rows. */
    Gemm usual() {
        return new Gemm(
                usualRows, outputs, inputs, usualRows, x, w, inputsFirst, y, half, epilogue, usualCount, usualCount);
    }

    /** One product of whole matrices without gaps. */
    public static Gemm of(
            int rows,
            int outputs,
            int inputs,
            int usualRows,
            long xOffset,
            long yOffset,
            boolean half,
            Epilogue epilogue) {
        return new Gemm(
                rows,
                outputs,
                inputs,
                usualRows,
                new View(xOffset, inputs),
                new View(0, inputs),
                false,
                new View(yOffset, outputs),
                half,
                epilogue,
                0,
                0);
    }
}
