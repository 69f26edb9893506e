package dev.tandem.cli.terminal;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.cli.report.Report;
import dev.tandem.host.StandardOutput;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command's words go, and what it knows of its surroundings.
 *
 * @param out results
 * @param err progress and errors
 * @param env environment variables
 * @param interactive whether a person watches {@code err}
 */
public record Terminal(PrintWriter out, PrintWriter err, Map<String, String> env, boolean interactive) {
    /** Set by the launcher where stderr is a terminal: Java itself can only tell for stdin and stdout together. */
    static final String TTY = "TANDEM_TTY";

    /** The process's own. */
    public static Terminal system(StandardOutput standardOutput) {
        Map<String, String> env = System.getenv();
        return new Terminal(
                writer(standardOutput),
                writer(new FileOutputStream(FileDescriptor.err)),
                env,
                env.containsKey(TTY)
                        ? env.get(TTY).equals("1")
                        : System.console() != null && System.console().isTerminal());
    }

    private static PrintWriter writer(OutputStream to) {
        return new PrintWriter(to, true, StandardCharsets.UTF_8);
    }

    /** The same with results beside the errors, for who writes something else to standard output. */
    public Terminal aside() {
        return new Terminal(err, err, env, interactive);
    }

    /** Whether colours are welcome: a person watches, and neither NO_COLOR nor a dumb terminal forbids them. */
    public boolean colours() {
        return interactive
                && env.getOrDefault("NO_COLOR", "").isEmpty()
                && !env.getOrDefault("TERM", "").equals("dumb");
    }

    /** Whether a line can be written over. */
    boolean overwrites() {
        return interactive && !env.getOrDefault("TERM", "").equals("dumb");
    }

    /** Prints a command's result in the form that was asked for. */
    public void print(Report report, boolean json) throws IOException {
        if (json) {
            json(report.json());
        } else {
            report.text(out);
        }
        out.flush();
    }

    /** Prints a machine-readable result: maps, lists, texts, numbers. */
    public void json(Object result) throws IOException {
        out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(result));
    }
}
