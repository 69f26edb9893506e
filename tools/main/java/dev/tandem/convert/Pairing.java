package dev.tandem.convert;

import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which transformer drafts and which refines where a person names none: a pair is what somebody said is one. */
final class Pairing {
    private static final Pattern SPECIALISED = Pattern.compile("(.*?)(drafter|refiner)_(\\d{1,3})(.*)");
    /** CoDe's own choice. */
    private static final int USUAL_STEPS = 8;

    private final String folder;
    private final Map<String, VarPart> transformers;

    /** @param folder what an error message calls the transformers' folder */
    Pairing(String folder, Map<String, VarPart> transformers) {
        this.folder = folder;
        this.transformers = transformers;
    }

    /** The N in CoDe's names {@code drafter_N} and {@code refiner_N}, null in others. */
    static Integer draftSteps(String part) {
        Matcher m = SPECIALISED.matcher(part);
        return m.matches() ? Integer.valueOf(m.group(3)) : null;
    }

    /**
     * The pair that was asked for; else that of specialised models with CoDe's usual N, or the largest; else the pair so
     * far; else null.
     *
     * @param said null where nobody asked for one
     */
    Pair choose(PairChoice said, Pair before) {
        if (said != null) {
            return said(said);
        }
        Pair best = null;
        for (Pair pair : specialised()) {
            if (best == null
                    || pair.draftSteps() == USUAL_STEPS
                    || (best.draftSteps() != USUAL_STEPS && pair.draftSteps() > best.draftSteps())) {
                best = pair;
            }
        }
        if (best != null) {
            return best;
        }
        return before != null && fits(before) ? before : null;
    }

    private Pair said(PairChoice said) {
        for (String name : List.of(said.drafter(), said.refiner())) {
            if (!transformers.containsKey(name)) {
                throw new FormatException(
                        folder,
                        "would have no transformer '" + name + "' to pair, but "
                                + String.join(", ", transformers.keySet()));
            }
        }
        int scales = transformers.get(said.drafter()).config().scales().count();
        Integer trained = Hints.first(draftSteps(said.drafter()), draftSteps(said.refiner()));
        Pair pair = new Pair(
                said.drafter(),
                said.refiner(),
                Hints.first(said.draftSteps(), Hints.first(trained, Math.min(USUAL_STEPS, scales - 1))));
        if (!fits(pair)) {
            throw new FormatException(
                    folder,
                    "'" + pair.drafter() + "' and '" + pair.refiner() + "' can't be a pair with " + pair.draftSteps()
                            + " draft steps: their classes differ, or their scales (" + scales
                            + ") are no more than that");
        }
        return pair;
    }

    private List<Pair> specialised() {
        List<Pair> pairs = new ArrayList<>();
        for (String name : transformers.keySet()) {
            Matcher m = SPECIALISED.matcher(name);
            if (m.matches() && m.group(2).equals("drafter")) {
                String refiner = m.group(1) + "refiner_" + m.group(3) + m.group(4);
                Pair pair = new Pair(name, refiner, Integer.parseInt(m.group(3)));
                if (fits(pair)) {
                    pairs.add(pair);
                }
            }
        }
        return pairs;
    }

    private boolean fits(Pair pair) {
        VarPart drafter = transformers.get(pair.drafter());
        VarPart refiner = transformers.get(pair.refiner());
        return drafter != null
                && refiner != null
                && drafter.config().classes() == refiner.config().classes()
                && pair.draftSteps() >= 1
                && pair.draftSteps() < drafter.config().scales().count();
    }
}
