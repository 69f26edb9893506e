package dev.tandem.op;

/**
 * How a convolution or pooling moves over a map.
 *
 * @param height of the window
 * @param width of the window
 * @param stride between windows, down and across
 * @param padY lines around the map, above and below
 * @param padX columns around the map, left and right
 */
public record Window(int height, int width, int stride, int padY, int padX) {
    /** Square, of stride 1. */
    public static Window square(int side, int pad) {
        return new Window(side, side, 1, pad, pad);
    }

    /** Windows that fit below each other in a map of that height. */
    public int outHeight(int inHeight) {
        return Math.floorDiv(inHeight + 2 * padY - height, stride) + 1;
    }

    /** Windows that fit beside each other in a map of that width. */
    public int outWidth(int inWidth) {
        return Math.floorDiv(inWidth + 2 * padX - width, stride) + 1;
    }
}
