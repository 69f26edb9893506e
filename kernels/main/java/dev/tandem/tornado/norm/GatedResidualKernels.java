package dev.tandem.tornado.norm;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gated residual add, by itself or with the norm that follows it. The latter sums over a warp's registers, which only
 * TornadoVM's CUDA back-end can.
 */
public final class GatedResidualKernels {
    private static final int WARP = 32;

    /** The widest row of {@link #gatedAddNorm}. */
    public static final int MAX_WIDTH = 8192;

    /** The most warps of a group. */
    private static final int MAX_WARPS = 32;

    /** Numbers of a row that a work-item of {@link #gatedAddNorm} takes. */
    private static final int SHARE = 8;

    /** Dimensions of {@link #gatedAdd}. */
    static final class GatedAddDims {
        static final int ELEMENTS = 0;
        static final int OUTPUTS = 1;

        /** Rows of x that share a row of the gate's table. */
        static final int POSITIONS = 2;

        static final int GATE_LAST = 3;
        static final int GATE_ROW = 4;
        static final int GATE_AT = 5;
        static final int X_OFFSET = 6;

        private GatedAddDims() {}
    }

    private GatedResidualKernels() {}

    /** Work-items of {@link #gatedAddNorm}: whole warps. */
    public static int rowLanes(int width) {
        return (width + SHARE * WARP - 1) / (SHARE * WARP) * WARP;
    }

    /** x += gate · (h + bias): one work-item per element. */
    public static void gatedAdd(
            KernelContext context,
            IntArray dims,
            HalfFloatArray h,
            FloatArray bias,
            FloatArray gate,
            FloatArray x,
            int biased) {
        int i = context.globalIdx;
        if (i < dims.get(GatedAddDims.ELEMENTS)) {
            int outputs = dims.get(GatedAddDims.OUTPUTS);
            int output = i % outputs;
            int row = Math.min(i / outputs / dims.get(GatedAddDims.POSITIONS), dims.get(GatedAddDims.GATE_LAST));
            float value = h.get(i).getFloat32();
            if (biased == 1) {
                value = value + bias.get(output);
            }
            int at = dims.get(GatedAddDims.X_OFFSET) + i;
            x.set(
                    at,
                    x.get(at)
                            + gate.get(dims.get(GatedAddDims.GATE_AT) + row * dims.get(GatedAddDims.GATE_ROW) + output)
                                    * value);
        }
    }

