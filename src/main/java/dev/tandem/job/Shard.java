package dev.tandem.job;

import dev.tandem.request.InvalidRequestException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a job that one of several processes does.
 *
 * @param number from 1
 * @param of how many there are
 */
public record Shard(int number, int of) {
    public static final Shard ALL = new Shard(1, 1);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(\\d{1,7})");

    public static Shard parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (m.matches()) {
            int number = Integer.parseInt(m.group(1));
            int of = Integer.parseInt(m.group(2));
            if (number >= 1 && number <= of) {
                return new Shard(number, of);
            }
        }
        throw new InvalidRequestException("shard", "‹shard› takes I/N with I from 1 to N, such as 1/8, not " + text);
    }

    int first(int total) {
        return (int) ((long) total * (number - 1) / of);
    }

    /** Its share of a list: neighbours, so that all shards one after the other are the whole. */
    public <T> List<T> part(List<T> all) {
        return all.subList(first(all.size()), new Shard(number + 1, of).first(all.size()));
    }

    /** {@code samples.npz} to {@code samples.shard-2-of-8.npz}; the name itself where there is one shard. */
    public String name(String file) {
        if (of == 1) {
            return file;
        }
        String infix = ".shard-" + number + "-of-" + of;
        return file.endsWith(".npz") ? file.substring(0, file.length() - 4) + infix + ".npz" : file + infix;
    }

    @Override
    public String toString() {
        return number + " of " + of;
    }
}
