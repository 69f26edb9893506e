package dev.tandem.convert;

import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Leaves of models that a checkpoint has twice, as they are and averaged over training steps, the ones that are meant.
 * Averaged ones need not have the buffers, which no training changes: those are then the others'.
 */
final class WeightsChoice {
    /** Fewer tensors than that are no model. */
    private static final int MODEL = 8;

    private final Weights wanted;
    private final Consumer<String> note;

    /**
     * @param wanted null where nobody said: the average
     * @param note takes a line for people
     */
    WeightsChoice(Weights wanted, Consumer<String> note) {
        this.wanted = wanted;
        this.note = note;
    }

    List<SourcePart> choose(FoundParts found) {
        Map<SourcePart, SourcePart> rawOf = new LinkedHashMap<>();
        for (SourcePart part : found.parts()) {
            if (Weights.at(part.location()) == Weights.EMA) {
                raw(part, found.parts()).ifPresent(raw -> rawOf.put(part, raw));
            }
        }
        checkNameless(found);
        List<SourcePart> chosen = new ArrayList<>();
        for (SourcePart part : found.parts()) {
            if (wanted == Weights.RAW) {
                if (!rawOf.containsKey(part)) {
                    chosen.add(part);
                }
            } else if (!rawOf.containsValue(part)) {
                chosen.add(rawOf.containsKey(part) ? part.completedBy(rawOf.get(part)) : part);
            }
        }
        rawOf.forEach((ema, raw) -> note.accept(
                wanted == Weights.RAW
                        ? raw.origin() + ": taken as it is; '" + ema.location() + "' is its average (EMA)"
                        : ema.origin() + ": EMA weights, taken in place of "
                                + (raw.location().isEmpty() ? "those at the top" : "'" + raw.location() + "'")
                                + " (--weights raw takes those)"));
        return chosen;
    }

    /** The model that a part is the average of: the one of its shapes, by its place where there are several. */
    private static Optional<SourcePart> raw(SourcePart ema, List<SourcePart> all) {
        List<SourcePart> alike = all.stream()
                .filter(p -> p.kind() == ema.kind() && Weights.at(p.location()) == Weights.RAW && sameModel(ema, p))
                .toList();
        if (alike.size() < 2) {
            return alike.stream().findFirst();
        }
        String base = Weights.base(ema.location());
        return alike.stream()
                .filter(p -> Weights.base(p.location()).equals(base))
                .findFirst();
    }

    private static boolean sameModel(SourcePart ema, SourcePart raw) {
        return raw.names().stream().allMatch(n -> ema.has(n) || SourcePart.isBuffer(n))
                && ema.names().stream().filter(raw::has).allMatch(n -> sameShape(ema, raw, n));
    }

    private static boolean sameShape(SourcePart one, SourcePart other, String name) {
        try {
            return one.header(name).shape().equals(other.header(name).shape());
        } catch (FormatException e) {
            // unreadable, which is said where it is needed
            return true;
        }
    }

    /** An average whose tensors have no names that could be told must not be passed over in silence. */
    private void checkNameless(FoundParts found) {
        if (wanted == Weights.RAW || found.parts().isEmpty()) {
            return;
        }
        Set<String> places = found.unknown().keySet();
        for (String place : places) {
            if (Weights.at(place) == Weights.EMA && found.unknown().get(place) >= MODEL) {
                throw new FormatException(
                        found.origin(),
                        "has averaged weights (EMA) at '" + place + "' whose tensors can't be told by name;"
                                + " --weights raw takes the others");
            }
        }
        if (wanted == Weights.EMA
                && found.parts().stream().allMatch(p -> Weights.at(p.location()) == Weights.RAW)
                && found.parts().stream().anyMatch(p -> p.kind() == SourcePart.Kind.VAR)) {
            throw new FormatException(found.origin(), "has no averaged weights (EMA), which --weights ema asks for");
        }
    }
}
