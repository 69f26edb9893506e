package dev.tandem.output;

import dev.tandem.host.AtomicFile;
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

/** One PNG file per picture in a folder; each appears when it is done. */
public final class FolderSink implements PictureSink {
    private final Path folder;
    private final boolean created;
    private final List<Path> written = new ArrayList<>();

    public FolderSink(Path folder) throws IOException {
        this.folder = folder;
        this.created = !Files.exists(folder);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
        // find out now whether it can be written to
        new AtomicFile(folder.resolve("test")).close();
    }

    @Override
    public void accept(RgbImage image, String name, Map<String, String> text) throws IOException {
        Path target = folder.resolve(name);
        try {
            Files.createDirectories(target.getParent());
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
        try (AtomicFile file = new AtomicFile(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.temporary()))) {
                PngWriter.write(out, image, text);
            } catch (IOException e) {
                throw AtomicFile.failure(target, e);
            }
            file.commit();
        }
        written.add(target);
    }

    @Override
    public List<Path> finish() {
        return List.copyOf(written);
    }

    @Override
    public void close() {
        if (created && written.isEmpty()) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // a folder that others filled meanwhile stays
            }
        }
    }
}
