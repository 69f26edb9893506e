package dev.tandem.convert;

import dev.tandem.tensor.FormatException;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbered modules in tensor names: {@code blocks.0.…}, {@code blocks.1.…}. */
final class Indices {
    private static final Pattern NUMBER = Pattern.compile("(0|[1-9]\\d{0,5})\\.");

    private Indices() {}

    /**
     * How many modules {@code prefix0.}, {@code prefix1.}, … there are.
     *
     * @throws FormatException where one of them is left out
     */
    static int count(SourcePart part, String prefix) {
        TreeSet<Integer> found = new TreeSet<>();
        for (String name : part.names()) {
            if (name.startsWith(prefix)) {
                Matcher number = NUMBER.matcher(name).region(prefix.length(), name.length());
                if (number.lookingAt()) {
                    found.add(Integer.parseInt(number.group(1)));
                }
            }
        }
        for (int i = 0; i < found.size(); i++) {
            if (!found.contains(i)) {
                throw new FormatException(part.origin(), "all tensors of '" + prefix + i + "' are missing");
            }
        }
        return found.size();
    }
}
