package dev.tandem.convert;

import dev.tandem.convert.Layout.Role;
import dev.tandem.convert.Layout.Slot;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.model.Params;
import dev.tandem.model.Scales;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.SafetensorsWriter.Entry;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Writes one part of a model folder. */
final class PartWriter {
    private final SourcePart part;
    private final Layout layout;
    private final Scales scales;
    private final TargetType target;
    private final List<Entry> entries;

    PartWriter(SourcePart part, Layout layout, Scales scales, TargetType target) {
        this.part = part;
        this.layout = layout;
        this.scales = scales;
        this.target = target;
        this.entries = entries();
    }

    /** Bytes of data in the file to be. */
    long bytes() {
        return entries.stream().mapToLong(Entry::bytes).sum();
    }

    /** Bytes of data in the source. */
    long sourceBytes() {
        return layout.slots().keySet().stream()
                .filter(part::has)
                .mapToLong(n -> part.header(n).bytes())
                .sum();
    }

    /** Wide types first, so that all are aligned; the factors last, since they are known last. */
    private List<Entry> entries() {
        List<Entry> tensors = new ArrayList<>();
        List<Entry> factors = new ArrayList<>();
        layout.slots().forEach((name, slot) -> {
            if (part.has(name)) {
                Checkpoint.Header header = part.header(name);
                DType dtype = target.of(slot.role(), header.dtype());
                tensors.add(new Entry(name, dtype, header.shape()));
                if (dtype == DType.I8) {
                    Shape rows = Shape.of(header.shape().dim(0));
                    factors.add(new Entry(name + Params.SCALE_SUFFIX, DType.F16, rows));
                }
            }
        });
        tensors.sort(Comparator.comparingInt(e -> -e.dtype().bytes()));
        tensors.addAll(factors);
        return tensors;
    }

    /** Writes the file, checking every element on the way. */
    void write(Path file, Map<String, String> metadata, FloatChunk chunk, LongConsumer progress) throws IOException {
        try (SafetensorsWriter out = new SafetensorsWriter(file, metadata, entries)) {
            TensorEncoder encoder = new TensorEncoder(part.origin(), out, chunk, progress);
            Map<String, short[]> factors = new LinkedHashMap<>();
            for (Entry entry : entries) {
                Slot slot = layout.slots().get(entry.name());
                if (slot == null) {
                    out.write(factors(entry, factors.get(entry.name())));
                    continue;
                }
                part.verify(entry.name());
                Tensor tensor = part.get(entry.name());
                Validation.checkBuffer(part, tensor, slot.role(), scales);
                if (entry.dtype() == DType.I8) {
                    factors.put(entry.name() + Params.SCALE_SUFFIX, encoder.int8(tensor));
                } else if (slot.role() == Role.LEVELS) {
                    encoder.integers(tensor, entry.dtype());
                } else {
                    Tensor floats = tensor.dtype() == DType.BOOL ? additive(tensor) : tensor;
                    encoder.floats(floats, entry.dtype(), slot.role() == Role.MASK);
                }
            }
        }
    }

    /** A mask of truth values as what it adds to scores. */
    private static Tensor additive(Tensor mask) {
        float[] values = new float[Math.toIntExact(mask.shape().elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = Validation.maskValue(mask, i);
        }
        return Tensor.ofFloats(mask.name(), mask.shape(), values);
    }

    private static Tensor factors(Entry entry, short[] values) {
        MemorySegment data = Arena.ofAuto().allocate(Math.max(2, values.length * 2L), 64);
        for (int i = 0; i < values.length; i++) {
            data.set(
                    java.lang.foreign.ValueLayout.JAVA_SHORT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN),
                    i * 2L,
                    values[i]);
        }
        return new Tensor(entry.name(), entry.dtype(), entry.shape(), data.asSlice(0, values.length * 2L));
    }
}
