package dev.tandem.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinePlotTest {
    @TempDir
    private Path dir;

    @Test
    void drawsAPictureAndItsScalableForm() throws IOException {
        LinePlot plot = new LinePlot("title", "frequency", "amplitude");
        plot.curve("first", new double[] {0, 1, 2}, new double[] {0, -1, Double.NaN});
        plot.points("second", new double[] {1}, new double[] {0.5});
        plot.curve("nothing", new double[] {1}, new double[] {Double.POSITIVE_INFINITY});
        List<Path> files = plot.write(dir.resolve("plot"));
        assertEquals(List.of(dir.resolve("plot.png"), dir.resolve("plot.svg")), files);
        assertTrue(Files.size(files.getFirst()) > 1000);
        String svg = Files.readString(files.getLast());
        assertTrue(svg.contains("<svg"));
        assertEquals(List.of(), new LinePlot("", "", "").write(dir.resolve("empty")));
    }
}
