package dev.tandem.output;

import dev.tandem.host.AtomicFile;
import dev.tandem.image.Grid;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All pictures in one PNG file. */
public final class GridSink implements PictureSink {
    private final Path target;
    private final AtomicFile file;
    private final Grid grid;
    private final Map<String, String> text;
    private final List<RgbImage> images = new ArrayList<>();

    public GridSink(Path target, Grid grid, Map<String, String> text) throws IOException {
        this.target = target;
        this.grid = grid;
        this.text = text;
        this.file = new AtomicFile(target);
    }

    @Override
    public void accept(RgbImage image, String name, Map<String, String> own) {
        images.add(image);
    }

    @Override
    public List<Path> finish() throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.temporary()))) {
            PngWriter.write(out, grid.lay(images), text);
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
        file.commit();
        return List.of(target);
    }

    @Override
    public void close() {
        file.close();
    }
}
