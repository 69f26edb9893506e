package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What trials need of CUDA's driver on one stream: copies, and the device's clock. */
final class CudaDriver implements AutoCloseable {
    private static final List<String> NAMES = List.of("libcuda.so.1", "nvcuda.dll");
    private static final int DEFAULT_EVENT = 0;

    private final Natives.Function copyIn;
    private final Natives.Function copyOut;
    private final Natives.Function fill;
    private final Natives.Function record;
    private final Natives.Function wait;
    private final Natives.Function elapsed;
    private final Natives.Function destroy;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment begin;
    private final MemorySegment end;
    private final MemorySegment millis = arena.allocate(JAVA_FLOAT);
    private final long stream;

    CudaDriver(long stream) {
        this.stream = stream;
        Natives natives = Natives.find(NAMES)
                .orElseThrow(() ->
                        new LibraryException("CUDA's driver is missing: none of " + NAMES + " is on the library path"));
        copyIn = natives.function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        copyOut = natives.function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        fill = natives.function("cuMemsetD8Async", JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG);
        record = natives.function("cuEventRecord", ADDRESS, JAVA_LONG);
        wait = natives.function("cuStreamSynchronize", JAVA_LONG);
        elapsed = natives.function("cuEventElapsedTime", ADDRESS, ADDRESS, ADDRESS);
        destroy = natives.function("cuEventDestroy_v2", ADDRESS);
        Natives.Function create = natives.function("cuEventCreate", ADDRESS, JAVA_INT);
        begin = event(create);
        end = event(create);
    }

    private MemorySegment event(Natives.Function create) {
        MemorySegment out = arena.allocate(ADDRESS);
        create.call(out, DEFAULT_EVENT);
        return out.get(ADDRESS, 0);
    }

    void copyIn(MemorySegment from, long to) {
        copyIn.call(to, from, from.byteSize(), stream);
        await();
    }

    void copyOut(long from, MemorySegment to) {
        copyOut.call(to, from, to.byteSize(), stream);
        await();
    }

    void clear(long at, long bytes) {
        fill.call(at, (byte) 0, bytes, stream);
    }

    void await() {
        wait.call(stream);
    }

    /** Milliseconds that the device takes for what this queues. */
    float time(Runnable work) {
        record.call(begin, stream);
        work.run();
        record.call(end, stream);
        await();
        elapsed.call(millis, begin, end);
        return millis.get(JAVA_FLOAT, 0);
    }

    @Override
    public void close() {
        destroy.status(begin);
        destroy.status(end);
        arena.close();
    }
}
