package dev.tandem.image;

/**
 * A strip below a picture that tells how far it has grown, and who drew what: a field per scale, in the colour of the
 * model that draws it, pale until it is drawn.
 *
 * @param models per scale, a number for the model
 */
public record ScaleStrip(int[] models) {
    /** Blue, orange, green, red, purple, brown: told apart also by people who see fewer colours. */
    private static final int[][] COLOURS = {
        {0x1f, 0x77, 0xb4},
        {0xff, 0x7f, 0x0e},
        {0x2c, 0xa0, 0x2c},
        {0xd6, 0x27, 0x28},
        {0x94, 0x67, 0xbd},
        {0x8c, 0x56, 0x4b}
    };

    private static final int WHITE = 255;
    private static final int PALE = 5;

    public ScaleStrip {
        models = models.clone();
    }

    @Override
    public int[] models() {
        return models.clone();
    }

    /** Pixels that it adds to a picture's height. */
    public static int height(int side) {
        return gap(side) + Math.max(3, side / 24);
    }

    private static int gap(int side) {
        return Math.max(1, side / 64);
    }

    /** @param drawn how many scales are */
    public RgbImage below(RgbImage picture, int drawn) {
        int width = picture.width();
        RgbImage out = RgbImage.filled(width, picture.height() + height(width), WHITE);
        out.draw(picture, 0, 0);
        int gap = gap(width);
        for (int scale = 0; scale < models.length; scale++) {
            int[] colour = COLOURS[models[scale] % COLOURS.length];
            int left = scale * (width + gap) / models.length;
            int right = (scale + 1) * (width + gap) / models.length - gap;
            for (int y = picture.height() + gap; y < out.height(); y++) {
                for (int x = left; x < right; x++) {
                    for (int c = 0; c < RgbImage.CHANNELS; c++) {
                        int value = scale < drawn ? colour[c] : WHITE - (WHITE - colour[c]) / PALE;
                        out.rgb()[RgbImage.CHANNELS * (y * width + x) + c] = (byte) value;
                    }
                }
            }
        }
        return out;
    }
}
