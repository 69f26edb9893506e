package dev.tandem.cpu.product;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.work.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost loop of every matrix product: a register tile of rows × two vectors of columns,
 * {@code c[i][j] += Σk a[i][k]·b[k][j]}. Each element is one chain of fused multiply-adds over ascending k, so it does
 * not depend on the tile it is computed in, nor on the machine's vector length.
 *
 * <p>Rows of a are packed ({@link PackedRows}); b's rows are {@code ldb} apart, c's {@code ldc}. Accumulators are local
 * variables written out by hand, since only those stay in registers.
 */
public final class MicroKernel {
    private MicroKernel() {}

    /** {@link Lanes#TALL} or {@link Lanes#LOW} rows. */
    public static void run(int rows, float[] a, int ao, float[] b, int bo, int ldb, int k, float[] c, int co, int ldc) {
        if (rows == Lanes.LOW) {
            low(a, ao, b, bo, ldb, k, c, co, ldc);
        } else {
            tall(a, ao, b, bo, ldb, k, c, co, ldc);
        }
    }

    /** 6 rows. */
    static void low(float[] a, int ao, float[] b, int bo, int ldb, int k, float[] c, int co, int ldc) {
        FloatVector c0 = FloatVector.fromArray(F, c, co);
        FloatVector d0 = FloatVector.fromArray(F, c, co + L);
        FloatVector c1 = FloatVector.fromArray(F, c, co + ldc);
        FloatVector d1 = FloatVector.fromArray(F, c, co + ldc + L);
        FloatVector c2 = FloatVector.fromArray(F, c, co + 2 * ldc);
        FloatVector d2 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
        FloatVector c3 = FloatVector.fromArray(F, c, co + 3 * ldc);
        FloatVector d3 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
        FloatVector c4 = FloatVector.fromArray(F, c, co + 4 * ldc);
        FloatVector d4 = FloatVector.fromArray(F, c, co + 4 * ldc + L);
        FloatVector c5 = FloatVector.fromArray(F, c, co + 5 * ldc);
        FloatVector d5 = FloatVector.fromArray(F, c, co + 5 * ldc + L);
        for (int from = 0; from < k; from += CHUNK) {
            int at = ao + from * 6;
            int end = at + Math.min(CHUNK, k - from);
            for (; at < end; at++) {
                FloatVector b0 = FloatVector.fromArray(F, b, bo);
                FloatVector b1 = FloatVector.fromArray(F, b, bo + L);
                bo += ldb;
                FloatVector a0 = FloatVector.broadcast(F, a[at]);
                c0 = a0.fma(b0, c0);
                d0 = a0.fma(b1, d0);
                FloatVector a1 = FloatVector.broadcast(F, a[at + 1 * CHUNK]);
                c1 = a1.fma(b0, c1);
                d1 = a1.fma(b1, d1);
                FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * CHUNK]);
                c2 = a2.fma(b0, c2);
                d2 = a2.fma(b1, d2);
                FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * CHUNK]);
                c3 = a3.fma(b0, c3);
                d3 = a3.fma(b1, d3);
                FloatVector a4 = FloatVector.broadcast(F, a[at + 4 * CHUNK]);
                c4 = a4.fma(b0, c4);
                d4 = a4.fma(b1, d4);
                FloatVector a5 = FloatVector.broadcast(F, a[at + 5 * CHUNK]);
                c5 = a5.fma(b0, c5);
                d5 = a5.fma(b1, d5);
            }
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + L);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + L);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + L);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + L);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + L);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + L);
    }

    /** 12 rows. */
    static void tall(float[] a, int ao, float[] b, int bo, int ldb, int k, float[] c, int co, int ldc) {
        FloatVector c0 = FloatVector.fromArray(F, c, co);
        FloatVector d0 = FloatVector.fromArray(F, c, co + L);
        FloatVector c1 = FloatVector.fromArray(F, c, co + ldc);
        FloatVector d1 = FloatVector.fromArray(F, c, co + ldc + L);
        FloatVector c2 = FloatVector.fromArray(F, c, co + 2 * ldc);
        FloatVector d2 = FloatVector.fromArray(F, c, co + 2 * ldc + L);
        FloatVector c3 = FloatVector.fromArray(F, c, co + 3 * ldc);
        FloatVector d3 = FloatVector.fromArray(F, c, co + 3 * ldc + L);
        FloatVector c4 = FloatVector.fromArray(F, c, co + 4 * ldc);
        FloatVector d4 = FloatVector.fromArray(F, c, co + 4 * ldc + L);
        FloatVector c5 = FloatVector.fromArray(F, c, co + 5 * ldc);
        FloatVector d5 = FloatVector.fromArray(F, c, co + 5 * ldc + L);
        FloatVector c6 = FloatVector.fromArray(F, c, co + 6 * ldc);
        FloatVector d6 = FloatVector.fromArray(F, c, co + 6 * ldc + L);
        FloatVector c7 = FloatVector.fromArray(F, c, co + 7 * ldc);
        FloatVector d7 = FloatVector.fromArray(F, c, co + 7 * ldc + L);
        FloatVector c8 = FloatVector.fromArray(F, c, co + 8 * ldc);
        FloatVector d8 = FloatVector.fromArray(F, c, co + 8 * ldc + L);
        FloatVector c9 = FloatVector.fromArray(F, c, co + 9 * ldc);
        FloatVector d9 = FloatVector.fromArray(F, c, co + 9 * ldc + L);
        FloatVector c10 = FloatVector.fromArray(F, c, co + 10 * ldc);
        FloatVector d10 = FloatVector.fromArray(F, c, co + 10 * ldc + L);
        FloatVector c11 = FloatVector.fromArray(F, c, co + 11 * ldc);
        FloatVector d11 = FloatVector.fromArray(F, c, co + 11 * ldc + L);
        for (int from = 0; from < k; from += CHUNK) {
            int at = ao + from * 12;
            int end = at + Math.min(CHUNK, k - from);
            for (; at < end; at++) {
                FloatVector b0 = FloatVector.fromArray(F, b, bo);
                FloatVector b1 = FloatVector.fromArray(F, b, bo + L);
                bo += ldb;
                FloatVector a0 = FloatVector.broadcast(F, a[at]);
                c0 = a0.fma(b0, c0);
                d0 = a0.fma(b1, d0);
                FloatVector a1 = FloatVector.broadcast(F, a[at + 1 * CHUNK]);
                c1 = a1.fma(b0, c1);
                d1 = a1.fma(b1, d1);
                FloatVector a2 = FloatVector.broadcast(F, a[at + 2 * CHUNK]);
                c2 = a2.fma(b0, c2);
                d2 = a2.fma(b1, d2);
                FloatVector a3 = FloatVector.broadcast(F, a[at + 3 * CHUNK]);
                c3 = a3.fma(b0, c3);
                d3 = a3.fma(b1, d3);
                FloatVector a4 = FloatVector.broadcast(F, a[at + 4 * CHUNK]);
                c4 = a4.fma(b0, c4);
                d4 = a4.fma(b1, d4);
                FloatVector a5 = FloatVector.broadcast(F, a[at + 5 * CHUNK]);
                c5 = a5.fma(b0, c5);
                d5 = a5.fma(b1, d5);
                FloatVector a6 = FloatVector.broadcast(F, a[at + 6 * CHUNK]);
                c6 = a6.fma(b0, c6);
                d6 = a6.fma(b1, d6);
                FloatVector a7 = FloatVector.broadcast(F, a[at + 7 * CHUNK]);
                c7 = a7.fma(b0, c7);
                d7 = a7.fma(b1, d7);
                FloatVector a8 = FloatVector.broadcast(F, a[at + 8 * CHUNK]);
                c8 = a8.fma(b0, c8);
                d8 = a8.fma(b1, d8);
                FloatVector a9 = FloatVector.broadcast(F, a[at + 9 * CHUNK]);
                c9 = a9.fma(b0, c9);
                d9 = a9.fma(b1, d9);
                FloatVector a10 = FloatVector.broadcast(F, a[at + 10 * CHUNK]);
                c10 = a10.fma(b0, c10);
                d10 = a10.fma(b1, d10);
                FloatVector a11 = FloatVector.broadcast(F, a[at + 11 * CHUNK]);
                c11 = a11.fma(b0, c11);
                d11 = a11.fma(b1, d11);
            }
        }
        c0.intoArray(c, co);
        d0.intoArray(c, co + L);
        c1.intoArray(c, co + ldc);
        d1.intoArray(c, co + ldc + L);
        c2.intoArray(c, co + 2 * ldc);
        d2.intoArray(c, co + 2 * ldc + L);
        c3.intoArray(c, co + 3 * ldc);
        d3.intoArray(c, co + 3 * ldc + L);
        c4.intoArray(c, co + 4 * ldc);
        d4.intoArray(c, co + 4 * ldc + L);
        c5.intoArray(c, co + 5 * ldc);
        d5.intoArray(c, co + 5 * ldc + L);
        c6.intoArray(c, co + 6 * ldc);
        d6.intoArray(c, co + 6 * ldc + L);
        c7.intoArray(c, co + 7 * ldc);
        d7.intoArray(c, co + 7 * ldc + L);
        c8.intoArray(c, co + 8 * ldc);
        d8.intoArray(c, co + 8 * ldc + L);
        c9.intoArray(c, co + 9 * ldc);
        d9.intoArray(c, co + 9 * ldc + L);
        c10.intoArray(c, co + 10 * ldc);
        d10.intoArray(c, co + 10 * ldc + L);
        c11.intoArray(c, co + 11 * ldc);
        d11.intoArray(c, co + 11 * ldc + L);
    }
}
