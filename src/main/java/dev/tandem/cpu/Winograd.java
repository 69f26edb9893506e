package dev.tandem.cpu;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.COLUMNS;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;
import static dev.tandem.cpu.work.Lanes.TALL;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.product.MicroKernel;
import dev.tandem.cpu.product.PackedRows;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.Workers;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * 3×3 convolutions of large maps by Winograd's F(4×4, 3×3), after Lavin and Gray, "Fast algorithms for convolutional
 * neural networks" (2015): a 6×6 patch of input and a kernel are transformed to 36 points each, where the convolution
 * is 36 matrix products, and 4×4 outputs come back: a quarter of the multiplications. It costs an error of about 1e-6
 * of the result's scale.
 *
 * <p>Patches are taken in strips whose transforms fit the caches. Input transforms are written as packed rows, kernels'
 * as panels [panel][point][channel][COLUMNS], so that the {@link MicroKernel} does the products.
 */
final class Winograd {
    /** Outputs of a patch along an axis, and points. */
    private static final int TILE = 4;

    private static final int POINTS = 6;
    private static final int TAPS = 3;

    /** Patches of a strip: the transforms of 160 channels, 0.8 MB, about fit the second-level cache. */
    private static final int STRIP = 3 * 12;

    /** The most elements that a kernel's transform may take; beyond it a plain product is used. */
    private static final int MAX_KERNEL = 1 << 23;

    private final Workers workers;
    private final Workspace workspace;

    Winograd(Workers workers, Workspace workspace) {
        this.workers = workers;
        this.workspace = workspace;
    }

    /** Whether this is the way for maps of that size; does not ask how many there are. */
    static boolean suits(CpuWeight w, int height, int width) {
        int channels = w.size(1);
        return w.size(2) == TAPS
                && w.size(3) == TAPS
                && channels % CHUNK == 0
                && height * width >= 32 * 32
                && POINTS * POINTS * channels * Lanes.roundUp(w.size(0), COLUMNS) <= MAX_KERNEL;
    }

    /** Convolves x, enlarged twofold where {@code zoom} is 1, with w; the epilogue gets one row of pixels at a time. */
    void run(CpuBuffer x, CpuWeight w, int zoom, Gemm.Epilogue epilogue) {
        int channels = x.size(3);
        int panels = (w.size(0) + COLUMNS - 1) / COLUMNS;
        float[] kernels = workspace.first(panels * POINTS * POINTS * channels * COLUMNS);
        int blocks = channels / CHUNK;
        workers.forEach(panels * blocks, (worker, item) -> {
            kernel(workspace.own(worker), w, item / blocks, item % blocks * CHUNK, kernels);
        });
        Map map = new Map(x, zoom);
        int strips = (map.patches() + STRIP - 1) / STRIP;
        workers.forEach(strips, (worker, strip) -> {
            strip(workspace.own(worker), map, kernels, w.size(0), strip * STRIP, epilogue);
        });
    }

    /** Transforms the kernels of CHUNK channels of one panel: U = G·g·Gᵀ. */
    private static void kernel(Workspace.Own own, CpuWeight w, int panel, int channel, float[] kernels) {
        int channels = w.size(1);
        float[] raw = own.raw(CHUNK * TAPS * TAPS * COLUMNS);
        own.packer.pack(w, panel * COLUMNS, channel * TAPS * TAPS, CHUNK * TAPS * TAPS, raw, 0);
        float[] half = own.points(POINTS * POINTS * COLUMNS);
        int step = channels * COLUMNS;
        for (int c = 0; c < CHUNK; c++) {
            int to = (panel * POINTS * POINTS * channels + channel + c) * COLUMNS;
            for (int lane = 0; lane < COLUMNS; lane += L) {
                for (int j = 0; j < TAPS; j++) {
                    kernelLine(raw, (c * TAPS * TAPS + j) * COLUMNS + lane, TAPS * COLUMNS, half, j * L, TAPS * L);
                }
                for (int i = 0; i < POINTS; i++) {
                    kernelLine(half, i * TAPS * L, L, kernels, to + i * POINTS * step + lane, step);
                }
            }
        }
    }