    /**
     * x += gate · (h + bias), then AdaLN of it into out: {@link #gatedAdd} and {@link NormKernels#adaNorm} in
     * one pass over x. A group of {@link #rowLanes} per position.
     * Dimensions are {@link AdaNormDims}.
     */
    public static void gatedAddNorm(
            KernelContext context,
            IntArray dims,
            HalfFloatArray h,
            FloatArray bias,
            FloatArray gate,
            FloatArray x,
            FloatArray scale,
            FloatArray shift,
            FloatArray eps,
            HalfFloatArray out,
            int biased) {
        float[] sums = context.allocateFloatLocalArray(MAX_WARPS);
        float[] squares = context.allocateFloatLocalArray(MAX_WARPS);
        int lane = context.localIdx;
        int lanes = context.localGroupSizeX;
        int item = context.groupIdx;
        int width = dims.get(AdaNormDims.WIDTH);
        int row = item / dims.get(AdaNormDims.POSITIONS);
        int from = dims.get(AdaNormDims.X_OFFSET) + item * width;
        int branch = item * width;
        int gateAt = dims.get(AdaNormDims.GATE_AT)
                + Math.min(row, dims.get(AdaNormDims.GATE_LAST)) * dims.get(AdaNormDims.GATE_ROW);
        int scaleAt = dims.get(AdaNormDims.SCALE_AT)
                + Math.min(row, dims.get(AdaNormDims.SCALE_LAST)) * dims.get(AdaNormDims.SCALE_ROW);
        int shiftAt = dims.get(AdaNormDims.SHIFT_AT)
                + Math.min(row, dims.get(AdaNormDims.SHIFT_LAST)) * dims.get(AdaNormDims.SHIFT_ROW);
        float epsilon = eps.get(0);
        // load, columns past the end as the last one
        int last = width - 1;
        int column0 = Math.min(lane, last);
        int column1 = Math.min(lane + lanes, last);
        int column2 = Math.min(lane + 2 * lanes, last);
        int column3 = Math.min(lane + 3 * lanes, last);
        int column4 = Math.min(lane + 4 * lanes, last);
        int column5 = Math.min(lane + 5 * lanes, last);
        int column6 = Math.min(lane + 6 * lanes, last);
        int column7 = Math.min(lane + 7 * lanes, last);
        float value0 = h.get(branch + column0).getFloat32();
        float value1 = h.get(branch + column1).getFloat32();
        float value2 = h.get(branch + column2).getFloat32();
        float value3 = h.get(branch + column3).getFloat32();
        float value4 = h.get(branch + column4).getFloat32();
        float value5 = h.get(branch + column5).getFloat32();
        float value6 = h.get(branch + column6).getFloat32();
        float value7 = h.get(branch + column7).getFloat32();
        // x + gate · (h + bias)
        if (biased == 1) {
            value0 += bias.get(column0);
            value1 += bias.get(column1);
            value2 += bias.get(column2);
            value3 += bias.get(column3);
            value4 += bias.get(column4);
            value5 += bias.get(column5);
            value6 += bias.get(column6);
            value7 += bias.get(column7);
        }
        value0 = x.get(from + column0) + gate.get(gateAt + column0) * value0;
        value1 = x.get(from + column1) + gate.get(gateAt + column1) * value1;
        value2 = x.get(from + column2) + gate.get(gateAt + column2) * value2;
        value3 = x.get(from + column3) + gate.get(gateAt + column3) * value3;
        value4 = x.get(from + column4) + gate.get(gateAt + column4) * value4;
        value5 = x.get(from + column5) + gate.get(gateAt + column5) * value5;
        value6 = x.get(from + column6) + gate.get(gateAt + column6) * value6;
        value7 = x.get(from + column7) + gate.get(gateAt + column7) * value7;
        // mean: over the warp, then over warps
        float inside0 = lane < width ? 1f : 0f;
        float inside1 = lane + lanes < width ? 1f : 0f;
        float inside2 = lane + 2 * lanes < width ? 1f : 0f;
        float inside3 = lane + 3 * lanes < width ? 1f : 0f;
        float inside4 = lane + 4 * lanes < width ? 1f : 0f;
        float inside5 = lane + 5 * lanes < width ? 1f : 0f;
        float inside6 = lane + 6 * lanes < width ? 1f : 0f;
        float inside7 = lane + 7 * lanes < width ? 1f : 0f;
        float sum = inside0 * value0
                + inside1 * value1
                + (inside2 * value2 + inside3 * value3)
                + (inside4 * value4 + inside5 * value5 + (inside6 * value6 + inside7 * value7));
        sum = context.simdSum(sum);
        if (lane % WARP == 0) {
            sums[lane / WARP] = sum;
        }
        context.localBarrier();
        int warps = lanes / WARP;
        float mean = 0f;
        for (int i = 0; i < warps; i++) {
            mean += sums[i];
        }
        mean = mean / width;
        // variance, likewise
        float normed0 = value0 - mean;
        float normed1 = value1 - mean;
        float normed2 = value2 - mean;
        float normed3 = value3 - mean;
        float normed4 = value4 - mean;
        float normed5 = value5 - mean;
        float normed6 = value6 - mean;
        float normed7 = value7 - mean;
        float squared = inside0 * normed0 * normed0
                + inside1 * normed1 * normed1
                + (inside2 * normed2 * normed2 + inside3 * normed3 * normed3)
                + (inside4 * normed4 * normed4
                        + inside5 * normed5 * normed5
                        + (inside6 * normed6 * normed6 + inside7 * normed7 * normed7));
        squared = context.simdSum(squared);
        if (lane % WARP == 0) {
            squares[lane / WARP] = squared;
        }
        context.localBarrier();
        float total = 0f;
        for (int i = 0; i < warps; i++) {
            total += squares[i];
        }
        float inverse = 1f / TornadoMath.sqrt(total / width + epsilon);
        // normalise
        normed0 = normed0 * inverse * (1f + scale.get(scaleAt + column0)) + shift.get(shiftAt + column0);
        normed1 = normed1 * inverse * (1f + scale.get(scaleAt + column1)) + shift.get(shiftAt + column1);
        normed2 = normed2 * inverse * (1f + scale.get(scaleAt + column2)) + shift.get(shiftAt + column2);
        normed3 = normed3 * inverse * (1f + scale.get(scaleAt + column3)) + shift.get(shiftAt + column3);
        normed4 = normed4 * inverse * (1f + scale.get(scaleAt + column4)) + shift.get(shiftAt + column4);
        normed5 = normed5 * inverse * (1f + scale.get(scaleAt + column5)) + shift.get(shiftAt + column5);
        normed6 = normed6 * inverse * (1f + scale.get(scaleAt + column6)) + shift.get(shiftAt + column6);
        normed7 = normed7 * inverse * (1f + scale.get(scaleAt + column7)) + shift.get(shiftAt + column7);
        // store both
        int to = dims.get(AdaNormDims.OUT_OFFSET) + item * width;
        if (inside0 > 0f) {
            x.set(from + column0, value0);
            Elements.store(Elements.FP16, x, out, to + column0, normed0);
        }
        if (inside1 > 0f) {
            x.set(from + column1, value1);
            Elements.store(Elements.FP16, x, out, to + column1, normed1);
        }
        if (inside2 > 0f) {
            x.set(from + column2, value2);
            Elements.store(Elements.FP16, x, out, to + column2, normed2);
        }
        if (inside3 > 0f) {
            x.set(from + column3, value3);
            Elements.store(Elements.FP16, x, out, to + column3, normed3);
        }
        if (inside4 > 0f) {
            x.set(from + column4, value4);
            Elements.store(Elements.FP16, x, out, to + column4, normed4);
        }
        if (inside5 > 0f) {
            x.set(from + column5, value5);
            Elements.store(Elements.FP16, x, out, to + column5, normed5);
        }
        if (inside6 > 0f) {
            x.set(from + column6, value6);
            Elements.store(Elements.FP16, x, out, to + column6, normed6);
        }
        if (inside7 > 0f) {
            x.set(from + column7, value7);
            Elements.store(Elements.FP16, x, out, to + column7, normed7);
        }
    }
}
