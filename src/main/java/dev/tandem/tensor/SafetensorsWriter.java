package dev.tandem.tensor;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a safetensors file, one tensor after the other, in the order of the declared entries. */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int CHUNK = 1 << 22;
    private static final int ALIGNMENT = 64;

    /** Name, type and shape of a tensor to come. */
    public record Entry(String name, DType dtype, Shape shape) {
        public long bytes() {
            return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
        }
    }

    private final FileChannel channel;
    private final List<Entry> entries;
    private int next;
    private long missing;

    /** Creates or replaces the file and writes the header; then {@link #write} once for every entry, in order. */
    public SafetensorsWriter(Path path, Map<String, String> metadata, List<Entry> entries) throws IOException {
        this.entries = List.copyOf(entries);
        byte[] header = header(metadata, entries);
        channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            writeFully(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
            writeFully(ByteBuffer.wrap(header));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes tensors as they are, in one go. */
    public static void write(Path path, Map<String, String> metadata, Collection<Tensor> tensors) throws IOException {
        List<Entry> entries = tensors.stream()
                .map(t -> new Entry(t.name(), t.dtype(), t.shape()))
                .toList();
        try (SafetensorsWriter writer = new SafetensorsWriter(path, metadata, entries)) {
            for (Tensor t : tensors) {
                writer.write(t);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static byte[] header(Map<String, String> metadata, List<Entry> entries) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            json.put("__metadata__", metadata);
        }
        long offset = 0;
        for (Entry e : entries) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("dtype", e.dtype().name());
            fields.put("shape", e.shape().dims());
            fields.put("data_offsets", new long[] {offset, offset + e.bytes()});
            if (json.put(e.name(), fields) != null) {
                throw new IllegalArgumentException("tensor '" + e.name() + "' is declared twice");
            }
            offset += e.bytes();
        }
        String text = JSON.std.asString(json);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        // spaces after the JSON make the data start on a cache line
        int padding = Math.floorMod(-(8 + bytes), ALIGNMENT);
        return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the next tensor, which must be as declared. */
    public void write(Tensor tensor) throws IOException {
        begin(new Entry(tensor.name(), tensor.dtype(), tensor.shape()));
        long size = tensor.data().byteSize();
        for (long at = 0; at < size; at += CHUNK) {
            append(tensor.data().asSlice(at, Math.min(CHUNK, size - at)).asByteBuffer());
        }
    }

    /** Begins the next tensor, which must be as declared; its bytes follow with {@link #append}. */
    public void begin(Entry tensor) {
        Entry entry = next < entries.size() ? entries.get(next) : null;
        if (missing != 0 || !tensor.equals(entry)) {
            throw new IllegalArgumentException("expected " + entry + ", got " + tensor + "; still missing " + missing);
        }
        next++;
        missing = entry.bytes();
    }

    /** Writes further bytes of the tensor begun last. */
    public void append(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > missing) {
            throw new IllegalArgumentException(
                    bytes.remaining() + " bytes for '" + entries.get(next - 1).name() + "', which lacks " + missing);
        }
        missing -= bytes.remaining();
        writeFully(bytes);
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Closes the file; where a declared tensor was not written this is an error. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (next != entries.size() || missing != 0) {
            throw new IOException("only " + next + " of " + entries.size() + " tensors were written");
        }
    }
}
