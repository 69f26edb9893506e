package dev.tandem.tensor;

/** A file or its content is not what it must be. The message is one line: where, then what. */
public class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 2000;

    public FormatException(String where, String what) {
        super(oneLine(where + ": " + what));
    }

    public FormatException(String where, String what, Throwable cause) {
        super(oneLine(where + ": " + what), cause);
    }

    /** Names come from files: what would break the line or steer the terminal is shown as its code. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST) + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i == LONGEST) {
                return line.append('…').toString();
            }
            if (Character.isISOControl(c) || Character.getType(c) == Character.LINE_SEPARATOR || c == '\u2029') {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
