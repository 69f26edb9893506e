package dev.tandem.tornado.convolution;

/** Which taps of a window lie inside the map: a bit each, by line and by column. */
final class TapWindow {
    private TapWindow() {}

    /** Bits of the taps from {@code at} on that lie inside. */
    private static int inside(int at, int taps, int size) {
        int high = Math.max(Math.min(taps, size - at), 0);
        int low = Math.min(Math.max(-at, 0), high);
        return (1 << high) - (1 << low);
    }

    /** {@link #inside} of the window that begins at y and x: lines in the lower half, columns in the upper. */
    static int of(int y, int x, int lines, int across, int height, int width) {
        return inside(y, lines, height) | inside(x, across, width) << 16;
    }
}
