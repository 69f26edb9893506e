package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/**
 * The container that torch writes since 1.6: a zip with {@code ROOT/data.pkl} and one entry {@code ROOT/data/KEY} per
 * storage. ROOT is any name.
 */
final class TorchZip implements StorageFile {
    private static final String PICKLE = "data.pkl";

    private final String where;
    private final ZipDirectory zip;
    private final String root;
    private final Set<String> verified = new HashSet<>();

    TorchZip(String where, MemorySegment file) {
        this.where = where;
        this.zip = new ZipDirectory(where, file);
        String pickle = zip.names().stream()
                .filter(n -> n.equals(PICKLE) || n.endsWith("/" + PICKLE))
                .min(Comparator.comparingInt(String::length))
                .orElseThrow(() -> new FormatException(where, "is a zip archive, but no torch checkpoint (no data.pkl)"));
        this.root = pickle.substring(0, pickle.length() - PICKLE.length());
        if (zip.has(root + "constants.pkl")) {
            throw new FormatException(where, "is a TorchScript program; only checkpoints of tensors can be read");
        }
        if (zip.has(root + "byteorder")) {
            byte[] order = zip.bytes(root + "byteorder").asSlice(0, Math.min(16, size("byteorder"))).toArray(ValueLayout.JAVA_BYTE);
            String text = new String(order, StandardCharsets.ISO_8859_1).strip();
            if (!text.equals("little")) {
                throw new FormatException(where, "its byte order is '" + text + "'; only little-endian files can be read");
            }
        }
    }

    private long size(String entry) {
        return zip.bytes(root + entry).byteSize();
    }

    /** What the pickle holds. */
    Object read(TorchHost host) {
        zip.verify(root + PICKLE);
        ByteReader in = new ByteReader(where + ": " + PICKLE, zip.bytes(root + PICKLE), 0);
        return Unpickler.read(in, host);
    }

    private String entry(TorchStorage storage) {
        return root + "data/" + storage.key();
    }

    @Override
    public MemorySegment bytes(TorchStorage storage) {
        return zip.bytes(entry(storage));
    }

    @Override
    public void verify(TorchStorage storage) {
        if (verified.add(storage.key())) {
            zip.verify(entry(storage));
        }
    }
}
