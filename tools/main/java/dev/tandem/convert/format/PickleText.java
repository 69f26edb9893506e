package dev.tandem.convert.format;

import java.math.BigInteger;

/** The plain values of pickles that take parsing: integers of any size, and the texts of protocol 0. */
final class PickleText {
    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_INTEGER = 1024;

    private PickleText() {}

    static String line(ByteReader in) {
        return in.line(LONGEST_LINE);
    }

    /** A little-endian integer of so many bytes: a Long, or a BigInteger where it does not fit one. */
    static Object integer(ByteReader in, long bytes) {
        if (bytes > LONGEST_INTEGER) {
            throw in.wrong("an integer of " + bytes + " bytes");
        }
        byte[] value = in.take(bytes);
        for (int i = 0, j = value.length - 1; i < j; i++, j--) {
            byte swap = value[i];
            value[i] = value[j];
            value[j] = swap;
        }
        return shortest(value.length == 0 ? BigInteger.ZERO : new BigInteger(value));
    }

    /** A line with an integer, or with a truth value as 00 or 01. */
    static Object integer(ByteReader in) {
        String text = line(in);
        String digits = text.endsWith("L") ? text.substring(0, text.length() - 1) : text;
        try {
            return switch (digits) {
                case "00" -> false;
                case "01" -> true;
                default -> shortest(new BigInteger(digits));
            };
        } catch (NumberFormatException e) {
            throw in.wrong("'" + text + "' is no integer; it ends");
        }
    }

    private static Object shortest(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** A line with a number of the memo; -1, which is never there, for anything else. */
    static long index(ByteReader in) {
        return integer(in) instanceof Long index ? index : -1;
    }

    static double number(ByteReader in) {
        String text = line(in);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw in.wrong("'" + text + "' is no number; it ends");
        }
    }

    /** A line with a text in quotes and without escapes. */
    static String quoted(ByteReader in) {
        String text = line(in);
        int end = text.length() - 1;
        if (end < 1 || text.charAt(0) != text.charAt(end) || "'\"".indexOf(text.charAt(0)) < 0 || text.contains("\\")) {
            throw in.wrong("a string that is not quoted plainly ends");
        }
        return text.substring(1, end);
    }
}
