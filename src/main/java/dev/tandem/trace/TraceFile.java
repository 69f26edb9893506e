package dev.tandem.trace;

import dev.tandem.host.AtomicFile;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.SafetensorsWriter.Entry;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A safetensors file that appears whole or not at all; tensors are written as they come, in the declared order. */
public final class TraceFile implements AutoCloseable {
    private final Path target;
    private final AtomicFile file;
    private final SafetensorsWriter writer;

    TraceFile(Path target, List<Entry> entries) throws IOException {
        this.target = target;
        this.file = new AtomicFile(target);
        try {
            writer = new SafetensorsWriter(file.temporary(), Map.of("format", "pt"), entries);
        } catch (IOException e) {
            file.close();
            throw AtomicFile.failure(target, e);
        }
    }

    static Entry floats(String name, long... dims) {
        return new Entry(name, DType.F32, Shape.of(dims));
    }

    static Entry ints(String name, long... dims) {
        return new Entry(name, DType.I32, Shape.of(dims));
    }

    void write(Tensor tensor) throws IOException {
        try {
            writer.write(tensor);
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
    }

    void write(String name, float[] values, long... dims) throws IOException {
        write(Tensor.ofFloats(name, Shape.of(dims), values));
    }

    void write(String name, int[] values, long... dims) throws IOException {
        write(Tensor.ofInts(name, Shape.of(dims), values));
    }

    void commit() throws IOException {
        try {
            writer.close();
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
        file.commit();
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            // an incomplete file is thrown away
        }
        file.close();
    }
}
