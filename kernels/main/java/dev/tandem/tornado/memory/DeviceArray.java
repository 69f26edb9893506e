package dev.tandem.tornado.memory;

import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;

/**
 * One array on the device. Until it is first used it is only a size, which may still grow: users that take turns in one
 * array ask for the most that any of them needs.
 */
public final class DeviceArray {
    /** Where in its memory TornadoVM takes an array to begin for pairs of fp16 and for tensor cores: the JVM's header. */
    private static final int ASSUMED_HEADER = 16;

    /** What its elements are. */
    public enum Type {
        F32(4),
        F16(2),
        I8(1),
        I32(4),
        I64(8);

        public final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** What TornadoVM's indexes of pairs of fp16 and of tensor cores' tiles are short of, in elements. */
        public int headerShift() {
            return ((int) TornadoNativeArray.ARRAY_HEADER - ASSUMED_HEADER) / bytes;
        }
    }

    private final String name;
    private final Type type;
    private long elements;

    /** The handle that task graphs know it by; its memory on the host is a mirror. Null until allocated. */
    private TornadoNativeArray array;

    private MemorySegment host;

    /** The same memory as longs, for kernels that only move it; made when asked for. */
    private DeviceArray longs;

    /** Where it lies on the device. */
    private XPUDeviceBufferState state;

    public DeviceArray(String name, Type type, long elements) {
        this.name = name;
        this.type = type;
        this.elements = elements;
    }

    String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** 1 where elements are fp16. */
    public int half() {
        return type == Type.F16 ? 1 : 0;
    }

    /** Which of a weight's types its elements have, as kernels number them. */
    public int weightType() {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case I8 -> 2;
            case I32, I64 -> throw new IllegalArgumentException("a matrix of integers");
        };
    }

    public long elements() {
        return elements;
    }

    public boolean allocated() {
        return state != null;
    }

    /** Makes it large enough, if it is not on the device yet; says whether it is. */
    public boolean grow(long least) {
        if (least > elements && !allocated()) {
            elements = least;
        }
        return least <= elements;
    }

    /** Bytes on the device, the header that TornadoVM puts before every array included. */
    long bytes() {
        return elements * type.bytes + TornadoNativeArray.ARRAY_HEADER;
    }

    /** Makes the host's side of it; a handle's identity hash must be unlike all others', for TornadoVM keys by it. */
    TornadoNativeArray createHandle() {
        if (host == null) {
            host = HostMemory.allocate(bytes());
        }
        array = switch (type) {
            case F32 -> FloatArray.fromSegmentShallow(host);
            case F16 -> HalfFloatArray.fromSegmentShallow(host);
            case I8 -> Int8Array.fromSegmentShallow(host);
            case I32 -> IntArray.fromSegmentShallow(host);
            case I64 -> LongArray.fromSegmentShallow(host);
        };
        return array;
    }

    /**
     * The same memory on the device, by the handle of an array of longs.
     *
     * @param fresh says of a handle whether no other has its identity hash
     */
    DeviceArray longs(Predicate<TornadoNativeArray> fresh) {
        if (longs == null) {
            longs = new DeviceArray(name, Type.I64, elements * type.bytes / Type.I64.bytes);
            longs.host = host;
            longs.state = state;
            do {
                longs.createHandle();
            } while (!fresh.test(longs.array));
        }
        return longs;
    }

    void placed(XPUDeviceBufferState at) {
        state = at;
    }

    public TornadoNativeArray array() {
        return array;
    }

    public XPUDeviceBufferState state() {
        return state;
    }

    /** Where its elements begin on the device, for libraries. */
    public long address() {
        return state.getXPUBuffer().toBuffer() + TornadoNativeArray.ARRAY_HEADER;
    }

    /** The mirror's elements. */
    public MemorySegment mirror() {
        return host.asSlice(TornadoNativeArray.ARRAY_HEADER);
    }

    void freeMirror() {
        if (host != null) {
            HostMemory.free(host);
            host = null;
        }
    }

    @Override
    public String toString() {
        return name + " " + type + " [" + elements + "]";
    }
}
