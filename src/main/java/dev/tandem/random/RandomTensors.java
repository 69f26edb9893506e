package dev.tandem.random;

import dev.tandem.convert.Layout;
import dev.tandem.convert.Layout.Role;
import dev.tandem.convert.Layout.Slot;
import dev.tandem.model.Params;
import dev.tandem.tensor.Bf16;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Uniform random parameters of a layout, scaled so that activations neither vanish nor grow: matrices by their inputs,
 * norms' weights one. A tensor takes memory from when it is first asked for.
 */
final class RandomTensors implements TensorSource {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    /** Elements that one task fills. */
    private static final int CHUNK = 1 << 20;

    private static final int STEPS = 1 << 16;
    /** What VAR starts training with: ln 4. */
    private static final float SCALE_MUL = (float) Math.log(4);

    private final String origin;
    private final Map<String, Slot> slots;
    private final DType dtype;
    private final long seed;
    private final Arena arena;
    private final Map<String, Tensor> made = new HashMap<>();

    RandomTensors(String origin, Layout layout, String dtype, long seed, Arena arena) {
        this.origin = origin;
        this.slots = layout.slots();
        this.dtype = switch (dtype) {
            case "fp32" -> DType.F32;
            case "fp16" -> DType.F16;
            case "bf16" -> DType.BF16;
            case "int8" -> DType.I8;
            default -> throw new IllegalArgumentException("dtype must be fp32, fp16, bf16 or int8, not " + dtype);
        };
        this.seed = seed;
        this.arena = arena;
    }

    @Override
    public Set<String> names() {
        return slots.keySet();
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public Optional<Tensor> find(String name) {
        if (name.endsWith(Params.SCALE_SUFFIX)) {
            Slot slot = slots.get(name.substring(0, name.length() - Params.SCALE_SUFFIX.length()));
            return slot == null || type(slot) != DType.I8
                    ? Optional.empty()
                    : Optional.of(made.computeIfAbsent(name, n -> factors(n, slot)));
        }
        Slot slot = slots.get(name);
        return slot == null ? Optional.empty() : Optional.of(made.computeIfAbsent(name, n -> random(n, slot)));
    }

    private DType type(Slot slot) {
        if (dtype != DType.I8) {
            return dtype;
        }
        return slot.role().quantised() ? DType.I8 : DType.F16;
    }

    /** Of an int8 tensor's rows: so that its elements are as large as they would be unrounded. */
    private Tensor factors(String name, Slot slot) {
        Shape shape = Shape.of(slot.shape().dim(0));
        MemorySegment data = arena.allocate(shape.elements() * Short.BYTES, 64);
        fillTable(data, DType.F16, 0, amplitude(name, slot) / Byte.MAX_VALUE, 0);
        return new Tensor(name, DType.F16, shape, data);
    }

    private Tensor random(String name, Slot slot) {
        DType type = type(slot);
        MemorySegment data = arena.allocate(Math.multiplyExact(slot.shape().elements(), (long) type.bytes()), 64);
        boolean norm = slot.role() == Role.SMALL && name.endsWith(".weight");
        float mean = norm ? 1 : name.endsWith("scale_mul_1H11") ? SCALE_MUL : 0;
        fillTable(data, type, amplitude(name, slot), mean, seed ^ name.hashCode() * GOLDEN);
        return new Tensor(name, type, slot.shape(), data);
    }

    /** Half the width of the interval that a tensor's elements come from. */
    private static float amplitude(String name, Slot slot) {
        Shape shape = slot.shape();
        double deviation = switch (slot.role()) {
            case MATRIX, CONVOLUTION -> {
                double inputs = (double) (shape.elements() / shape.dim(0));
                yield name.contains("ada_lin") ? 0.1 / Math.sqrt(inputs) : 1 / Math.sqrt(inputs);
            }
            case EMBEDDING -> 1;
            default -> 0.02;
        };
        return (float) (deviation * Math.sqrt(3));
    }

    /** Fills with mean ± amplitude in {@link #STEPS} steps; every chunk has its own generator, so threads don't matter. */
    private static void fillTable(MemorySegment data, DType type, float amplitude, float mean, long key) {
        short[] halves = new short[type.bytes() == 2 ? STEPS : 0];
        float[] floats = new float[type == DType.F32 ? STEPS : 0];
        for (int i = 0; i < STEPS; i++) {
            float value = mean + amplitude * (2 * (i + 0.5f) / STEPS - 1);
            if (type == DType.F32) {
                floats[i] = value;
            } else if (type == DType.F16) {
                halves[i] = Float.floatToFloat16(value);
            } else if (type == DType.BF16) {
                halves[i] = Bf16.fromFloat(value);
            }
        }
        long elements = data.byteSize() / type.bytes();
        LongStream.rangeClosed(0, (elements - 1) / CHUNK).parallel().forEach(chunk -> {
            long state = mix(key + chunk * GOLDEN);
            long end = Math.min(elements, (chunk + 1) * CHUNK);
            for (long i = chunk * CHUNK; i < end; i++) {
                state += GOLDEN;
                int draw = (int) (mix(state) >>> 48);
                switch (type) {
                    case F32 -> data.set(ValueLayout.JAVA_FLOAT, i * 4, floats[draw]);
                    case I8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) (draw % 255 - 127));
                    default -> data.set(ValueLayout.JAVA_SHORT, i * 2, halves[draw]);
                }
            }
        });
    }

    private static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
