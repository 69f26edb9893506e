package dev.tandem.convert.format;

import dev.tandem.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An element type of torch.
 *
 * @param name as torch calls it
 * @param dtype null where we have no such type
 * @param bytes of one element
 */
record TorchType(String name, DType dtype, int bytes) {
    private static final Map<String, TorchType> BY_NAME = new LinkedHashMap<>();

    static {
        add("FloatStorage", DType.F32, 4, "float32", "float");
        add("DoubleStorage", DType.F64, 8, "float64", "double");
        add("HalfStorage", DType.F16, 2, "float16", "half");
        add("BFloat16Storage", DType.BF16, 2, "bfloat16");
        add("LongStorage", DType.I64, 8, "int64", "long");
        add("IntStorage", DType.I32, 4, "int32", "int");
        add("ShortStorage", DType.I16, 2, "int16", "short");
        add("CharStorage", DType.I8, 1, "int8");
        add("ByteStorage", DType.U8, 1, "uint8");
        add("BoolStorage", DType.BOOL, 1, "bool");
        add("ComplexFloatStorage", null, 8, "complex64");
        add("ComplexDoubleStorage", null, 16, "complex128");
        add("QInt8Storage", null, 1, "qint8");
        add("QUInt8Storage", null, 1, "quint8");
        add("QInt32Storage", null, 4, "qint32");
        add("ComplexHalfStorage", null, 4, "complex32");
        add("QUInt4x2Storage", null, 1, "quint4x2");
        add("QUInt2x4Storage", null, 1, "quint2x4");
        add("uint16", DType.U16, 2);
        add("uint32", DType.U32, 4);
        add("uint64", DType.U64, 8);
        add("float8_e4m3fn", DType.F8_E4M3, 1);
        add("float8_e5m2", DType.F8_E5M2, 1);
        add("float8_e4m3fnuz", DType.F8_E4M3FNUZ, 1);
        add("float8_e5m2fnuz", DType.F8_E5M2FNUZ, 1);
        add("float8_e8m0fnu", DType.F8_E8M0, 1);
        add("float4_e2m1fn_x2", null, 1);
        add("UntypedStorage", null, 1, "_UntypedStorage");
    }

    private static void add(String name, DType dtype, int bytes, String... others) {
        TorchType type = new TorchType(name, dtype, bytes);
        BY_NAME.put(name, type);
        for (String other : others) {
            BY_NAME.put(other, type);
        }
    }

    /** The type of that storage class ({@code FloatStorage}) or dtype ({@code float32}). */
    static Optional<TorchType> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
