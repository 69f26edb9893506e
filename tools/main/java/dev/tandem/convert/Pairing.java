package dev.tandem.convert;

import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.VarPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which transformer drafts and which refines where a person names none. */
final class Pairing {
    private static final Pattern SPECIALISED = Pattern.compile("(.*?)(drafter|refiner)_(\\d{1,3})(.*)");
    /** CoDe's own choice. */
    private static final int USUAL_STEPS = 8;

    private Pairing() {}

    /** The N in CoDe's names {@code drafter_N} and {@code refiner_N}, null in others. */
    static Integer draftSteps(String part) {
        Matcher m = SPECIALISED.matcher(part);
        return m.matches() ? Integer.valueOf(m.group(3)) : null;
    }

    /**
     * The pair of specialised models with CoDe's usual N, or the largest; else the pair so far; else, of two
     * transformers, the larger as drafter; else null.
     */
    static Pair choose(Map<String, VarPart> transformers, Pair before) {
        Pair best = null;
        for (Pair pair : specialised(transformers)) {
            if (best == null
                    || pair.draftSteps() == USUAL_STEPS
                    || (best.draftSteps() != USUAL_STEPS && pair.draftSteps() > best.draftSteps())) {
                best = pair;
            }
        }
        if (best != null) {
            return best;
        }
        if (before != null && fits(transformers, before)) {
            return before;
        }
        return transformers.size() == 2 ? bySize(transformers) : null;
    }

    private static List<Pair> specialised(Map<String, VarPart> transformers) {
        List<Pair> pairs = new ArrayList<>();
        for (String name : transformers.keySet()) {
            Matcher m = SPECIALISED.matcher(name);
            if (m.matches() && m.group(2).equals("drafter")) {
                String refiner = m.group(1) + "refiner_" + m.group(3) + m.group(4);
                Pair pair = new Pair(name, refiner, Integer.parseInt(m.group(3)));
                if (fits(transformers, pair)) {
                    pairs.add(pair);
                }
            }
        }
        return pairs;
    }

    private static boolean fits(Map<String, VarPart> transformers, Pair pair) {
        VarPart drafter = transformers.get(pair.drafter());
        VarPart refiner = transformers.get(pair.refiner());
        return drafter != null
                && refiner != null
                && drafter.config().classes() == refiner.config().classes()
                && pair.draftSteps() >= 1
                && pair.draftSteps() < drafter.config().scales().count();
    }

    private static Pair bySize(Map<String, VarPart> transformers) {
        List<String> names = List.copyOf(transformers.keySet());
        long first = size(transformers.get(names.get(0)));
        long second = size(transformers.get(names.get(1)));
        if (first == second) {
            return null;
        }
        int drafter = first > second ? 0 : 1;
        int scales = transformers.get(names.get(drafter)).config().scales().count();
        Pair pair = new Pair(names.get(drafter), names.get(1 - drafter), Math.min(USUAL_STEPS, scales - 1));
        return fits(transformers, pair) ? pair : null;
    }

    private static long size(VarPart part) {
        return Layout.of(part.config()).parameters();
    }
}
