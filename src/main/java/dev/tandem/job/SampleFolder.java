package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.image.RgbImage;
import dev.tandem.output.FolderSink;
import dev.tandem.output.PictureNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PNG file per picture: one that exists is whole, so the files themselves tell what is missing. */
public final class SampleFolder implements SampleOutput {
    private final FolderSink sink;
    private final PictureNames names;
    private final List<Prompt> missing;

    public SampleFolder(Path folder, PictureNames names, List<Prompt> pictures) throws IOException {
        this.names = names;
        this.sink = new FolderSink(folder);
        this.missing = pictures.stream()
                .filter(p -> !Files.exists(folder.resolve(names.file(p))))
                .toList();
    }

    @Override
    public List<Prompt> missing() {
        return missing;
    }

    @Override
    public void accept(Prompt prompt, RgbImage image) throws IOException {
        sink.accept(image, names.file(prompt), names.text(prompt));
    }

    @Override
    public void flush() {}

    @Override
    public void finish() {}

    @Override
    public void close() {
        sink.close();
    }
}
