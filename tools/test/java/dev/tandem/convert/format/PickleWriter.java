package dev.tandem.convert.format;

import dev.tandem.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes the pickles that torch writes, for tests: protocol 2, without a memo. */
final class PickleWriter {
    /** A tensor by its place in a storage. */
    record View(DType dtype, String key, long storageElements, long offset, long[] sizes, long[] strides, Root root) {}

    /** Where a storage is itself a view (legacy files): offset and elements in the storage of the key. */
    record Root(long offset, long elements) {}

    private static final Map<DType, String> STORAGES = Map.of(
            DType.F32, "FloatStorage",
            DType.F64, "DoubleStorage",
            DType.F16, "HalfStorage",
            DType.BF16, "BFloat16Storage",
            DType.I64, "LongStorage",
            DType.I32, "IntStorage",
            DType.I8, "CharStorage",
            DType.U8, "ByteStorage",
            DType.BOOL, "BoolStorage");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] pickle(Object value) {
        PickleWriter w = new PickleWriter();
        w.op(0x80).op(2).value(value).op('.');
        return w.out.toByteArray();
    }

    PickleWriter op(int b) {
        out.write(b);
        return this;
    }

    PickleWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    PickleWriter global(String module, String name) {
        return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    PickleWriter value(Object value) {
        switch (value) {
            case null -> op('N');
            case Boolean b -> op(b ? 0x88 : 0x89);
            case Integer i -> value(i.longValue());
            case Long l -> op(0x8a).op(8).raw(little(8).putLong(0, l).array());
            case Double d -> op('G').raw(ByteBuffer.allocate(8).putDouble(0, d).array());
            case String s -> {
                byte[] text = s.getBytes(StandardCharsets.UTF_8);
                op('X').raw(little(4).putInt(0, text.length).array()).raw(text);
            }
            case Map<?, ?> map -> {
                op('}').op('(');
                map.forEach((k, v) -> value(k).value(v));
                op('u');
            }
            case List<?> list -> {
                op(']').op('(');
                list.forEach(this::value);
                op('e');
            }
            case long[] numbers -> {
                op('(');
                for (long n : numbers) {
                    value(n);
                }
                op('t');
            }
            case View v -> view(v);
            default -> throw new IllegalArgumentException(value.toString());
        }
        return this;
    }

    private void view(View v) {
        tensor(v, null);
    }

    /** A tensor with marks, which are null where a file has none. */
    PickleWriter tensor(View v, Object marks) {
        return global("torch._utils", "_rebuild_tensor_v2").arguments(v, marks).op('R');
    }

    /** What a tensor is rebuilt of. */
    PickleWriter arguments(View v, Object marks) {
        op('(');
        op('(').value("storage")
                .global("torch", STORAGES.get(v.dtype))
                .value(v.key)
                .value("cpu")
                .value(v.storageElements);
        if (v.root != null) {
            op('(').value("view").value(v.root.offset).value(v.root.elements).op('t');
        }
        op('t').op('Q').value(v.offset).value(v.sizes).value(v.strides).value(false);
        global("collections", "OrderedDict").op(')').op('R');
        if (marks != null) {
            value(marks);
        }
        return op('t');
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
