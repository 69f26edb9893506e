package dev.tandem.convert;

import dev.tandem.convert.FoundParts.Stray;
import dev.tandem.convert.Layout.Role;
import dev.tandem.convert.Layout.Slot;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.model.Params;
import dev.tandem.model.Scales;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.List;

/** Compares a checkpoint with the layout of its configuration, both ways. */
final class Validation {
    private Validation() {}

    /**
     * Checks names, shapes and types.
     *
     * @param lenient whether buffers that follow from the configuration may be missing
     * @param extras judges what the layout has not
     */
    static void check(SourcePart part, Layout layout, boolean lenient, ExtraTensors extras) {
        List<String> extra = part.names().stream()
                .filter(n -> !layout.slots().containsKey(n))
                .toList();
        if (extra.stream().anyMatch(n -> n.endsWith(Params.SCALE_SUFFIX))) {
            throw new FormatException(part.origin(), "is int8 already; convert from the original checkpoint");
        }
        List<String> missing = layout.slots().entrySet().stream()
                .filter(e -> !part.has(e.getKey()) && !mayBeMissing(e.getValue().role(), lenient))
                .map(java.util.Map.Entry::getKey)
                .toList();
        if (!missing.isEmpty()) {
            throw new FormatException(part.origin(), whyMissing(part, missing.getFirst(), extra) + more(missing));
        }
        extras.check(
                extra.stream()
                        .map(n -> new Stray(
                                part.origin(), part.fullName(n), n, ExtraTensors.harmless(part, n, n.indexOf('.') < 0)))
                        .toList(),
                "is not one of this " + part.kind() + "'s");
        layout.slots().forEach((name, slot) -> {
            if (part.has(name)) {
                check(part, name, slot);
            }
        });
    }

    private static boolean mayBeMissing(Role role, boolean lenient) {
        // nothing reads a statistic
        return role == Role.STATISTIC || (lenient && !role.parameter());
    }

    private static String whyMissing(SourcePart part, String name, List<String> extra) {
        if (extra.stream().anyMatch(n -> n.contains(".base_layer.") || n.contains(".lora_"))) {
            return "has LoRA adapters that are not merged; merge them (merge_and_unload) and save that";
        }
        return part.insteadOf(name).map(what -> "'" + name + "' " + what).orElse("tensor '" + name + "' is missing");
    }

    private static String more(List<String> names) {
        return names.size() == 1 ? "" : " (and " + (names.size() - 1) + " more)";
    }

    private static void check(SourcePart part, String name, Slot slot) {
        Checkpoint.Header header = part.header(name);
        if (!fits(slot, header.shape())) {
            throw wrong(part, name, "has the shape " + header.shape() + ", expected " + slot.shape());
        }
        boolean right = switch (slot.role()) {
            // torch takes numbers of any type for it
            case LEVELS -> header.dtype() != DType.BOOL;
            case MASK -> header.dtype().floating() || header.dtype() == DType.BOOL;
            default -> header.dtype().floating();
        };
        if (!right) {
            throw wrong(part, name, "has the dtype " + header.dtype() + ", expected a floating one");
        }
    }

    private static boolean fits(Slot slot, Shape shape) {
        // the original ignores hit counts of another number of scales
        return shape.equals(slot.shape())
                || (slot.role() == Role.STATISTIC
                        && shape.rank() == 2
                        && shape.dim(1) == slot.shape().dim(1));
    }

    /** Checks the elements of a buffer against what the scales demand; parameters pass. */
    static void checkBuffer(SourcePart part, Tensor tensor, Role role, Scales scales) {
        switch (role) {
            case LEVELS -> {
                for (int i = 0; i < scales.count(); i++) {
                    for (int at = scales.start(i); at < scales.start(i + 1); at++) {
                        if (tensor.floatAt(at) != i) {
                            throw wrong(
                                    part,
                                    tensor.name(),
                                    "says scale " + tensor.floatAt(at) + " for position " + at
                                            + ", which the patch numbers " + scales + " put into scale " + i);
                        }
                    }
                }
            }
            case MASK -> checkMask(part, tensor, scales);
            case ZERO -> {
                for (long i = 0; i < tensor.shape().elements(); i++) {
                    if (tensor.floatAt(i) != 0) {
                        throw wrong(part, tensor.name(), "must be zeros, but has " + tensor.floatAt(i) + " at " + i);
                    }
                }
            }
            default -> {
                // parameters may be anything finite, which conversion checks
            }
        }
    }

    private static void checkMask(SourcePart part, Tensor tensor, Scales scales) {
        long length = scales.length();
        for (int i = 0; i < scales.count(); i++) {
            for (int row = scales.start(i); row < scales.start(i + 1); row++) {
                for (int column = 0; column < length; column++) {
                    float expected = column < scales.start(i + 1) ? 0 : Float.NEGATIVE_INFINITY;
                    float value = maskValue(tensor, row * length + column);
                    if (value != expected) {
                        throw wrong(
                                part,
                                tensor.name(),
                                "has " + value + " at " + row + ", " + column + ", expected " + expected
                                        + " for the patch numbers " + scales);
                    }
                }
            }
        }
    }

    /** What a mask adds to a score; a mask of truth values says who is seen. */
    static float maskValue(Tensor mask, long at) {
        if (mask.dtype() != DType.BOOL) {
            return mask.floatAt(at);
        }
        return mask.longAt(at) != 0 ? 0 : Float.NEGATIVE_INFINITY;
    }

    private static FormatException wrong(SourcePart part, String name, String what) {
        return new FormatException(part.origin(), "tensor '" + name + "' " + what);
    }
}
