package dev.tandem.cli;

import dev.tandem.cli.terminal.Terminal;
import dev.tandem.host.StandardOutput;
import dev.tandem.request.InvalidRequestException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: reads the command line, runs a command, turns failures into one line and an exit code. */
public final class Main {
    private static final int HELP_WIDTH = 110;

    private Main() {}

    public static void main(String[] args) {
        StandardOutput out = new StandardOutput();
        Terminal terminal = Terminal.system(out);
        int code = execute(args, terminal);
        System.exit(out.failure().map(e -> new Failures(terminal).unwritten(e)).orElse(code));
    }

    /** As {@link #main}, without ending the process and without a terminal. */
    public static int execute(String[] args, PrintWriter out, PrintWriter err) {
        return execute(args, new Terminal(out, err, Map.of(), false));
    }

    static int execute(String[] args, Terminal terminal) {
        Failures failures = new Failures(terminal);
        String[] words;
        try {
            words = Arguments.normalise(args);
        } catch (InvalidRequestException e) {
            return failures.report(e, false);
        }
        int code = run(words, terminal, failures);
        terminal.out().flush();
        terminal.err().flush();
        return code;
    }

    /** Asked for help, picocli forgives words that it does not know; a command must be one all the same. */
    private static int knownCommand(ParseResult parsed) {
        if (!parsed.unmatched().isEmpty() && !parsed.hasSubcommand()) {
            throw new UnmatchedArgumentException(parsed.commandSpec().commandLine(), parsed.unmatched());
        }
        return new RunLast().execute(parsed);
    }

    private static int run(String[] words, Terminal terminal, Failures failures) {
        CommandLine commands = Commands.all(terminal)
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExecutionStrategy(Main::knownCommand)
                .setCaseInsensitiveEnumValuesAllowed(true)
                // what stands later wins, so that a word on the command line overrides one in an argument file
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setExpandAtFiles(false);
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        try {
            return commands.execute(words);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // the command's memory is free again here, so there is enough to say so
            return failures.report(e, List.of(words).contains("--verbose"));
        }
    }
}
