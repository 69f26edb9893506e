package dev.tandem.job.set;

import dev.tandem.evaluate.PictureFolder;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.file.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The pictures of a folder by their files' names, whatever folder in it they lie in: so classes are mixed, and a set
 * that was exported comes back in its order. A folder that {@code sample} drew has the order and the classes of its index.
 */
final class FolderSet implements PictureSet {
    private final Path folder;
    private final Reading reading;
    private final List<Path> files;
    private final List<String> names;
    private final long[] labels;
    private final List<String> notes;
    private int next;

    private FolderSet(Path folder, List<Path> files, long[] labels, List<String> notes, Reading reading) {
        this.folder = folder;
        this.notes = notes;
        this.reading = reading;
        this.files = files;
        this.labels = labels;
        this.names = names(files);
    }

    static FolderSet open(Path folder, Reading reading) throws IOException {
        PictureFolder pictures = PictureFolder.open(folder, reading);
        List<Path> files = pictures.files().stream()
                .map(folder::relativize)
                .sorted(Comparator.comparing((Path p) -> p.getFileName().toString())
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        SampledFolder sampled = SampledFolder.of(folder, files);
        return sampled != null
                ? new FolderSet(folder, sampled.files(), sampled.labels(), pictures.notes(), reading)
                : new FolderSet(folder, files, ClassFolders.labels(files), pictures.notes(), reading);
    }

    private static List<String> names(List<Path> files) {
        Set<String> taken = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (Path file : files) {
            String whole = file.toString();
            int dot = whole.lastIndexOf('.');
            int begin = whole.length() - file.getFileName().toString().length();
            String stem = dot > begin ? whole.substring(0, dot) : whole;
            String name = stem;
            // photo.jpg beside photo.png
            for (int i = 2; !taken.add(name); i++) {
                name = stem + "-" + i;
            }
            names.add(name);
        }
        return names;
    }

    @Override
    public int count() {
        return files.size();
    }

    @Override
    public String name(int picture) {
        return names.get(picture);
    }

    @Override
    public long[] labels() {
        return labels;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public String identity() throws IOException {
        CRC32 sum = new CRC32();
        for (Path file : files) {
            sum.update((file + "\n" + Files.size(folder.resolve(file)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return files.size() + " files, names and sizes " + HexFormat.of().toHexDigits(sum.getValue(), 8);
    }

    @Override
    public void skip(int pictures) {
        next += pictures;
    }

    @Override
    public RgbImage next() throws IOException {
        return ImageFiles.read(folder.resolve(files.get(next++)), reading);
    }

    @Override
    public void close() {}
}
