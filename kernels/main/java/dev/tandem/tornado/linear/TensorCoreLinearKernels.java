package dev.tandem.tornado.linear;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * y = x·Wᵀ on tensor cores, fp16 in and sums in fp32, with the epilogues of {@link LinearKernels}: for TornadoVM's
 * CUDA back-end. Every kernel adds up in the same order, sixteen inputs at a time, so that which of them runs changes
 * no bit; {@link TensorCoreTileKernels#tile} is for many rows, {@link #square} for some, {@link #strip} for few. Where there are too few
 * groups for the device, the inputs are split and {@link #merge} adds the parts up.
 *
 * <p>x is [M, K]; weights are [N/8, K, 8], as loading B's fragments wants them. Tiles of both come in by asynchronous
 * copies, some steps ahead, and lie in one local array; x's rows there have their 16-byte chunks permuted, so that
 * loading fragments meets no bank conflict. That array is known by other types too: on the device a cast costs
 * nothing, and neither {@code asyncCopyToLocal} nor {@code mmaLoad} nor {@code mmaStore} looks at it.
 *
 * <p>Fragments can't be kept in arrays: hence the many variables. TornadoVM's intrinsics take arrays to begin 16 bytes
 * into their memory, whatever its header is: offsets in {@code d} make up for it.
 *
 * <p>{@code d}: rows M, outputs N, inputs K, offsets of x, w, y, and of the gate's vector, length of its table's rows,
 * the table's last row, rows of x that share a row of the table, inputs per part in units of {@link #DEPTH}, rows and
 * pitch of a part, offset of the parts.
 */
public final class TensorCoreLinearKernels {
    // spotless:off (a register tile is read in columns)
    /** What inputs are multiples of, and parts of them. */
    public static final int DEPTH = 64;

    /** Outputs that lie side by side in packed weights. */
    public static final int BLOCK = 8;

    /** Work-items of all but {@link #merge}. */
    public static final int LANES = 128;

    /** Rows and outputs of {@link TensorCoreTileKernels#tile}'s groups. */
    public static final int TILE = 128;

    /** Rows and outputs of {@link #square}'s groups, and outputs of {@link #strip}'s. */
    public static final int SQUARE = 64;

    /** Rows of {@link #strip}'s groups. */
    public static final int STRIP = 16;

    /** An epilogue besides those of {@link LinearKernels}: the sums as they are, a part of the inputs. */
    public static final int PART = 3;

    private TensorCoreLinearKernels() {}

    /** The one scalar: element type of y, epilogue, whether there is a bias. */
    public static int spec(int yHalf, int epilogue, int bias) {
        return yHalf | epilogue << 1 | bias << 3;
    }

    static float bias(FloatArray bias, int spec, int n) {
        if ((spec >> 3 & 1) == 1) {
            return bias.get(n);
        } else {
            return 0f;
        }
    }

    /** {@link Elements#gelu} without a division, which takes as long as all the rest: a reciprocal root is one instruction. */
    static float gelu(float x) {
        float u = x * (1.5957691216f + 0.0713548162f * x * x);
        float root = 1f / TornadoMath.sqrt(1f + TornadoMath.exp(-u));
        return x * (root * root);
    }

    /** A finished sum into y. */
    private static void finish(
            IntArray d, FloatArray gate, FloatArray yf, HalfFloatArray yh, int spec, int m, int n, float sum) {
        int at = d.get(5) + m * d.get(1) + n;
        int epilogue = spec >> 1 & 3;
        if (epilogue == 2) {
            yf.set(at, yf.get(at) + gate.get(gateAt(d, m) + n) * sum);
        } else {
            float value = sum;
            if (epilogue == 1) {
                value = gelu(value);
            }
            Elements.store(spec & 1, yf, yh, at, value);
        }
    }

    /** Where the gate of row m of y begins. */
    private static int gateAt(IntArray d, int m) {
        return d.get(6) + Math.min(m / d.get(9), d.get(8)) * d.get(7);
    }

    /** {@link #finished} of row m, or of row {@code last} if m is behind it. */
    private static float finished(
            IntArray d, FloatArray gate, FloatArray yf, int spec, int n, int m, int last, float sum) {
        int row = Math.min(m, last);
        return finished(gate, yf, spec, d.get(5) + row * d.get(1) + n, gateAt(d, row) + n, sum);
    }

    /**
     * What a sum becomes. Kernels make several before they put the first: the compiler moves no load past a store.
     *
     * @param at where y has it
     * @param gateAt where its gate is
     */
    private static float finished(FloatArray gate, FloatArray yf, int spec, int at, int gateAt, float sum) {
        int epilogue = spec >> 1 & 3;
        if (epilogue == 2) {
            return yf.get(at) + gate.get(gateAt) * sum;
        } else if (epilogue == 1) {
            return gelu(sum);
        } else {
            return sum;
        }
    }

    /** What was finished into y if row m is not behind {@code last}; {@code to} is where the column begins. */
    private static void put(
            FloatArray yf, HalfFloatArray yh, int spec, int to, int outputs, int m, int last, float value) {
        if (m <= last) {
            Elements.store(spec & 1, yf, yh, to + m * outputs, value);
        }
    }

    /** Some rows: a group makes 64×64 outputs, a warp of it 32×32. */
    public static void square(
            KernelContext c,
            IntArray d,
            HalfFloatArray x,
            HalfFloatArray w,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec) {
        float[] f = c.allocateFloatLocalArray(12288);
        int[] t = (int[]) (Object) f;
        int i = c.localIdx;
        int m0 = c.groupIdy * 64;
        int n0 = c.groupIdx * 64;
        int lastRow = d.get(0) - 1;
        int outputs = d.get(1);
        int lastBlock = (outputs - 1) / 8;
        int inputs = d.get(2);
        int per = d.get(10);
        int first = c.groupIdz * per;
        int steps = Math.min(per, inputs / 64 - first);
        int line = i >> 5;
        int at = i & 31;
        int chunk = ((at >> 2) ^ line) << 2;
        int xTo = line * 32 + (at & 3);
        int xFrom = d.get(3) + first * 64 + 2 * at;
        int wFrom = d.get(4) + first * 512 + 2 * i;
        for (int s = 0; s < 2; s++) {
            int step = Math.min(s, steps - 1);
            for (int q = 0; q < 16; q++) {
                int row = Math.min(m0 + line + q * 4, lastRow);
                c.asyncCopyToLocal(t, s * 4096 + xTo + (chunk ^ (q & 1) << 4) + q * 128, x, xFrom + row * inputs + step * 64);
            }
            for (int q = 0; q < 16; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, s * 4096 + 2048 + i + q * 128, w, from);
            }
            c.asyncCopyCommit();
        }
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int wm = (warp >> 1) * 32;
        int wn = (warp & 1) * 32;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swap = (high ^ inner) << 4;
        int a = (wm + low) * 128 - low * 32 - high * 16;
        int b = 8192 + wn * 128;
        float[] s00 = c.mmaFragment(0f);
        float[] s01 = c.mmaFragment(0f);
        float[] s02 = c.mmaFragment(0f);
        float[] s03 = c.mmaFragment(0f);
        float[] s10 = c.mmaFragment(0f);
        float[] s11 = c.mmaFragment(0f);
        float[] s12 = c.mmaFragment(0f);
        float[] s13 = c.mmaFragment(0f);
        int read = 0;
        int write = 8192;
        for (int k = 0; k < steps; k++) {
            c.asyncCopyWaitGroup(1);
            c.localBarrier();
            int step = Math.min(k + 2, steps - 1);
            HalfFloat[] a00 = c.mmaLoadA(t, 16, read + a + swap);
            HalfFloat[] a01 = c.mmaLoadA(t, 16, read + a + swap + 2048);
            HalfFloat[] b00 = c.mmaLoadB(t, 16, read + b + 0);
            HalfFloat[] b01 = c.mmaLoadB(t, 16, read + b + 1024);
            HalfFloat[] b02 = c.mmaLoadB(t, 16, read + b + 2048);
            HalfFloat[] b03 = c.mmaLoadB(t, 16, read + b + 3072);
            for (int q = 0; q < 8; q++) {
                int row = Math.min(m0 + line + q * 4, lastRow);
                c.asyncCopyToLocal(t, write + xTo + (chunk ^ (q & 1) << 4) + q * 128, x, xFrom + row * inputs + step * 64);
            }
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s10 = c.mma(a01, b00, s10, MMAShape.M16N8K16);
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            s11 = c.mma(a01, b01, s11, MMAShape.M16N8K16);
            s02 = c.mma(a00, b02, s02, MMAShape.M16N8K16);
            s12 = c.mma(a01, b02, s12, MMAShape.M16N8K16);
            s03 = c.mma(a00, b03, s03, MMAShape.M16N8K16);
            s13 = c.mma(a01, b03, s13, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, read + a + (swap ^ 32));
            HalfFloat[] a11 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 2048);
            HalfFloat[] b10 = c.mmaLoadB(t, 16, read + b + 256);
            HalfFloat[] b11 = c.mmaLoadB(t, 16, read + b + 1280);
            HalfFloat[] b12 = c.mmaLoadB(t, 16, read + b + 2304);
            HalfFloat[] b13 = c.mmaLoadB(t, 16, read + b + 3328);
            for (int q = 8; q < 16; q++) {
                int row = Math.min(m0 + line + q * 4, lastRow);
                c.asyncCopyToLocal(t, write + xTo + (chunk ^ (q & 1) << 4) + q * 128, x, xFrom + row * inputs + step * 64);
            }
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s10 = c.mma(a11, b10, s10, MMAShape.M16N8K16);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            s11 = c.mma(a11, b11, s11, MMAShape.M16N8K16);
            s02 = c.mma(a10, b12, s02, MMAShape.M16N8K16);
            s12 = c.mma(a11, b12, s12, MMAShape.M16N8K16);
            s03 = c.mma(a10, b13, s03, MMAShape.M16N8K16);
            s13 = c.mma(a11, b13, s13, MMAShape.M16N8K16);
            HalfFloat[] a20 = c.mmaLoadA(t, 16, read + a + (swap ^ 64));
            HalfFloat[] a21 = c.mmaLoadA(t, 16, read + a + (swap ^ 64) + 2048);
            HalfFloat[] b20 = c.mmaLoadB(t, 16, read + b + 512);
            HalfFloat[] b21 = c.mmaLoadB(t, 16, read + b + 1536);
            HalfFloat[] b22 = c.mmaLoadB(t, 16, read + b + 2560);
            HalfFloat[] b23 = c.mmaLoadB(t, 16, read + b + 3584);
            for (int q = 0; q < 8; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, write + 2048 + i + q * 128, w, from);
            }
            s00 = c.mma(a20, b20, s00, MMAShape.M16N8K16);
            s10 = c.mma(a21, b20, s10, MMAShape.M16N8K16);
            s01 = c.mma(a20, b21, s01, MMAShape.M16N8K16);
            s11 = c.mma(a21, b21, s11, MMAShape.M16N8K16);
            s02 = c.mma(a20, b22, s02, MMAShape.M16N8K16);
            s12 = c.mma(a21, b22, s12, MMAShape.M16N8K16);
            s03 = c.mma(a20, b23, s03, MMAShape.M16N8K16);
            s13 = c.mma(a21, b23, s13, MMAShape.M16N8K16);
            HalfFloat[] a30 = c.mmaLoadA(t, 16, read + a + (swap ^ 96));
            HalfFloat[] a31 = c.mmaLoadA(t, 16, read + a + (swap ^ 96) + 2048);
            HalfFloat[] b30 = c.mmaLoadB(t, 16, read + b + 768);
            HalfFloat[] b31 = c.mmaLoadB(t, 16, read + b + 1792);
            HalfFloat[] b32 = c.mmaLoadB(t, 16, read + b + 2816);
            HalfFloat[] b33 = c.mmaLoadB(t, 16, read + b + 3840);
            for (int q = 8; q < 16; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, write + 2048 + i + q * 128, w, from);
            }
            c.asyncCopyCommit();
            s00 = c.mma(a30, b30, s00, MMAShape.M16N8K16);
            s10 = c.mma(a31, b30, s10, MMAShape.M16N8K16);
            s01 = c.mma(a30, b31, s01, MMAShape.M16N8K16);
            s11 = c.mma(a31, b31, s11, MMAShape.M16N8K16);
            s02 = c.mma(a30, b32, s02, MMAShape.M16N8K16);
            s12 = c.mma(a31, b32, s12, MMAShape.M16N8K16);
            s03 = c.mma(a30, b33, s03, MMAShape.M16N8K16);
            s13 = c.mma(a31, b33, s13, MMAShape.M16N8K16);
            // back to 0 at the end, without the branch that fragments would not survive
            read = read + 16384 & read + 16384 - 49152 >> 31;
            write = write + 4096 & write + 4096 - 12288 >> 31;
        }
        c.asyncCopyWaitGroup(0);
        c.localBarrier();
        if ((spec >> 1 & 3) == 3) {
            int m = c.groupIdz * d.get(11) + m0 + wm;
            int n = d.get(13) + n0 + wn;
            int pitch = d.get(12);
            c.mmaStore(s00, yf, m + 0, n + 0, pitch);
            c.mmaStore(s01, yf, m + 0, n + 8, pitch);
            c.mmaStore(s02, yf, m + 0, n + 16, pitch);
            c.mmaStore(s03, yf, m + 0, n + 24, pitch);
            c.mmaStore(s10, yf, m + 16, n + 0, pitch);
            c.mmaStore(s11, yf, m + 16, n + 8, pitch);
            c.mmaStore(s12, yf, m + 16, n + 16, pitch);
            c.mmaStore(s13, yf, m + 16, n + 24, pitch);
        } else {
            FloatArray sums = (FloatArray) (Object) f;
            int mine = warp * 32;
            int height = Math.min(32, lastRow + 1 - m0 - wm);
            c.mmaStore(s00, sums, mine + 0, 0, 36);
            c.mmaStore(s01, sums, mine + 0, 8, 36);
            c.mmaStore(s02, sums, mine + 0, 16, 36);
            c.mmaStore(s03, sums, mine + 0, 24, 36);
            c.mmaStore(s10, sums, mine + 16, 0, 36);
            c.mmaStore(s11, sums, mine + 16, 8, 36);
            c.mmaStore(s12, sums, mine + 16, 16, 36);
            c.mmaStore(s13, sums, mine + 16, 24, 36);
            c.localBarrier();
            int n1 = n0 + wn + lane;
            if (n1 < outputs) {
                float add = bias(bias, spec, n1);
                int to = d.get(5) + n1;
                for (int r = 0; r < height; r += 8) {
                    int m = m0 + wm + r;
                    int from = 4 + (mine + r) * 36 + lane;
                    float v0 = finished(d, gate, yf, spec, n1, m, lastRow, f[from] + add);
                    float v1 = finished(d, gate, yf, spec, n1, m + 1, lastRow, f[from + 36] + add);
                    float v2 = finished(d, gate, yf, spec, n1, m + 2, lastRow, f[from + 72] + add);
                    float v3 = finished(d, gate, yf, spec, n1, m + 3, lastRow, f[from + 108] + add);
                    float v4 = finished(d, gate, yf, spec, n1, m + 4, lastRow, f[from + 144] + add);
                    float v5 = finished(d, gate, yf, spec, n1, m + 5, lastRow, f[from + 180] + add);
                    float v6 = finished(d, gate, yf, spec, n1, m + 6, lastRow, f[from + 216] + add);
                    float v7 = finished(d, gate, yf, spec, n1, m + 7, lastRow, f[from + 252] + add);
                    put(yf, yh, spec, to, outputs, m, lastRow, v0);
                    put(yf, yh, spec, to, outputs, m + 1, lastRow, v1);
                    put(yf, yh, spec, to, outputs, m + 2, lastRow, v2);
                    put(yf, yh, spec, to, outputs, m + 3, lastRow, v3);
                    put(yf, yh, spec, to, outputs, m + 4, lastRow, v4);
                    put(yf, yh, spec, to, outputs, m + 5, lastRow, v5);
                    put(yf, yh, spec, to, outputs, m + 6, lastRow, v6);
                    put(yf, yh, spec, to, outputs, m + 7, lastRow, v7);
                }
            }
        }
    }

    /** Few rows: a group makes 16×64 outputs, a warp of it 16×16. */
    public static void strip(
            KernelContext c,
            IntArray d,
            HalfFloatArray x,
            HalfFloatArray w,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec) {
        float[] f = c.allocateFloatLocalArray(10240);
        int[] t = (int[]) (Object) f;
        int i = c.localIdx;
        int m0 = c.groupIdy * 16;
        int n0 = c.groupIdx * 64;
        int lastRow = d.get(0) - 1;
        int outputs = d.get(1);
        int lastBlock = (outputs - 1) / 8;
        int inputs = d.get(2);
        int per = d.get(10);
        int first = c.groupIdz * per;
        int steps = Math.min(per, inputs / 64 - first);
        int line = i >> 5;
        int at = i & 31;
        int chunk = ((at >> 2) ^ line) << 2;
        int xTo = line * 32 + (at & 3);
        int xFrom = d.get(3) + first * 64 + 2 * at;
        int wFrom = d.get(4) + first * 512 + 2 * i;
        for (int s = 0; s < 3; s++) {
            int step = Math.min(s, steps - 1);
            for (int q = 0; q < 4; q++) {
                int row = Math.min(m0 + line + q * 4, lastRow);
                c.asyncCopyToLocal(t, s * 2560 + xTo + (chunk ^ (q & 1) << 4) + q * 128, x, xFrom + row * inputs + step * 64);
            }
            for (int q = 0; q < 16; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, s * 2560 + 512 + i + q * 128, w, from);
            }
            c.asyncCopyCommit();
        }
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int wm = 0;
        int wn = (warp & 3) * 16;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swap = (high ^ inner) << 4;
        int a = (wm + low) * 128 - low * 32 - high * 16;
        int b = 2048 + wn * 128;
        float[] s00 = c.mmaFragment(0f);
        float[] s01 = c.mmaFragment(0f);
        int read = 0;
        int write = 7680;
        for (int k = 0; k < steps; k++) {
            c.asyncCopyWaitGroup(2);
            c.localBarrier();
            int step = Math.min(k + 3, steps - 1);
            HalfFloat[] a00 = c.mmaLoadA(t, 16, read + a + swap);
            HalfFloat[] b00 = c.mmaLoadB(t, 16, read + b + 0);
            HalfFloat[] b01 = c.mmaLoadB(t, 16, read + b + 1024);
            for (int q = 0; q < 4; q++) {
                int row = Math.min(m0 + line + q * 4, lastRow);
                c.asyncCopyToLocal(t, write + xTo + (chunk ^ (q & 1) << 4) + q * 128, x, xFrom + row * inputs + step * 64);
            }
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, read + a + (swap ^ 32));
            HalfFloat[] b10 = c.mmaLoadB(t, 16, read + b + 256);
            HalfFloat[] b11 = c.mmaLoadB(t, 16, read + b + 1280);
            for (int q = 0; q < 5; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, write + 512 + i + q * 128, w, from);
            }
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            HalfFloat[] a20 = c.mmaLoadA(t, 16, read + a + (swap ^ 64));
            HalfFloat[] b20 = c.mmaLoadB(t, 16, read + b + 512);
            HalfFloat[] b21 = c.mmaLoadB(t, 16, read + b + 1536);
            for (int q = 5; q < 10; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, write + 512 + i + q * 128, w, from);
            }
            s00 = c.mma(a20, b20, s00, MMAShape.M16N8K16);
            s01 = c.mma(a20, b21, s01, MMAShape.M16N8K16);
            HalfFloat[] a30 = c.mmaLoadA(t, 16, read + a + (swap ^ 96));
            HalfFloat[] b30 = c.mmaLoadB(t, 16, read + b + 768);
            HalfFloat[] b31 = c.mmaLoadB(t, 16, read + b + 1792);
            for (int q = 10; q < 16; q++) {
                int block = Math.min((n0 >> 3) + (q >> 1), lastBlock);
                int from = wFrom + block * inputs * 8 + step * 512 + (q & 1) * 256;
                c.asyncCopyToLocal(t, write + 512 + i + q * 128, w, from);
            }
            c.asyncCopyCommit();
            s00 = c.mma(a30, b30, s00, MMAShape.M16N8K16);
            s01 = c.mma(a30, b31, s01, MMAShape.M16N8K16);
            // back to 0 at the end, without the branch that fragments would not survive
            read = read + 10240 & read + 10240 - 40960 >> 31;
            write = write + 2560 & write + 2560 - 10240 >> 31;
        }
        c.asyncCopyWaitGroup(0);
        c.localBarrier();
        if ((spec >> 1 & 3) == 3) {
            int m = c.groupIdz * d.get(11) + m0 + wm;
            int n = d.get(13) + n0 + wn;
            int pitch = d.get(12);
            c.mmaStore(s00, yf, m + 0, n + 0, pitch);
            c.mmaStore(s01, yf, m + 0, n + 8, pitch);
        } else {
            FloatArray sums = (FloatArray) (Object) f;
            int mine = warp * 16;
            c.mmaStore(s00, sums, mine + 0, 0, 20);
            c.mmaStore(s01, sums, mine + 0, 8, 20);
            c.localBarrier();
            int n1 = n0 + wn + (lane & 15);
            if (n1 < outputs) {
                float add = bias(bias, spec, n1);
                int to = d.get(5) + n1;
                int m = m0 + (lane >> 4);
                int from = 4 + (mine + (lane >> 4)) * 20 + (lane & 15);
                float v0 = finished(d, gate, yf, spec, n1, m, lastRow, f[from] + add);
                float v1 = finished(d, gate, yf, spec, n1, m + 2, lastRow, f[from + 40] + add);
                float v2 = finished(d, gate, yf, spec, n1, m + 4, lastRow, f[from + 80] + add);
                float v3 = finished(d, gate, yf, spec, n1, m + 6, lastRow, f[from + 120] + add);
                float v4 = finished(d, gate, yf, spec, n1, m + 8, lastRow, f[from + 160] + add);
                float v5 = finished(d, gate, yf, spec, n1, m + 10, lastRow, f[from + 200] + add);
                float v6 = finished(d, gate, yf, spec, n1, m + 12, lastRow, f[from + 240] + add);
                float v7 = finished(d, gate, yf, spec, n1, m + 14, lastRow, f[from + 280] + add);
                put(yf, yh, spec, to, outputs, m, lastRow, v0);
                put(yf, yh, spec, to, outputs, m + 2, lastRow, v1);
                put(yf, yh, spec, to, outputs, m + 4, lastRow, v2);
                put(yf, yh, spec, to, outputs, m + 6, lastRow, v3);
                put(yf, yh, spec, to, outputs, m + 8, lastRow, v4);
                put(yf, yh, spec, to, outputs, m + 10, lastRow, v5);
                put(yf, yh, spec, to, outputs, m + 12, lastRow, v6);
                put(yf, yh, spec, to, outputs, m + 14, lastRow, v7);
            }
        }
    }

    /** Adds up parts of sums, and what follows. {@code parts} is [{@code count}, rows of a part, pitch]. */
    public static void merge(
            KernelContext c,
            IntArray d,
            FloatArray parts,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int count,
            int spec) {
        int i = c.globalIdx;
        int outputs = d.get(1);
        if (i < d.get(0) * outputs) {
            int n = i % outputs;
            int m = i / outputs;
            float sum = 0f;
            for (int part = 0; part < count; part++) {
                sum += parts.get((part * d.get(11) + m) * d.get(12) + n);
            }
            finish(d, gate, yf, yh, spec, m, n, sum + bias(bias, spec, n));
        }
    }
    // spotless:on
}
