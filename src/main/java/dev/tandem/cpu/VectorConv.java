package dev.tandem.cpu;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.COLUMNS;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.product.PackedRows;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.Window;
import java.util.Arrays;

/**
 * Convolutions as products. A row is one pixel's neighbourhood, its k ordered by blocks of {@link Lanes#CHUNK}
 * channels, within them by tap, within that by channel: so that a chunk of a packed row is a run of channels of one
 * pixel, and the block's weights stand together in a kernel's row. Large maps go by {@link Winograd}.
 */
final class VectorConv {
    /** Blocks of channels whose weights are packed together; their panel just fits the first-level cache. */
    private static final int PANEL_BLOCKS = 2;

    private final Gemm gemm;
    private final Winograd winograd;

    VectorConv(Workers workers, Workspace workspace, Gemm gemm) {
        this.gemm = gemm;
        this.winograd = new Winograd(workers, workspace);
    }

    /** Convolves x with w; the epilogue gets rows of pixels of an output of the given height and width. */
    void run(CpuBuffer x, CpuWeight w, ConvMode mode, int outHeight, int outWidth, Gemm.Epilogue epilogue) {
        run(x, w, ScalarOps.window(mode, w.size(2)), mode == ConvMode.UP ? 1 : 0, outHeight, outWidth, epilogue);
    }

    /** The same for any window, over the map enlarged by 2 to the power of {@code zoom}. */
    void run(CpuBuffer x, CpuWeight w, Window window, int zoom, int outHeight, int outWidth, Gemm.Epilogue epilogue) {
        if (window.equals(Window.square(1, 0)) && zoom == 0) {
            gemm.run(x.floats, x.offset, x.rows(), w, epilogue);
        } else if (window.equals(Window.square(3, 1)) && Winograd.suits(w, outHeight, outWidth)) {
            winograd.run(x, w, zoom, epilogue);
        } else {
            products(x, w, new Neighbourhood(x, window, zoom, outHeight, outWidth), epilogue);
        }
    }

    private void products(CpuBuffer x, CpuWeight w, Neighbourhood source, Gemm.Epilogue epilogue) {
        int taps = w.size(2) * w.size(3);
        int channels = x.size(3);
        int k = Lanes.roundUp(channels, CHUNK) * taps;
        Gemm.Panels panels = (own, column, from, count, panel, at) -> {
            int firstChannel = from / taps;
            int stored = Math.min(count, (channels - firstChannel) * taps);
            float[] raw = own.raw(count * COLUMNS);
            own.packer.pack(w, column, firstChannel * taps, stored, raw, 0);
            Arrays.fill(raw, stored * COLUMNS, count * COLUMNS, 0);
            byTap(raw, panel, at, count, taps);
        };
        int rows = x.size(0) * source.outHeight * source.outWidth;
        gemm.run(source::pack, rows, k, PANEL_BLOCKS * CHUNK * taps, panels, w.size(0), epilogue);
    }

    /** Reorders rows of a panel from (channel, tap) to (block of channels, tap, channel). */
    private static void byTap(float[] raw, float[] panel, int at, int count, int taps) {
        int to = at;
        for (int block = 0; block < count; block += CHUNK * taps) {
            for (int tap = 0; tap < taps; tap++) {
                for (int c = 0; c < CHUNK; c++, to += COLUMNS) {
                    System.arraycopy(raw, (block + c * taps + tap) * COLUMNS, panel, to, COLUMNS);
                }
            }
        }
    }

    /** The rows of a convolution's product. */
    private record Neighbourhood(CpuBuffer x, Window window, int zoom, int outHeight, int outWidth) {
        void pack(int row, int height, float[] to, int at) {
            int total = x.size(0) * outHeight * outWidth;
            for (int r = 0; r < height; r++) {
                if (row + r < total) {
                    packPixel(row + r, to, at + r * CHUNK, height * CHUNK);
                } else {
                    PackedRows.clearRow(
                            Lanes.roundUp(x.size(3), CHUNK) * window.height() * window.width(),
                            to,
                            at + r * CHUNK,
                            height);
                }
            }
        }

        private void packPixel(int pixel, float[] to, int at, int step) {
            int height = x.size(1);
            int width = x.size(2);
            int channels = x.size(3);
            int taps = window.height() * window.width();
            int picture = pixel / (outHeight * outWidth) * height;
            int row = pixel / outWidth % outHeight * window.stride() - window.padY();
            int column = pixel % outWidth * window.stride() - window.padX();
            for (int tap = 0; tap < taps; tap++) {
                int y = row + tap / window.width();
                int z = column + tap % window.width();
                boolean inside = y >= 0 && z >= 0 && y < height << zoom && z < width << zoom;
                int from = x.offset + ((picture + (y >> zoom)) * width + (z >> zoom)) * channels;
                int chunk = at + tap * step;
                for (int c = 0; c < channels; c += CHUNK, chunk += taps * step) {
                    int count = Math.min(CHUNK, channels - c);
                    if (inside) {
                        System.arraycopy(x.floats, from + c, to, chunk, count);
                    } else {
                        Arrays.fill(to, chunk, chunk + count, 0);
                    }
                    if (count < CHUNK) {
                        Arrays.fill(to, chunk + count, chunk + CHUNK, 0);
                    }
                }
            }
        }
    }
}
