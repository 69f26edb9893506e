package dev.tandem.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RgbImageTest {
    @Test
    void pixelsAreRoundedToTheNearestStep() {
        float[] pixels = {9, -1, 1, 0, -1.1f, 1.1f, 0.0039f};
        byte[] rgb = RgbImage.ofPixels(pixels, 1, 2, 1).rgb();
        assertArrayEquals(new byte[] {0, -1, (byte) 128, 0, -1, (byte) 128}, rgb);
        for (int i = 0; i < 256; i++) {
            RgbImage one = RgbImage.filled(1, 1, i);
            assertArrayEquals(
                    one.rgb(), RgbImage.ofPixels(one.toPixels(), 0, 1, 1).rgb());
        }
    }

    @Test
    void gridsHaveWhiteGapsAndAWhiteEnd() {
        RgbImage black = RgbImage.filled(2, 2, 0);
        RgbImage grid = new Grid(2, 1).lay(List.of(black, black, black));
        assertEquals(5, grid.width());
        assertEquals(5, grid.height());
        String rows = "";
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 5; x++) {
                rows += grid.rgb()[3 * (y * 5 + x)] == 0 ? "#" : ".";
            }
            rows += "\n";
        }
        assertEquals("##.##\n##.##\n.....\n##...\n##...\n", rows);
        assertEquals(2, new Grid(8, 4).lay(List.of(black)).width());
        assertEquals(3, Grid.squareColumns(7, 8));
        assertEquals(8, Grid.squareColumns(1000, 8));
    }

    @Test
    void resizingKeepsFlatAreasAndTheMiddle() {
        RgbImage wide = RgbImage.filled(30, 10, 50);
        RgbImage square = Resize.centreSquare(wide, 16);
        assertEquals(16, square.width());
        assertArrayEquals(RgbImage.filled(16, 16, 50).rgb(), square.rgb());
        wide.draw(RgbImage.filled(10, 10, 200), 10, 0);
        assertArrayEquals(
                RgbImage.filled(10, 10, 200).rgb(),
                Resize.centreSquare(wide, 10).rgb());
        assertArrayEquals(
                RgbImage.filled(4, 4, 200).rgb(), Resize.centreSquare(wide, 4).rgb());
    }

    @Test
    void levelsAreUnsigned() {
        assertArrayEquals(
                new float[] {200, 200, 200}, RgbImage.filled(1, 1, 200).levels());
    }

    @Test
    void planesTurnAround() {
        float[] last = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        float[] first = Planes.channelsFirst(last, 2, 3);
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12}, first);
        assertArrayEquals(last, Planes.channelsLast(first, 2, 3));
    }
}
