package dev.tandem.image;

/**
 * Which places of a picture are marked.
 *
 * @param marked [height, width]
 */
public record Mask(int width, int height, boolean[] marked) {
    /** From this grey on a mask's picture marks: white does, black does not. */
    private static final int BRIGHT = 128;

    public Mask {
        if (width < 1 || height < 1 || marked.length != Math.multiplyExact(width, height)) {
            throw new IllegalArgumentException(marked.length + " values are no mask of " + width + "×" + height);
        }
    }

    /** Marks what is bright. */
    public static Mask of(RgbImage image) {
        boolean[] marked = new boolean[image.width() * image.height()];
        for (int i = 0; i < marked.length; i++) {
            int sum = 0;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                sum += image.rgb()[RgbImage.CHANNELS * i + c] & 0xff;
            }
            marked[i] = sum >= RgbImage.CHANNELS * BRIGHT;
        }
        return new Mask(image.width(), image.height(), marked);
    }

    /** Marks a rectangle, as much of it as lies within. */
    public static Mask rectangle(int width, int height, int x, int y, int across, int down) {
        boolean[] marked = new boolean[width * height];
        for (int row = Math.max(0, y); row < Math.min(height, (long) y + down); row++) {
            for (int column = Math.max(0, x); column < Math.min(width, (long) x + across); column++) {
                marked[row * width + column] = true;
            }
        }
        return new Mask(width, height, marked);
    }

    /** Marks what was not, and the other way round. */
    public Mask inverted() {
        boolean[] out = new boolean[marked.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = !marked[i];
        }
        return new Mask(width, height, out);
    }

    /** Marks as well what lies within so many places, along the sides and across, of what is marked. */
    public Mask grown(int places) {
        boolean[] out = new boolean[marked.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int row = Math.max(0, y - places); row <= Math.min(height - 1, y + places); row++) {
                    for (int column = Math.max(0, x - places); column <= Math.min(width - 1, x + places); column++) {
                        out[y * width + x] |= marked[row * width + column];
                    }
                }
            }
        }
        return new Mask(width, height, out);
    }

    public int count() {
        int n = 0;
        for (boolean m : marked) {
            n += m ? 1 : 0;
        }
        return n;
    }

    /** Another size, as PyTorch's "nearest" takes it: place i of n is place ⌊i·from/n⌋. */
    public Mask nearest(int toWidth, int toHeight) {
        boolean[] out = new boolean[toWidth * toHeight];
        for (int y = 0; y < toHeight; y++) {
            int line = (int) ((long) y * height / toHeight) * width;
            for (int x = 0; x < toWidth; x++) {
                out[y * toWidth + x] = marked[line + (int) ((long) x * width / toWidth)];
            }
        }
        return new Mask(toWidth, toHeight, out);
    }

    /** The square in the middle, as large as fits. */
    public Mask centreSquare() {
        int side = Math.min(width, height);
        int left = (width - side) / 2;
        int top = (height - side) / 2;
        boolean[] out = new boolean[side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(marked, (top + y) * width + left, out, y * side, side);
        }
        return new Mask(side, side, out);
    }

    /** 1 where marked, else 0. */
    public float[] toFloats() {
        float[] out = new float[marked.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = marked[i] ? 1 : 0;
        }
        return out;
    }

    /**
     * 1 where marked, falling with the distance from there to 0 where it is {@code reach} pixels or more.
     *
     * @param reach in pixels; 0 gives a hard edge
     */
    public float[] feathered(int reach) {
        float[] out = toFloats();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (!marked[y * width + x] && reach > 0) {
                    double distance = Math.sqrt(squaredDistance(x, y, reach));
                    out[y * width + x] = (float) Math.max(0, 1 - distance / reach);
                }
            }
        }
        return out;
    }

    /** To the nearest marked place, or reach² where none is nearer. */
    private int squaredDistance(int x, int y, int reach) {
        int least = reach * reach;
        for (int row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
            for (int column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
                if (marked[row * width + column]) {
                    least = Math.min(least, (row - y) * (row - y) + (column - x) * (column - x));
                }
            }
        }
        return least;
    }
}
