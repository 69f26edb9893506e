package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One work-item per element. */
public final class ElementKernels {
    /** Bytes of an int, and bits of a byte. */
    static final int BYTES = 4;

    private static final int BITS = 8;

    /** Dimensions of {@link #fillAll}. */
    static final class FillDims {
        static final int ELEMENTS = 0;
        static final int OUT_OFFSET = 1;

        private FillDims() {}
    }

    /** Dimensions of {@link #silu} and {@link #clampTo}. */
    static final class MapDims {
        static final int ELEMENTS = 0;
        static final int X_OFFSET = 1;
        static final int OUT_OFFSET = 2;

        private MapDims() {}
    }

    /** Dimensions of {@link #lastPositions}: a row holds a picture's positions. */
    static final class LastPositionsDims {
        static final int ELEMENTS = 0;
        static final int OUT_ROW = 1;
        static final int X_ROW = 2;

        /** Of the first row's last positions. */
        static final int X_OFFSET = 3;

        static final int OUT_OFFSET = 4;

        private LastPositionsDims() {}
    }

    /** Dimensions of {@link #toBytes}. */
    static final class ToBytesDims {
        static final int ELEMENTS = 0;
        static final int OUT_PICTURE = 1;
        static final int X_PICTURE = 2;
        static final int X_OFFSET = 3;
        static final int OUT_OFFSET = 4;

        private ToBytesDims() {}
    }

    /** Dimensions of {@link #subtract}. */
    static final class SubtractDims {
        static final int ELEMENTS = 0;
        static final int X_OFFSET = 1;
        static final int Y_OFFSET = 2;
        static final int OUT_OFFSET = 3;

        private SubtractDims() {}
    }

    /** Dimensions of {@link #blendByMask}. */
    static final class BlendDims {
        static final int ELEMENTS = 0;
        static final int CHANNELS = 1;
        static final int F_HAT_OFFSET = 2;
        static final int KEPT_OFFSET = 3;
        static final int MASK_OFFSET = 4;

        private BlendDims() {}
    }

    /** Dimensions of {@link #addRow}. */
    static final class AddRowDims {
        static final int ELEMENTS = 0;
        static final int ROW = 1;
        static final int X_OFFSET = 2;
        static final int OUT_OFFSET = 3;

        private AddRowDims() {}
    }

    private ElementKernels() {}

    /** out = value. */
    public static void fillAll(
            KernelContext context, IntArray dims, FloatArray value, FloatArray outF, HalfFloatArray outH, int outHalf) {
        int i = context.globalIdx;
        if (i < dims.get(FillDims.ELEMENTS)) {
            Elements.store(outHalf, outF, outH, dims.get(FillDims.OUT_OFFSET) + i, value.get(0));
        }
    }

    /** out = silu(x). */
    public static void silu(
            KernelContext context,
            IntArray dims,
            FloatArray xF,
            HalfFloatArray xH,
            FloatArray outF,
            HalfFloatArray outH,
            int xHalf,
            int outHalf) {
        int i = context.globalIdx;
        if (i < dims.get(MapDims.ELEMENTS)) {
            float x = Elements.load(xHalf, xF, xH, dims.get(MapDims.X_OFFSET) + i);
            Elements.store(outHalf, outF, outH, dims.get(MapDims.OUT_OFFSET) + i, Elements.silu(x));
        }
    }

    /** The last positions of every row. */
    public static void lastPositions(
            KernelContext context,
            IntArray dims,
            FloatArray xF,
            HalfFloatArray xH,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16) {
        int i = context.globalIdx;
        if (i < dims.get(LastPositionsDims.ELEMENTS)) {
            int from = dims.get(LastPositionsDims.X_OFFSET)
                    + i / dims.get(LastPositionsDims.OUT_ROW) * dims.get(LastPositionsDims.X_ROW)
                    + i % dims.get(LastPositionsDims.OUT_ROW);
            Elements.store(
                    fp16, outF, outH, dims.get(LastPositionsDims.OUT_OFFSET) + i, Elements.load(fp16, xF, xH, from));
        }
    }

    /** out = x within limits, the lower and the upper. */
    public static void clampTo(
            KernelContext context,
            IntArray dims,
            FloatArray xF,
            HalfFloatArray xH,
            FloatArray limits,
            FloatArray out,
            int xHalf) {
        int i = context.globalIdx;
        if (i < dims.get(MapDims.ELEMENTS)) {
            float x = Elements.load(xHalf, xF, xH, dims.get(MapDims.X_OFFSET) + i);
            out.set(
                    dims.get(MapDims.OUT_OFFSET) + i,
                    TornadoMath.min(TornadoMath.max(x, limits.get(0)), limits.get(1)));
        }
    }

    /** Numbers of [-1, 1] as bytes, {@link #BYTES} in an int; a picture's last int may have fewer. */
    public static void toBytes(KernelContext context, IntArray dims, FloatArray x, IntArray out) {
        int i = context.globalIdx;
        if (i < dims.get(ToBytesDims.ELEMENTS)) {
            int at = i % dims.get(ToBytesDims.OUT_PICTURE) * BYTES;
            int from = dims.get(ToBytesDims.X_OFFSET)
                    + i / dims.get(ToBytesDims.OUT_PICTURE) * dims.get(ToBytesDims.X_PICTURE)
                    + at;
            int word = 0;
            for (int k = 0; k < BYTES; k++) {
                if (at + k < dims.get(ToBytesDims.X_PICTURE)) {
                    float value = (x.get(from + k) + 1f) * 0.5f * 255f + 0.5f;
                    word |= Math.min(Math.max((int) value, 0), 255) << BITS * k;
                }
            }
            out.set(dims.get(ToBytesDims.OUT_OFFSET) + i, word);
        }
    }

    /** out = x − y. */
    public static void subtract(KernelContext context, IntArray dims, FloatArray x, FloatArray y, FloatArray out) {
        int i = context.globalIdx;
        if (i < dims.get(SubtractDims.ELEMENTS)) {
            out.set(
                    dims.get(SubtractDims.OUT_OFFSET) + i,
                    x.get(dims.get(SubtractDims.X_OFFSET) + i) - y.get(dims.get(SubtractDims.Y_OFFSET) + i));
        }
    }

    /** fHat = mask · fHat + (1 − mask) · kept, with one number of the mask per pixel. */
    public static void blendByMask(
            KernelContext context, IntArray dims, FloatArray kept, FloatArray mask, FloatArray fHat) {
        int i = context.globalIdx;
        if (i < dims.get(BlendDims.ELEMENTS)) {
            float share = mask.get(dims.get(BlendDims.MASK_OFFSET) + i / dims.get(BlendDims.CHANNELS));
            int at = dims.get(BlendDims.F_HAT_OFFSET) + i;
            fHat.set(at, share * fHat.get(at) + (1f - share) * kept.get(dims.get(BlendDims.KEPT_OFFSET) + i));
        }
    }

    /** out = x + row, to each row. */
    public static void addRow(KernelContext context, IntArray dims, FloatArray x, FloatArray row, FloatArray out) {
        int i = context.globalIdx;
        if (i < dims.get(AddRowDims.ELEMENTS)) {
            out.set(
                    dims.get(AddRowDims.OUT_OFFSET) + i,
                    x.get(dims.get(AddRowDims.X_OFFSET) + i) + row.get(i % dims.get(AddRowDims.ROW)));
        }
    }
}
