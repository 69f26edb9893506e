package dev.tandem.npy;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands before the elements of an array.
 *
 * @param order of an element's bytes
 * @param columnsFirst whether the first index runs fastest (Fortran's order)
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public record NpyHeader(DType dtype, ByteOrder order, boolean columnsFirst, Shape shape) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    /** No header of ours is longer, and no damaged one shall make us allocate. */
    private static final int LONGEST = 1 << 16;

    private static final Map<String, DType> TYPES = Map.of(
            "f8", DType.F64,
            "f4", DType.F32,
            "f2", DType.F16,
            "i8", DType.I64,
            "i4", DType.I32,
            "i2", DType.I16,
            "i1", DType.I8,
            "u1", DType.U8,
            "b1", DType.BOOL);

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z]\\d*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,L]*)\\)");

    /** A header of ours: little-endian, the last index fastest. */
    public static NpyHeader of(DType dtype, long... dims) {
        return new NpyHeader(dtype, ByteOrder.LITTLE_ENDIAN, false, Shape.of(dims));
    }

    /**
     * Reads up to the first element.
     *
     * @param where what an error message calls the array
     * @throws FormatException where this is no array, or one of elements that are no plain numbers
     */
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(MAGIC, 0, MAGIC.length, start, 0, MAGIC.length)) {
            throw new FormatException(where, "is no NumPy array");
        }
        int lengthBytes = start[MAGIC.length] == 1 ? Short.BYTES : Integer.BYTES;
        ByteBuffer length = ByteBuffer.wrap(Arrays.copyOf(in.readNBytes(lengthBytes), Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        int size = length.getInt();
        if (size < 0 || size > LONGEST) {
            throw new FormatException(where, "its header claims " + Integer.toUnsignedLong(size) + " bytes");
        }
        byte[] text = in.readNBytes(size);
        if (text.length < size) {
            throw new FormatException(where, "is cut off in its header");
        }
        return parse(new String(text, StandardCharsets.UTF_8), where);
    }

    private static NpyHeader parse(String text, String where) {
        Matcher descr = DESCR.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!descr.find() || !order.find() || !shape.find()) {
            throw new FormatException(where, "its header can't be understood: " + text.strip());
        }
        DType dtype = TYPES.get(descr.group(2));
        if (dtype == null) {
            throw new FormatException(
                    where,
                    "has elements of the type '" + descr.group(1) + descr.group(2)
                            + "'; floats, signed integers and bytes can be read");
        }
        try {
            long[] dims = Arrays.stream(shape.group(1).split(","))
                    .map(s -> s.strip().replace("L", ""))
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            Shape parsed = Shape.of(dims);
            Math.multiplyExact(parsed.elements(), dtype.bytes());
            ByteOrder bytes = descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return new NpyHeader(dtype, bytes, order.group(1).equals("True"), parsed);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new FormatException(where, "has an impossible shape: " + shape.group(1), e);
        }
    }

    /** The next element of bytes that have this array's order. */
    public double element(ByteBuffer bytes) {
        return switch (dtype) {
            case F64 -> bytes.getDouble();
            case F32 -> bytes.getFloat();
            case F16 -> Float.float16ToFloat(bytes.getShort());
            case I64 -> bytes.getLong();
            case I32 -> bytes.getInt();
            case I16 -> bytes.getShort();
            case I8 -> bytes.get();
            case U8, BOOL -> bytes.get() & 0xff;
            default -> throw new IllegalStateException("NumPy has no " + dtype);
        };
    }

    /** As it stands in a file, format version 1.0. */
    public byte[] bytes() {
        String type = TYPES.entrySet().stream()
                .filter(e -> e.getValue() == dtype)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("NumPy has no " + dtype));
        String sign = dtype.bytes() == 1 ? "|" : order == ByteOrder.BIG_ENDIAN ? ">" : "<";
        String dims = Arrays.stream(shape.dims()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String fields = "{'descr': '" + sign + type + "', 'fortran_order': " + (columnsFirst ? "True" : "False")
                + ", 'shape': (" + dims + (shape.rank() == 1 ? "," : "") + "), }";
        int before = MAGIC.length + 2 + Short.BYTES;
        int padding = Math.floorMod(-(before + fields.length() + 1), ALIGNMENT);
        byte[] text = (fields + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(before + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text)
                .array();
    }
}
