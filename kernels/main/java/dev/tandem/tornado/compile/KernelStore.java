package dev.tandem.tornado.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Compiled kernels in a folder, a file each, for the next process: compiling them is most of a first run. It is a cache:
 * what can't be read, is damaged or belongs to another build or device is as good as absent, and a folder that can't be
 * written to stays as it is. Files appear whole or not at all, so any number of processes may share the folder.
 */
public final class KernelStore {
    private static final String ENDING = ".kernel";

    private final Path folder;
    private final String origin;
    private final long limit;

    /**
     * Opens.
     *
     * @param folder need not exist
     * @param origin all that code depends on besides the launch's key, see {@link Fingerprint}
     * @param limit bytes that all files together may have; the longest unused go first
     */
    public KernelStore(Path folder, String origin, long limit) {
        this.folder = folder;
        this.origin = origin;
        this.limit = limit;
    }

    public Optional<StoredKernel> find(String key) {
        Path file = file(key);
        try {
            StoredKernel kernel = StoredKernel.decode(Files.readAllBytes(file));
            if (!kernel.key().equals(key)) {
                return Optional.empty();
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(kernel);
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // compiled anew, and written over
        }
    }

    public void keep(StoredKernel kernel) {
        String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
        try {
            Files.createDirectories(folder);
            Path part = folder.resolve(unique + ".part");
            try {
                Files.write(part, kernel.encode());
                Files.move(
                        part, file(kernel.key()), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            return; // the next process compiles again
        }
    }

    /** Removes the longest unused until the rest is within the limit. */
    public void trim() {
        record Entry(Path file, long bytes, FileTime used) {}
        try (Stream<Path> files = Files.list(folder)) {
            List<Entry> entries = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).toList()) {
                entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
            }
            entries.sort(Comparator.comparing(Entry::used));
            long bytes = entries.stream().mapToLong(Entry::bytes).sum();
            for (Entry entry : entries) {
                if (bytes <= limit) {
                    return;
                }
                Files.deleteIfExists(entry.file());
                bytes -= entry.bytes();
            }
        } catch (IOException | UncheckedIOException e) {
            return; // another process trims, or the next one will
        }
    }

    private Path file(String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] name = digest.digest((origin + "\n" + key).getBytes(StandardCharsets.UTF_8));
            return folder.resolve(HexFormat.of().formatHex(name, 0, 20) + ENDING);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
