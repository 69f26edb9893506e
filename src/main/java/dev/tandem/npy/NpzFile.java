package dev.tandem.npy;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.LfsPointer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip archive of arrays, stored or deflated, of any size. */
public final class NpzFile implements AutoCloseable {
    private static final String SUFFIX = ".npy";
    private static final int BUFFER = 1 << 16;

    private final Path path;
    private final ZipFile zip;

    private NpzFile(Path path, ZipFile zip) {
        this.path = path;
        this.zip = zip;
    }

    /** @throws FormatException where the file is no archive */
    public static NpzFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        LfsPointer.refuse(path);
        try {
            return new NpzFile(path, new ZipFile(path.toFile()));
        } catch (ZipException e) {
            throw new FormatException(path.toString(), "is no npz file, or is damaged (" + e.getMessage() + ")", e);
        }
    }

    /** The arrays' names, without their suffix. */
    public List<String> names() {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(n -> n.endsWith(SUFFIX))
                .map(n -> n.substring(0, n.length() - SUFFIX.length()))
                .toList();
    }

    public boolean has(String name) {
        return zip.getEntry(name + SUFFIX) != null;
    }

    /** Opens one array, to be closed before the archive is. */
    public NpyReader open(String name) throws IOException {
        ZipEntry entry = zip.getEntry(name + SUFFIX);
        if (entry == null) {
            throw new FormatException(
                    path.toString(), "has no array '" + name + "'; it has " + String.join(", ", names()));
        }
        String where = path + ":" + name;
        try {
            InputStream in = zip.getInputStream(entry);
            return new NpyReader(new BufferedInputStream(in, BUFFER), where);
        } catch (ZipException e) {
            throw new FormatException(where, "is damaged (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
