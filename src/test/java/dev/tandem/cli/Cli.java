package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** What a command said, for tests. */
record Cli(int code, String out, String err) {
    static Cli run(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> args = new ArrayList<>();
        for (Object word : words) {
            args.add(String.valueOf(word));
        }
        int code = Main.execute(args.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
        return new Cli(code, out.toString(), err.toString());
    }

    /** Fails with what was said where the command did. */
    Cli ok() {
        assertEquals(ExitCode.OK, code, err);
        return this;
    }

    /** It refused, and said so in these words. */
    void refused(int expected, String... words) {
        assertEquals(expected, code, err);
        for (String word : words) {
            assertTrue(err.contains(word), () -> "'" + word + "' is not in: " + err);
        }
    }
}
