package dev.tandem.convert.format;

import dev.tandem.convert.format.PickleWriter.View;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes checkpoints as torch does, for tests. */
public final class TorchFiles {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    private TorchFiles() {}

    /** A zip checkpoint of nested maps, lists, plain values and tensors. */
    public static void zip(Path file, Object root) throws IOException {
        Storages storages = new Storages();
        Object pickled = storages.replace(root);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("data.pkl", PickleWriter.pickle(pickled));
        entries.put("byteorder", "little".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        storages.data.forEach((key, data) -> entries.put("data/" + key, data));
        entries.put("version", "3\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        zipOf(file, "any name", entries);
    }

    /** A zip of stored entries below a root. */
    static void zipOf(Path file, String root, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(root + "/" + e.getKey());
                CRC32 crc = new CRC32();
                crc.update(e.getValue());
                entry.setCrc(crc.getValue());
                entry.setSize(e.getValue().length);
                out.putNextEntry(entry);
                out.write(e.getValue());
            }
        }
    }

    /** A checkpoint in the format before torch 1.6. */
    public static void legacy(Path file, Object root) throws IOException {
        Storages storages = new Storages();
        Object pickled = storages.replace(root);
        legacyOf(file, true, PickleWriter.pickle(pickled), storages.data, storages.elements);
    }

    static void legacyOf(
            Path file, boolean littleEndian, byte[] pickle, Map<String, byte[]> data, Map<String, Long> elements)
            throws IOException {
        Files.write(file, legacyBytes(littleEndian, pickle, data, elements));
    }

    static byte[] legacyBytes(
            boolean littleEndian, byte[] pickle, Map<String, byte[]> data, Map<String, Long> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] magic = MAGIC.toByteArray();
        PickleWriter first = new PickleWriter().op(0x80).op(2).op(0x8a).op(magic.length);
        for (int i = magic.length - 1; i >= 0; i--) {
            first.op(magic[i]);
        }
        out.writeBytes(first.op('.').bytes());
        out.writeBytes(PickleWriter.pickle(1001L));
        Map<String, Object> system = new LinkedHashMap<>();
        system.put("protocol_version", 1001L);
        system.put("little_endian", littleEndian);
        system.put("type_sizes", Map.of("int", 4L));
        out.writeBytes(PickleWriter.pickle(system));
        out.writeBytes(pickle);
        out.writeBytes(PickleWriter.pickle(List.copyOf(data.keySet())));
        data.forEach((key, bytes) -> {
            out.writeBytes(PickleWriter.little(8).putLong(0, elements.get(key)).array());
            out.writeBytes(bytes);
        });
        return out.toByteArray();
    }

    /** Gives every tensor a storage of its own. */
    private static final class Storages {
        private final Map<String, byte[]> data = new LinkedHashMap<>();
        private final Map<String, Long> elements = new LinkedHashMap<>();

        Object replace(Object value) {
            return switch (value) {
                case Tensor t -> view(t);
                case Map<?, ?> map -> {
                    Map<Object, Object> out = new LinkedHashMap<>();
                    map.forEach((k, v) -> out.put(k, replace(v)));
                    yield out;
                }
                case List<?> list -> {
                    List<Object> out = new ArrayList<>();
                    list.forEach(v -> out.add(replace(v)));
                    yield out;
                }
                case null, default -> value;
            };
        }

        private View view(Tensor t) {
            String key = String.valueOf(data.size());
            data.put(key, t.data().toArray(ValueLayout.JAVA_BYTE));
            elements.put(key, t.shape().elements());
            return new View(t.dtype(), key, t.shape().elements(), 0, t.shape().dims(), strides(t.shape()), null);
        }
    }

    static long[] strides(Shape shape) {
        long[] strides = new long[shape.rank()];
        long next = 1;
        for (int d = strides.length - 1; d >= 0; d--) {
            strides[d] = next;
            next *= Math.max(1, shape.dim(d));
        }
        return strides;
    }
}
