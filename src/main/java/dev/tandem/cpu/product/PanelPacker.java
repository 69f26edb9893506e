package dev.tandem.cpu.product;

import static dev.tandem.cpu.work.Lanes.COLUMNS;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.I;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Turns rows of a weight [N, K], in whatever type it is stored, into a panel of floats [k][{@link Lanes#COLUMNS}] for
 * the {@link MicroKernel}. A block of rows is transposed as 32-bit words, which carry one, two or four elements each,
 * and widened after that: half the permutations for fp16, a quarter for int8. One per thread.
 */
public final class PanelPacker {
    private static final int LINE = 64;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final IntVector LOW_1 = exchange(1, false);
    private static final IntVector HIGH_1 = exchange(1, true);
    private static final IntVector LOW_2 = exchange(2, false);
    private static final IntVector HIGH_2 = exchange(2, true);
    private static final IntVector LOW_4 = exchange(4, false);
    private static final IntVector HIGH_4 = exchange(4, true);
    private static final IntVector LOW_8 = exchange(8, false);
    private static final IntVector HIGH_8 = exchange(8, true);

    private final int[] words = new int[L * L];
    private final float[] factors = new float[L];

    /**
     * Which lanes of a pair of vectors make the first (or second) of the pair in which lane bit {@code distance} has
     * changed places with the pair's own bit.
     */
    private static IntVector exchange(int distance, boolean second) {
        int[] lanes = new int[L];
        for (int i = 0; i < L; i++) {
            boolean set = (i & distance) != 0;
            int lane = second ? i | distance : i & ~distance;
            lanes[i] = (set ? L : 0) + lane % L;
        }
        return IntVector.fromArray(I, lanes, 0);
    }

    /**
     * Reads through the memory of columns {@code n} …, so that packing finds it in cache: 32 rows side by side come far
     * slower out of main memory than one run of bytes. Returns a number only so that the reads are not optimised away.
     */
    static int touch(CpuWeight w, int n) {
        MemorySegment data = w.data();
        long rowBytes = (long) w.rowLength() * w.dtype().bytes();
        long end = Math.min(n + COLUMNS, w.size(0)) * rowBytes - 4 * LINE;
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        for (long i = n * rowBytes; i < end; i += 4 * LINE) {
            a += data.get(ValueLayout.JAVA_BYTE, i);
            b += data.get(ValueLayout.JAVA_BYTE, i + LINE);
            c += data.get(ValueLayout.JAVA_BYTE, i + 2 * LINE);
            d += data.get(ValueLayout.JAVA_BYTE, i + 3 * LINE);
        }
        return a + b + c + d;
    }

    /** Packs columns {@code n} … (those beyond the last repeat it) and k from {@code from} on. */
    public void pack(CpuWeight w, int n, int from, int count, float[] panel, int at) {
        int perWord = switch (w.dtype()) {
            case F32 -> 1;
            case F16, BF16 -> 2;
            case I8 -> 4;
            default -> 0;
        };
        int block = L * perWord;
        int whole = perWord == 0 || L < 4 || L > 16 ? 0 : count / block * block;
        int last = w.size(0) - 1;
        for (int half = 0; half < COLUMNS; half += L) {
            if (w.dtype() == DType.I8) {
                for (int i = 0; i < L; i++) {
                    factors[i] = w.scale(Math.min(n + half + i, last));
                }
            }
            for (int k = 0; k < whole; k += block) {
                gather(w, n + half, last, from + k);
                widen(w.dtype(), panel, at + k * COLUMNS + half);
            }
        }
        for (int c = 0; c < COLUMNS && whole < count; c++) {
            int row = Math.min(n + c, last);
            for (int k = whole; k < count; k++) {
                panel[at + k * COLUMNS + c] = w.at(row, from + k);
            }
        }
    }

    /** Transposes L words of each of L rows into {@link #words}. */
    private void gather(CpuWeight w, int n, int last, int from) {
        MemorySegment data = w.data();
        long bytes = w.dtype().bytes();
        long stride = w.rowLength() * bytes;
        long base = from * bytes;
        for (int g = 0; g < L; g += 4) {
            IntVector a = IntVector.fromMemorySegment(I, data, base + Math.min(n + g, last) * stride, LITTLE);
            IntVector b = IntVector.fromMemorySegment(I, data, base + Math.min(n + g + 1, last) * stride, LITTLE);
            IntVector c = IntVector.fromMemorySegment(I, data, base + Math.min(n + g + 2, last) * stride, LITTLE);
            IntVector d = IntVector.fromMemorySegment(I, data, base + Math.min(n + g + 3, last) * stride, LITTLE);
            IntVector e = LOW_1.selectFrom(a, b);
            IntVector f = HIGH_1.selectFrom(a, b);
            IntVector h = LOW_1.selectFrom(c, d);
            IntVector i = HIGH_1.selectFrom(c, d);
            LOW_2.selectFrom(e, h).intoArray(words, g * L);
            LOW_2.selectFrom(f, i).intoArray(words, g * L + L);
            HIGH_2.selectFrom(e, h).intoArray(words, g * L + 2 * L);
            HIGH_2.selectFrom(f, i).intoArray(words, g * L + 3 * L);
        }
        if (L == 16) {
            for (int g = 0; g < 4 * L; g += L) {
                IntVector a = IntVector.fromArray(I, words, g);
                IntVector b = IntVector.fromArray(I, words, g + 4 * L);
                IntVector c = IntVector.fromArray(I, words, g + 8 * L);
                IntVector d = IntVector.fromArray(I, words, g + 12 * L);
                IntVector e = LOW_4.selectFrom(a, b);
                IntVector f = HIGH_4.selectFrom(a, b);
                IntVector h = LOW_4.selectFrom(c, d);
                IntVector i = HIGH_4.selectFrom(c, d);
                LOW_8.selectFrom(e, h).intoArray(words, g);
                LOW_8.selectFrom(f, i).intoArray(words, g + 4 * L);
                HIGH_8.selectFrom(e, h).intoArray(words, g + 8 * L);
                HIGH_8.selectFrom(f, i).intoArray(words, g + 12 * L);
            }
        } else if (L == 8) {
            for (int g = 0; g < 4 * L; g += L) {
                IntVector a = IntVector.fromArray(I, words, g);
                IntVector b = IntVector.fromArray(I, words, g + 4 * L);
                LOW_4.selectFrom(a, b).intoArray(words, g);
                HIGH_4.selectFrom(a, b).intoArray(words, g + 4 * L);
            }
        }
    }

    /** Writes {@link #words} into the panel as floats; a method per type, since each is compiled for itself. */
    private void widen(DType type, float[] panel, int at) {
        switch (type) {
            case F32 -> widenF32(panel, at);
            case F16 -> widenF16(panel, at);
            case BF16 -> widenBf16(panel, at);
            default -> widenI8(panel, at);
        }
    }

    private void widenF32(float[] panel, int at) {
        for (int i = 0; i < L; i++) {
            IntVector.fromArray(I, words, i * L).reinterpretAsFloats().intoArray(panel, at + i * COLUMNS);
        }
    }

    private void widenF16(float[] panel, int at) {
        for (int i = 0; i < L; i++) {
            IntVector pair = IntVector.fromArray(I, words, i * L);
            int to = at + 2 * i * COLUMNS;
            half(pair.lanewise(VectorOperators.LSHL, 16)).intoArray(panel, to);
            half(pair).intoArray(panel, to + COLUMNS);
        }
    }

    private void widenBf16(float[] panel, int at) {
        for (int i = 0; i < L; i++) {
            IntVector pair = IntVector.fromArray(I, words, i * L);
            int to = at + 2 * i * COLUMNS;
            pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(panel, to);
            pair.and(0xffff0000).reinterpretAsFloats().intoArray(panel, to + COLUMNS);
        }
    }

    private void widenI8(float[] panel, int at) {
        FloatVector factor = FloatVector.fromArray(F, factors, 0);
        for (int i = 0; i < L; i++) {
            IntVector four = IntVector.fromArray(I, words, i * L);
            int to = at + 4 * i * COLUMNS;
            signed(four.lanewise(VectorOperators.LSHL, 24)).mul(factor).intoArray(panel, to);
            signed(four.lanewise(VectorOperators.LSHL, 16)).mul(factor).intoArray(panel, to + COLUMNS);
            signed(four.lanewise(VectorOperators.LSHL, 8)).mul(factor).intoArray(panel, to + 2 * COLUMNS);
            signed(four).mul(factor).intoArray(panel, to + 3 * COLUMNS);
        }
    }

    /** The fp16 number in the upper half of each word; infinities and NaN, which no weight holds, come out finite. */
    static FloatVector half(IntVector upper) {
        IntVector sign = upper.and(0x80000000);
        // Exponent and mantissa moved into place make a number 2^112 times too small, also where it is subnormal.
        FloatVector magnitude = upper.and(0x7fff0000)
                .lanewise(VectorOperators.LSHR, 3)
                .reinterpretAsFloats()
                .mul(0x1p112f);
        return magnitude.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    /** The int8 number in the uppermost byte of each word. */
    private static FloatVector signed(IntVector upper) {
        return (FloatVector) upper.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
    }
}
