package dev.tandem.convert;

import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small models with random weights. */
final class RandomModels {
    private RandomModels() {}

    static VarConfig var(int depth, int width, int heads, List<Integer> patchNums) {
        return new VarConfig(depth, width, heads, 4 * width, 20, 4, 7, new Scales(patchNums), false, true, 1e-6f);
    }

    /** A tokenizer for {@link #var}. */
    static VqVaeConfig vae(List<Integer> patchNums) {
        return new VqVaeConfig(20, 4, 32, List.of(1, 2), 1, new Scales(patchNums), 4, 0.5f, 32, 1e-6f, false);
    }

    static Map<String, Tensor> tensors(VarConfig config) {
        return tensors(Layout.of(config), config.scales());
    }

    static Map<String, Tensor> tensors(VqVaeConfig config) {
        return tensors(Layout.of(config), config.scales());
    }

    private static Map<String, Tensor> tensors(Layout layout, Scales scales) {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Tensor> out = new LinkedHashMap<>();
        layout.slots()
                .forEach((name, slot) -> out.put(
                        name,
                        switch (slot.role()) {
                            case LEVELS -> levels(name, scales);
                            case MASK -> mask(name, slot.shape(), scales);
                            case ZERO ->
                                Tensor.ofFloats(
                                        name,
                                        slot.shape(),
                                        new float[slot.shape().size(0)]);
                            default -> random(name, slot.shape(), random);
                        }));
        return out;
    }

    private static Tensor random(String name, Shape shape, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.ofFloats(name, shape, values);
    }

    private static Tensor levels(String name, Scales scales) {
        MemorySegment data = Arena.ofAuto().allocate(8L * scales.length(), 8);
        for (int i = 0; i < scales.count(); i++) {
            for (int at = scales.start(i); at < scales.start(i + 1); at++) {
                data.setAtIndex(ValueLayout.JAVA_LONG, at, i);
            }
        }
        return new Tensor(name, DType.I64, Shape.of(1, scales.length()), data);
    }

    private static Tensor mask(String name, Shape shape, Scales scales) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < scales.count(); i++) {
            for (int row = scales.start(i); row < scales.start(i + 1); row++) {
                for (int column = scales.start(i + 1); column < scales.length(); column++) {
                    values[row * scales.length() + column] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        return Tensor.ofFloats(name, shape, values);
    }

    /** As the same tensors below a prefix. */
    static Map<String, Tensor> prefixed(String prefix, Map<String, Tensor> tensors) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        tensors.forEach((n, t) -> out.put(prefix + n, new Tensor(prefix + n, t.dtype(), t.shape(), t.data())));
        return out;
    }

    /** With another first element in one tensor. */
    static Map<String, Tensor> changed(Map<String, Tensor> tensors, String name) {
        Map<String, Tensor> out = new LinkedHashMap<>(tensors);
        float[] values = out.get(name).toFloats();
        values[0] += 1;
        out.put(name, Tensor.ofFloats(name, out.get(name).shape(), values));
        return out;
    }

    static Path write(Path file, Map<String, Tensor> tensors) throws IOException {
        SafetensorsWriter.write(file, Map.of(), tensors.values());
        return file;
    }
}