    private static void kernelLine(float[] g, int at, int stride, float[] out, int to, int step) {
        FloatVector a = FloatVector.fromArray(F, g, at);
        FloatVector b = FloatVector.fromArray(F, g, at + stride);
        FloatVector c = FloatVector.fromArray(F, g, at + 2 * stride);
        FloatVector outer = a.add(c).mul(-1f / 6);
        FloatVector wide = a.mul(1f / 24).add(c.mul(1f / 6));
        a.mul(0.25f).intoArray(out, to);
        outer.sub(b.mul(1f / 6)).intoArray(out, to + step);
        outer.add(b.mul(1f / 6)).intoArray(out, to + 2 * step);
        wide.add(b.mul(1f / 12)).intoArray(out, to + 3 * step);
        wide.sub(b.mul(1f / 12)).intoArray(out, to + 4 * step);
        c.intoArray(out, to + 5 * step);
    }

    /** One strip of patches, for all output channels. */
    private static void strip(
            Workspace.Own own, Map map, float[] kernels, int outputs, int first, Gemm.Epilogue epilogue) {
        int count = Math.min(STRIP, map.patches() - first);
        int padded = PackedRows.padded(count);
        int channels = map.x.size(3);
        int pointSize = padded * channels;
        float[] v = own.weights(POINTS * POINTS * pointSize);
        for (int p = 0; p < count; p++) {
            int tile = p / TALL * TALL;
            int height = PackedRows.tileRows(tile, count);
            int at = PackedRows.tileAt(tile, channels) + p % TALL * CHUNK;
            input(own, map, first + p, v, at, height * CHUNK, pointSize);
        }
        float[] m = own.accumulators(POINTS * POINTS * padded * COLUMNS);
        float[] pixels = own.panel(TILE * TILE * COLUMNS);
        for (int column = 0; column < outputs; column += COLUMNS) {
            Arrays.fill(m, 0, POINTS * POINTS * padded * COLUMNS, 0);
            int panel = column * POINTS * POINTS * channels;
            for (int point = 0; point < POINTS * POINTS; point++) {
                int b = panel + point * channels * COLUMNS;
                for (int r = 0; r < count; r += TALL) {
                    int a = point * pointSize + PackedRows.tileAt(r, channels);
                    int c = (point * padded + r) * COLUMNS;
                    MicroKernel.run(PackedRows.tileRows(r, count), v, a, kernels, b, COLUMNS, channels, m, c, COLUMNS);
                }
            }
            int columns = Math.min(COLUMNS, outputs - column);
            for (int p = 0; p < count; p++) {
                output(own, m, p * COLUMNS, padded * COLUMNS, pixels);
                map.deliver(first + p, pixels, column, columns, epilogue);
            }
        }
    }

    /** Transforms one patch: V = Bᵀ·d·B, CHUNK channels at a time. */
    private static void input(Workspace.Own own, Map map, int patch, float[] v, int at, int chunkStep, int pointSize) {
        int[] from = own.patch;
        map.locate(patch, from);
        int channels = map.x.size(3);
        float[] x = map.x.floats;
        float[] half = own.points(POINTS * POINTS * COLUMNS);
        for (int c = 0; c < channels; c += L) {
            for (int j = 0; j < POINTS; j++) {
                inputLine(
                        load(x, from[j], c),
                        load(x, from[POINTS + j], c),
                        load(x, from[2 * POINTS + j], c),
                        load(x, from[3 * POINTS + j], c),
                        load(x, from[4 * POINTS + j], c),
                        load(x, from[5 * POINTS + j], c),
                        half,
                        j * L,
                        POINTS * L);
            }
            int to = at + c / CHUNK * chunkStep + c % CHUNK;
            for (int i = 0; i < POINTS; i++) {
                int line = i * POINTS * L;
                inputLine(
                        FloatVector.fromArray(F, half, line),
                        FloatVector.fromArray(F, half, line + L),
                        FloatVector.fromArray(F, half, line + 2 * L),
                        FloatVector.fromArray(F, half, line + 3 * L),
                        FloatVector.fromArray(F, half, line + 4 * L),
                        FloatVector.fromArray(F, half, line + 5 * L),
                        v,
                        to + i * POINTS * pointSize,
                        pointSize);
            }
        }
    }

    /** A pixel's channels, zeros where it lies outside. */
    private static FloatVector load(float[] x, int from, int channel) {
        return from < 0 ? FloatVector.zero(F) : FloatVector.fromArray(F, x, from + channel);
    }

