package dev.tandem.image;

import java.util.List;

/**
 * Lays pictures of one size out in rows, a white gap between them.
 *
 * @param columns pictures a row
 * @param gap pixels between neighbours; none around
 */
public record Grid(int columns, int gap) {
    private static final int WHITE = 255;

    /** As square as possible, at most {@code most} a row. */
    public static int squareColumns(int pictures, int most) {
        return Math.clamp((int) Math.ceil(Math.sqrt(pictures)), 1, most);
    }

    /** Bytes of the picture that all of them make. */
    public long bytes(long pictures, int width, int height) {
        long across = Math.min(columns, pictures) * (width + gap) - gap;
        long down = (pictures + columns - 1) / columns * (height + gap) - gap;
        return across * down * RgbImage.CHANNELS;
    }

    /** All pictures in one; a last row that is not full stays white at its end. */
    public RgbImage lay(List<RgbImage> pictures) {
        int width = pictures.getFirst().width();
        int height = pictures.getFirst().height();
        int across = Math.min(columns, pictures.size());
        int rows = (pictures.size() + columns - 1) / columns;
        RgbImage out = RgbImage.filled(across * (width + gap) - gap, rows * (height + gap) - gap, WHITE);
        for (int i = 0; i < pictures.size(); i++) {
            out.draw(pictures.get(i), i % columns * (width + gap), i / columns * (height + gap));
        }
        return out;
    }
}
