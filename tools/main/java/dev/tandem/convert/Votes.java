package dev.tandem.convert;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A dimension as most tensors have it: where one tensor has a wrong shape the error then names that one, and not all
 * the others. The first wins a tie.
 */
final class Votes {
    private final SourcePart part;
    private final Map<Long, Integer> counts = new LinkedHashMap<>();

    Votes(SourcePart part) {
        this.part = part;
    }

    /** Counts dimension {@code dim} of a tensor, if that is there and has it. */
    Votes add(String tensor, int dim) {
        if (part.has(tensor)) {
            Shape shape = part.header(tensor).shape();
            if (dim < shape.rank()) {
                counts.merge(shape.dim(dim), 1, Integer::sum);
            }
        }
        return this;
    }

    Votes add(long value) {
        counts.merge(value, 1, Integer::sum);
        return this;
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /**
     * The value with the most votes.
     *
     * @param what what an error message calls it
     * @param most the largest value that makes sense
     */
    int winner(String what, int most) {
        long best = 0;
        int votes = 0;
        for (Map.Entry<Long, Integer> e : counts.entrySet()) {
            if (e.getValue() > votes) {
                best = e.getKey();
                votes = e.getValue();
            }
        }
        if (votes == 0) {
            throw new FormatException(part.origin(), "its " + what + " can't be told: the tensors that say it are missing");
        }
        if (best < 1 || best > most) {
            throw new FormatException(part.origin(), "its " + what + " would be " + best);
        }
        return (int) best;
    }
}
