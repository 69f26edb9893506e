package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The file that torch wrote before 1.6: pickles of a magic number, a protocol number, the writer's system, the object
 * and the list of storage keys, then for each key a count of elements and the raw elements.
 */
final class TorchLegacy implements StorageFile {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final String where;
    private final MemorySegment file;
    private final TorchHost host;
    private final Map<String, MemorySegment> storages = new HashMap<>();
    private final Object root;

    TorchLegacy(String where, MemorySegment file, TorchHost host) {
        this.where = where;
        this.file = file;
        this.host = host;
        ByteReader in = new ByteReader(where, file, 0);
        if (!MAGIC.equals(Unpickler.read(in, host))) {
            throw new FormatException(where, "is a pickle, but no torch checkpoint");
        }
        Object protocol = Unpickler.read(in, host);
        if (!Long.valueOf(PROTOCOL).equals(protocol)) {
            throw new FormatException(where, "is of an unknown version of torch's legacy format");
        }
        // the writer's system; whatever its order of bytes, torch writes these files little-endian
        Unpickler.read(in, host);
        root = Unpickler.read(in, host);
        if (!(Unpickler.read(in, host) instanceof PyList keys)) {
            throw new FormatException(where, "lacks its list of storages");
        }
        locate(in, keys.items());
    }

    private void locate(ByteReader in, List<Object> keys) {
        for (Object item : keys) {
            String key = String.valueOf(item instanceof Long || item instanceof String ? item : null);
            TorchStorage storage = host.storages().get(key);
            if (storage == null) {
                throw new FormatException(where, "has a storage '" + key + "' that no tensor refers to");
            }
            long elements = in.i64();
            if (elements != storage.elements()) {
                throw in.wrong(
                        "storage '" + key + "' has " + elements + " elements, not " + storage.elements() + ", it ends");
            }
            long bytes = elements * storage.elementBytes();
            long start = in.position();
            in.skip(bytes);
            storages.put(key, file.asSlice(start, bytes));
        }
    }

    /** What the pickle holds. */
    Object root() {
        return root;
    }

    @Override
    public MemorySegment bytes(TorchStorage storage) {
        MemorySegment bytes = storages.get(storage.key());
        if (bytes == null) {
            throw new FormatException(where, "has no data for storage '" + storage.key() + "'");
        }
        return bytes;
    }

    @Override
    public long size(TorchStorage storage) {
        return bytes(storage).byteSize();
    }

    @Override
    public boolean bigEndian() {
        return false;
    }

    @Override
    public void verify(TorchStorage storage) {
        // the legacy format has no checksums
    }
}
