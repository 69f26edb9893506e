package dev.tandem.api;

import dev.tandem.folder.ConfigJson;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelFolder;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The demo model on the class path, copied to files while it is in use, since weights are mapped from files. */
final class DemoModel implements AutoCloseable {
    private static final String PLACE = "dev/tandem/demo/";

    private final Path folder;
    private final List<Path> files = new ArrayList<>();

    private DemoModel(Path folder) {
        this.folder = folder;
    }

    static DemoModel copy() throws IOException {
        ClassLoader loader = loader();
        DemoModel demo = new DemoModel(Files.createTempDirectory("tandem-demo"));
        try {
            Path config = demo.take(loader, ModelFolder.CONFIG);
            for (ModelConfig.Part part : ConfigJson.read(config).parts().values()) {
                demo.take(loader, part.file());
            }
            return demo;
        } catch (IOException | RuntimeException e) {
            demo.close();
            throw e;
        }
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        for (ClassLoader loader : new ClassLoader[] {DemoModel.class.getClassLoader(), context}) {
            if (loader != null && loader.getResource(PLACE + ModelFolder.CONFIG) != null) {
                return loader;
            }
        }
        throw new InvalidRequestException(
                "demo",
                "the demo model is not on the class path; add the artifact dev.tandem:tandem-demo, or name a ‹model›");
    }

    private Path take(ClassLoader loader, String name) throws IOException {
        Path to = folder.resolve(name);
        files.add(to);
        try (InputStream in = loader.getResourceAsStream(PLACE + name)) {
            if (in == null) {
                throw new IOException(PLACE + name + " is missing on the class path");
            }
            Files.copy(in, to);
        }
        return to;
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }
}
