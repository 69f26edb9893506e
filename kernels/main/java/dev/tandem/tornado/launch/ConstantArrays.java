package dev.tandem.tornado.launch;

import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Small arrays of fixed numbers on the device, each kept once. */
public final class ConstantArrays {
    private final DeviceMemory memory;
    private final Map<List<Integer>, DeviceArray> ints = new HashMap<>();
    private final Map<List<Integer>, DeviceArray> floats = new HashMap<>();
    private final Map<DeviceArray.Type, List<DeviceArray>> standIns = new EnumMap<>(DeviceArray.Type.class);

    public ConstantArrays(DeviceMemory memory) {
        this.memory = memory;
    }

    public DeviceMemory memory() {
        return memory;
    }

    /** An array that nothing reads or writes. */
    DeviceArray standIn(DeviceArray.Type type, int number) {
        List<DeviceArray> all = standIns.computeIfAbsent(type, t -> new ArrayList<>());
        while (all.size() <= number) {
            all.add(new DeviceArray("none", type, 4));
        }
        return all.get(number);
    }

    DeviceArray ints(int... values) {
        return ints.computeIfAbsent(IntStream.of(values).boxed().toList(), k -> {
            DeviceArray a = new DeviceArray("ints", DeviceArray.Type.I32, values.length);
            memory.place(a);
            MemorySegment.copy(values, 0, a.mirror(), ValueLayout.JAVA_INT, 0, values.length);
            memory.upload(a);
            return a;
        });
    }

    DeviceArray floats(float... values) {
        List<Integer> key = IntStream.range(0, values.length)
                .map(i -> Float.floatToRawIntBits(values[i]))
                .boxed()
                .toList();
        return floats.computeIfAbsent(key, k -> {
            DeviceArray a = new DeviceArray("floats", DeviceArray.Type.F32, values.length);
            memory.place(a);
            MemorySegment.copy(values, 0, a.mirror(), ValueLayout.JAVA_FLOAT, 0, values.length);
            memory.upload(a);
            return a;
        });
    }
}
