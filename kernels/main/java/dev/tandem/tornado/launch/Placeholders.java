package dev.tandem.tornado.launch;

import dev.tandem.tornado.memory.DeviceArray;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Arrays in the place of a launch's own, of the same types and not on any device: what a kernel needs to be compiled, for
 * neither sizes nor contents enter its code.
 */
public final class Placeholders extends Arguments {
    private final Set<Integer> hashes = new HashSet<>();

    public Placeholders() {
        super(null);
    }

    @Override
    Object use(DeviceArray a, DeviceArray.Type type) {
        return switch (type) {
            case F32 -> fresh(() -> new FloatArray(1));
            case F16 -> fresh(() -> new HalfFloatArray(1));
            case I8 -> fresh(() -> new Int8Array(1));
            case I32 -> fresh(() -> new IntArray(1));
            case I64 -> fresh(() -> new LongArray(1));
        };
    }

    @Override
    public LongArray longs(DeviceArray a) {
        return (LongArray) use(a, DeviceArray.Type.I64);
    }

    @Override
    public IntArray dims(int... values) {
        return ints(null);
    }

    @Override
    public FloatArray values(float... values) {
        return floats(null);
    }

    /** TornadoVM tells arrays apart by their identity hash. */
    private TornadoNativeArray fresh(Supplier<TornadoNativeArray> make) {
        TornadoNativeArray array = make.get();
        while (!hashes.add(array.hashCode())) {
            array = make.get();
        }
        return array;
    }
}
