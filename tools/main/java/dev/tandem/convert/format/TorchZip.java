package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The container that torch writes since 1.6: a zip with {@code ROOT/data.pkl} and one entry {@code ROOT/data/KEY} per
 * storage. ROOT is any name.
 */
final class TorchZip implements StorageFile {
    private static final String PICKLE = "data.pkl";
    private static final String BYTE_ORDER = "byteorder";
    private static final Pattern CHECKPOINT = Pattern.compile("\\.(pth|pt|ckpt|bin|safetensors)$");

    private final String where;
    private final ZipDirectory zip;
    private final String root;
    private final boolean bigEndian;
    private final Set<String> verified = new HashSet<>();
    private String unpackedEntry;
    private MemorySegment unpacked;

    TorchZip(String where, MemorySegment file) {
        this.where = where;
        this.zip = new ZipDirectory(where, file);
        this.root = root();
        if (zip.has(root + "constants.pkl")) {
            throw new FormatException(
                    where, "is a TorchScript program; only tensors can be read: save the module's state_dict()");
        }
        this.bigEndian = zip.has(root + BYTE_ORDER) && bigEndianSaid();
    }

    private String root() {
        String pickle = zip.names().stream()
                .filter(n -> n.equals(PICKLE) || n.endsWith("/" + PICKLE))
                .min(Comparator.comparingInt(String::length))
                .orElseThrow(() -> new FormatException(
                        where,
                        "is a zip archive, but no torch checkpoint (no data.pkl)"
                                + zip.names().stream()
                                        .filter(n -> CHECKPOINT.matcher(n).find())
                                        .findFirst()
                                        .map(n -> "; unpack it, it has '" + n + "'")
                                        .orElse("")));
        return pickle.substring(0, pickle.length() - PICKLE.length());
    }

    private boolean bigEndianSaid() {
        MemorySegment entry = zip.bytes(root + BYTE_ORDER);
        byte[] order = entry.asSlice(0, Math.min(16, entry.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(order, StandardCharsets.ISO_8859_1).strip();
        return switch (text) {
            case "little" -> false;
            case "big" -> true;
            default -> throw new FormatException(where, "its byte order is '" + text + "', neither 'little' nor 'big'");
        };
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
        String entry = entry(storage);
        if (zip.stored(entry)) {
            return zip.bytes(entry);
        }
        // many tensors may lie in one storage, one after the other: the last one is kept
        if (!entry.equals(unpackedEntry)) {
            unpacked = zip.bytes(entry);
            unpackedEntry = entry;
        }
        return unpacked;
    }

    @Override
    public long size(TorchStorage storage) {
        return zip.size(entry(storage));
    }

    @Override
    public boolean bigEndian() {
        return bigEndian;
    }

    @Override
    public void verify(TorchStorage storage) {
        if (verified.add(storage.key())) {
            zip.verify(entry(storage));
        }
    }
}
