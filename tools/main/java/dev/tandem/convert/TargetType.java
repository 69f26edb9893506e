package dev.tandem.convert;

import dev.tandem.convert.Layout.Role;
import dev.tandem.tensor.DType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How the parameters of a model folder are stored. */
public enum TargetType {
    FP32(DType.F32),
    FP16(DType.F16),
    BF16(DType.BF16),
    /** Matrices and convolutions in 8 bits with one fp16 factor per output, the rest fp16. */
    INT8(DType.F16);

    private static final Set<DType> FIT_F16 =
            EnumSet.of(DType.F16, DType.F8_E4M3, DType.F8_E5M2, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ);
    private static final Set<DType> FIT_BF16 =
            EnumSet.of(DType.BF16, DType.F8_E4M3, DType.F8_E5M2, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ, DType.F8_E8M0);

    private final DType floats;

    TargetType(DType floats) {
        this.floats = floats;
    }

    /** As in {@code config.json} and on the command line: {@code fp16}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of that label. */
    public static Optional<TargetType> labelled(String label) {
        return Arrays.stream(values()).filter(t -> t.label().equals(label)).findFirst();
    }

    /** All labels, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(TargetType::label).collect(Collectors.joining(", "));
    }

    /** The type that loses nothing of a part's parameters. */
    static TargetType lossless(SourcePart part, Layout layout) {
        Set<DType> stored = layout.slots().keySet().stream()
                .filter(part::has)
                .map(n -> part.header(n).dtype())
                .filter(DType::floating)
                .collect(Collectors.toSet());
        if (FIT_F16.containsAll(stored)) {
            return FP16;
        }
        return FIT_BF16.containsAll(stored) ? BF16 : FP32;
    }

    /** What a tensor of that role and stored type becomes. */
    DType of(Role role, DType stored) {
        return switch (role) {
            case LEVELS -> stored == DType.I32 ? stored : DType.I64;
            // hit counts may exceed what 16 bits hold, and nothing reads them
            case STATISTIC, MOMENTS -> stored;
            default -> this == INT8 && role.quantised() ? DType.I8 : floats;
        };
    }
}
