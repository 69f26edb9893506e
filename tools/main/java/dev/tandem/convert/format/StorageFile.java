package dev.tandem.convert.format;

import java.lang.foreign.MemorySegment;

/** Where the bytes of storages are. */
interface StorageFile {
    /** All bytes of the storage of that key, in place. */
    MemorySegment bytes(TorchStorage storage);

    /** Compares the storage with its checksum, where the container has one. */
    void verify(TorchStorage storage);
}