    private static void inputLine(
            FloatVector d0,
            FloatVector d1,
            FloatVector d2,
            FloatVector d3,
            FloatVector d4,
            FloatVector d5,
            float[] out,
            int to,
            int step) {
        FloatVector even = d4.sub(d2.mul(4));
        FloatVector odd = d3.sub(d1.mul(4));
        FloatVector evenNear = d4.sub(d2);
        FloatVector oddNear = d3.sub(d1).mul(2);
        d0.mul(4).sub(d2.mul(5)).add(d4).intoArray(out, to);
        even.add(odd).intoArray(out, to + step);
        even.sub(odd).intoArray(out, to + 2 * step);
        evenNear.add(oddNear).intoArray(out, to + 3 * step);
        evenNear.sub(oddNear).intoArray(out, to + 4 * step);
        d1.mul(4).sub(d3.mul(5)).add(d5).intoArray(out, to + 5 * step);
    }

    /** Transforms one patch back: Aᵀ·m·A, to [4·4][COLUMNS]. */
    private static void output(Workspace.Own own, float[] m, int at, int pointSize, float[] pixels) {
        float[] half = own.points(POINTS * POINTS * COLUMNS);
        for (int lane = 0; lane < COLUMNS; lane += L) {
            for (int j = 0; j < POINTS; j++) {
                outputLine(m, at + j * pointSize + lane, POINTS * pointSize, half, j * L, POINTS * L);
            }
            for (int i = 0; i < TILE; i++) {
                outputLine(half, i * POINTS * L, L, pixels, i * TILE * COLUMNS + lane, COLUMNS);
            }
        }
    }

    private static void outputLine(float[] m, int at, int stride, float[] out, int to, int step) {
        FloatVector m0 = FloatVector.fromArray(F, m, at);
        FloatVector m1 = FloatVector.fromArray(F, m, at + stride);
        FloatVector m2 = FloatVector.fromArray(F, m, at + 2 * stride);
        FloatVector m3 = FloatVector.fromArray(F, m, at + 3 * stride);
        FloatVector m4 = FloatVector.fromArray(F, m, at + 4 * stride);
        FloatVector m5 = FloatVector.fromArray(F, m, at + 5 * stride);
        FloatVector sum = m1.add(m2);
        FloatVector difference = m1.sub(m2);
        FloatVector wideSum = m3.add(m4);
        FloatVector wideDifference = m3.sub(m4);
        m0.add(sum).add(wideSum).intoArray(out, to);
        difference.add(wideDifference.mul(2)).intoArray(out, to + step);
        sum.add(wideSum.mul(4)).intoArray(out, to + 2 * step);
        difference.add(wideDifference.mul(8)).add(m5).intoArray(out, to + 3 * step);
    }

    /** The patches of a batch of maps. */
    private record Map(CpuBuffer x, int zoom) {
        int height() {
            return x.size(1) << zoom;
        }

        int width() {
            return x.size(2) << zoom;
        }

        int down() {
            return (height() + TILE - 1) / TILE;
        }

        int across() {
            return (width() + TILE - 1) / TILE;
        }

        int patches() {
            return x.size(0) * down() * across();
        }

        /** Where the 36 pixels of a patch begin in the array; −1 for those outside. */
        void locate(int patch, int[] from) {
            int picture = patch / across() / down();
            int top = patch / across() % down() * TILE - 1;
            int left = patch % across() * TILE - 1;
            for (int i = 0; i < POINTS; i++) {
                for (int j = 0; j < POINTS; j++) {
                    int y = top + i;
                    int z = left + j;
                    boolean inside = y >= 0 && z >= 0 && y < height() && z < width();
                    int pixel = (picture * x.size(1) + (y >> zoom)) * x.size(2) + (z >> zoom);
                    from[i * POINTS + j] = inside ? x.offset + pixel * x.size(3) : -1;
                }
            }
        }

        /** Hands a patch's outputs to the epilogue, row by row. */
        void deliver(int patch, float[] pixels, int column, int columns, Gemm.Epilogue epilogue) {
            int picture = patch / across() / down();
            int top = patch / across() % down() * TILE;
            int left = patch % across() * TILE;
            int count = Math.min(TILE, width() - left);
            for (int i = 0; i < TILE && top + i < height(); i++) {
                int row = (picture * height() + top + i) * width() + left;
                epilogue.accept(pixels, i * TILE * COLUMNS, row, count, column, columns);
            }
        }
    }
}
