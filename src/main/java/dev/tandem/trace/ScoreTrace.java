package dev.tandem.trace;

import dev.tandem.model.VarConfig;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes what {@code score} computes; logits are gathered outside of the Java heap. */
public final class ScoreTrace implements AutoCloseable {
    private static final ValueLayout.OfFloat LITTLE =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int length;
    private final int[] labels;
    private final int[] tokens;
    private final TraceFile file;
    private final Arena arena = Arena.ofShared();
    private final Tensor logits;
    private int added;

    public ScoreTrace(Path target, int pictures, VarConfig var) throws IOException {
        length = var.scales().length();
        labels = new int[pictures];
        tokens = new int[Math.multiplyExact(pictures, length)];
        Shape shape = Shape.of(pictures, length, var.vocabulary());
        file = new TraceFile(
                target,
                List.of(
                        TraceFile.ints("label", pictures),
                        TraceFile.ints("tokens", pictures, length),
                        TraceFile.floats("logits", shape.dims())));
        MemorySegment data = arena.allocate(shape.elements() * Float.BYTES);
        logits = new Tensor("logits", DType.F32, shape, data);
    }

    public void add(int label, int[] codes, float[] values) {
        labels[added] = label;
        System.arraycopy(codes, 0, tokens, added * length, length);
        MemorySegment.copy(values, 0, logits.data(), LITTLE, (long) added * values.length * Float.BYTES, values.length);
        added++;
    }

    public void finish() throws IOException {
        file.write("label", Arrays.copyOf(labels, added), labels.length);
        file.write("tokens", tokens, labels.length, length);
        file.write(logits);
        file.commit();
    }

    @Override
    public void close() {
        file.close();
        arena.close();
    }
}
