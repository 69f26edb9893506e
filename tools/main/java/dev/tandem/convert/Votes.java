package dev.tandem.convert;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A dimension as most tensors have it: where one tensor has a wrong shape the error then names that one, and not all
 * the others.
 */
final class Votes {
    private record Vote(long value, String firstTensor, int count) {}

    private final SourcePart part;
    private final Map<Long, Vote> votes = new LinkedHashMap<>();
    private String firstMissing;

    Votes(SourcePart part) {
        this.part = part;
    }

    /** Counts dimension {@code dim} of a tensor, if that is there and has it. */
    Votes add(String tensor, int dim) {
        if (!part.has(tensor)) {
            firstMissing = firstMissing == null ? tensor : firstMissing;
            return this;
        }
        Shape shape = part.header(tensor).shape();
        return dim < shape.rank() ? add(shape.dim(dim), tensor) : this;
    }

    /** Counts a value that a tensor or module speaks for. */
    Votes add(long value, String tensor) {
        votes.merge(value, new Vote(value, tensor, 1), (a, b) -> new Vote(value, a.firstTensor, a.count + 1));
        return this;
    }

    /**
     * The value with the most votes.
     *
     * @param what what an error message calls it
     * @param most the largest value that makes sense
     */
    int winner(String what, int most) {
        List<Vote> order = votes.values().stream()
                .sorted(Comparator.comparingInt(Vote::count).reversed())
                .toList();
        if (order.isEmpty()) {
            throw new FormatException(
                    part.origin(),
                    firstMissing == null
                            ? "its " + what + " can't be told"
                            : "tensor '" + firstMissing + "' is missing");
        }
        Vote best = order.getFirst();
        if (order.size() > 1 && order.get(1).count == best.count) {
            throw new FormatException(
                    part.origin(), name(best) + " and " + name(order.get(1)) + " disagree about its " + what);
        }
        if (best.value < 1 || best.value > most) {
            throw new FormatException(part.origin(), "its " + what + " would be " + best.value + " by " + name(best));
        }
        return (int) best.value;
    }

    private String name(Vote vote) {
        String shape = part.has(vote.firstTensor)
                ? " (shape " + part.header(vote.firstTensor).shape() + ")"
                : "";
        return "'" + vote.firstTensor + "'" + shape;
    }
}
