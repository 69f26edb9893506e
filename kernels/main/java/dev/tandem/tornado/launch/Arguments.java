package dev.tandem.tornado.launch;

import dev.tandem.tornado.memory.DeviceArray;
import java.util.LinkedHashSet;
import java.util.Set;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Turns what was recorded into what a task graph takes: places arrays on the device, and puts a stand-in where a kernel
 * has a parameter for another element type. Remembers what the graph uses.
 */
public class Arguments {
    private final ConstantArrays constants;
    private final Set<DeviceArray> used = new LinkedHashSet<>();

    /** Stand-ins given to the present task: each its own, for TornadoVM hangs on a task that writes one array twice. */
    private int standIns;

    public Arguments(ConstantArrays constants) {
        this.constants = constants;
    }

    public Set<DeviceArray> used() {
        return used;
    }

    /** The next task begins. */
    public void next() {
        standIns = 0;
    }

    /** The array, or a stand-in where it is of another type. */
    Object use(DeviceArray a, DeviceArray.Type type) {
        DeviceArray array = a != null && a.type() == type ? a : constants.standIn(type, standIns++);
        used.add(array);
        return constants.memory().place(array);
    }

    public FloatArray floats(DeviceArray a) {
        return (FloatArray) use(a, DeviceArray.Type.F32);
    }

    public HalfFloatArray halves(DeviceArray a) {
        return (HalfFloatArray) use(a, DeviceArray.Type.F16);
    }

    public Int8Array bytes(DeviceArray a) {
        return (Int8Array) use(a, DeviceArray.Type.I8);
    }

    public IntArray ints(DeviceArray a) {
        return (IntArray) use(a, DeviceArray.Type.I32);
    }

    /** An array of another type as the longs that share its memory. */
    public LongArray longs(DeviceArray a) {
        DeviceArray array =
                constants.memory().longs(a == null ? constants.standIn(DeviceArray.Type.F16, standIns++) : a);
        used.add(array);
        return (LongArray) array.array();
    }

    /** Any array, for a library. */
    public TornadoNativeArray array(DeviceArray a) {
        used.add(a);
        return constants.memory().place(a);
    }

    /** A launch's dimensions. */
    public IntArray dims(Dims dims) {
        return dims(dims.toArray());
    }

    /** Whole numbers of a launch. */
    public IntArray dims(int... values) {
        return ints(constants.ints(values));
    }

    public FloatArray values(float... values) {
        return floats(constants.floats(values));
    }
}
