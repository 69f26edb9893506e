package dev.tandem.convert.format;

import java.lang.foreign.MemorySegment;

/** Where the bytes of storages are. */
interface StorageFile {
    /** All bytes of the storage of that key; in place where the file has them so. */
    MemorySegment bytes(TorchStorage storage);

    /** How many bytes {@link #bytes} would give. */
    long size(TorchStorage storage);

    /** Whether elements have their first byte at the highest place. */
    boolean bigEndian();

    /** Compares the storage with its checksum, where the container has one. */
    void verify(TorchStorage storage);
}
