package dev.tandem.tornado.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Zeroed host memory whose pages come into being when they are touched. TornadoVM wants a host array behind everything
 * on the device; most of ours are never read or written on the host, so theirs costs address space only.
 */
public final class HostMemory {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private HostMemory() {}

    static MemorySegment allocate(long bytes) {
        try {
            MemorySegment segment = (MemorySegment) CALLOC.invokeExact(bytes, 1L);
            if (segment.equals(MemorySegment.NULL)) {
                throw new OutOfMemoryError("no " + bytes + " bytes of host memory");
            }
            return segment.reinterpret(bytes);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void free(MemorySegment segment) {
        try {
            FREE.invokeExact(segment);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
