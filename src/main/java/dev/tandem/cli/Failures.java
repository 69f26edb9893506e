package dev.tandem.cli;

import dev.tandem.cli.option.OptionNames;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.OverflowException;
import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceException;
import dev.tandem.pipeline.NotEnoughMemoryException;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.tensor.FormatException;
import dev.tandem.text.Suggestions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line on stderr and an exit code; a stack trace only for who asks. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        say(oneLine(e instanceof UnmatchedArgumentException u ? unknown(u) : e.getMessage()) + " (see `"
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help`)");
        return ExitCode.USAGE;
    }

    /** The first word that no command or option takes. */
    private static String unknown(UnmatchedArgumentException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String word = e.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            return "unknown option '" + word + "'"
                    + Suggestions.didYouMean(word, command.optionsMap().keySet());
        }
        return command.subcommands().isEmpty()
                ? "unexpected argument '" + word + "'"
                : "unknown command '" + word + "'"
                        + Suggestions.didYouMean(word, command.subcommands().keySet());
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, parsed.hasMatchedOption("--verbose") || verbose(parsed));
    }

    private static boolean verbose(ParseResult parsed) {
        return parsed.hasSubcommand() && parsed.subcommand().hasMatchedOption("--verbose");
    }

    /** Says what happened; gives the exit code. */
    int report(Throwable e, boolean verbose) {
        say(oneLine(OptionNames.in(message(e))));
        if (verbose) {
            e.printStackTrace(terminal.err());
        }
        return e instanceof InvalidRequestException ? ExitCode.USAGE : ExitCode.FAILURE;
    }

    /** Standard output did not take what the command had to say. */
    int unwritten(IOException e) {
        say(oneLine("cannot write to standard output: " + e.getMessage()));
        return ExitCode.FAILURE;
    }

    private static String message(Throwable e) {
        String text = e.getMessage();
        return switch (e) {
            case InvalidRequestException u -> text;
            case FormatException f -> text;
            case NotEnoughMemoryException n -> text;
            case Backends.UnavailableException u -> text;
            case DeviceException d -> text;
            case OverflowException o -> text;
            case NoSuchFileException n -> n.getFile() + ": there is no such file";
            case AccessDeniedException a -> a.getFile() + ": permission denied";
            case FileSystemException f ->
                f.getFile() + ": " + (f.getReason() == null ? "cannot be used" : f.getReason());
            case IOException i when text != null -> text;
            case UncheckedIOException u -> message(u.getCause());
            case InvalidPathException i ->
                "there is no file name '" + i.getInput() + "' here: " + i.getReason()
                        + "; names beyond ASCII need a UTF-8 locale (LC_ALL=C.UTF-8)";
            case OutOfMemoryError o ->
                "the memory does not suffice (" + text + "); a smaller --batch or a larger heap"
                        + " (TANDEM_JAVA_OPTIONS=-Xmx…) may help";
            default ->
                "unexpected " + e.getClass().getSimpleName() + (text == null ? "" : ": " + text)
                        + " (--verbose shows where)";
        };
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private void say(String line) {
        terminal.err().println("tandem: " + line);
        terminal.err().flush();
    }
}
