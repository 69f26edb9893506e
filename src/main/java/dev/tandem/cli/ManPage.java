package dev.tandem.cli;

import dev.tandem.host.BuildInfo;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A manual page of a command and all its subcommands, in the language of man(7). */
final class ManPage {
    private final CommandSpec root;
    private final StringBuilder out = new StringBuilder();

    ManPage(CommandSpec root) {
        this.root = root;
    }

    String text() {
        macro("TH", root.name().toUpperCase(Locale.ROOT), "1", "", "Tandem " + BuildInfo.version());
        macro("SH", "NAME");
        line(root.name() + " \\- draws pictures with visual autoregressive models");
        macro("SH", "SYNOPSIS");
        line("\\fB" + root.name() + "\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]");
        macro("SH", "DESCRIPTION");
        paragraphs(root.usageMessage().description());
        line("Long options take - and _ alike. An argument @FILE stands for the words in that file.");
        root.subcommands().values().forEach(c -> {
            CommandSpec each = c.getCommandSpec();
            macro("SH", each.qualifiedName().toUpperCase(Locale.ROOT));
            synopsis(each);
            macro("PP");
            command(each);
        });
        surroundings();
        return out.toString();
    }

    /** The page of one command. */
    String text(CommandSpec c) {
        String name = c.qualifiedName("-");
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "Tandem " + BuildInfo.version());
        macro("SH", "NAME");
        line(escape(name) + " \\- " + escape(plain(c.usageMessage().description()[0])));
        macro("SH", "SYNOPSIS");
        synopsis(c);
        macro("SH", "DESCRIPTION");
        command(c);
        surroundings();
        return out.toString();
    }

    private void surroundings() {
        macro("SH", "ENVIRONMENT");
        item("TANDEM_MODEL", "The model folder to work with where --model names none.");
        item("TANDEM_JAVA_HOME", "The JDK to run with, 25 or newer.");
        item("TANDEM_JAVA_OPTIONS", "More options for the JVM, such as -Xmx8g.");
        item("NO_COLOR", "Where set and not empty, nothing is coloured.");
        macro("SH", "EXIT STATUS");
        item(String.valueOf(ExitCode.OK), "The command did what it was asked.");
        item(String.valueOf(ExitCode.FAILURE), "It could not; one line on standard error says why.");
        item(String.valueOf(ExitCode.USAGE), "It was asked for something that cannot be.");
    }

    private void synopsis(CommandSpec c) {
        String text = c.commandLine().getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
        line("\\fB" + escape(c.qualifiedName()) + "\\fR"
                + escape(text.substring(c.qualifiedName().length())));
    }

    private void command(CommandSpec c) {
        paragraphs(c.usageMessage().description());
        for (PositionalParamSpec p : c.positionalParameters()) {
            item(p.paramLabel(), description(p.description(), p.defaultValueString(), p));
        }
        for (OptionSpec o : c.options()) {
            if (!o.hidden() && !o.usageHelp() && !o.versionHelp()) {
                String value = o.arity().max() == 0 ? "" : " " + o.paramLabel();
                item(String.join(", ", o.names()) + value, description(o.description(), o.defaultValueString(), o));
            }
        }
        if (c.usageMessage().footer().length > 0) {
            macro("PP");
            line("Examples:");
            macro("nf");
            for (String footer : c.usageMessage().footer()) {
                line(escape(plain(footer)));
            }
            macro("fi");
        }
    }

    private static String description(String[] lines, String usual, CommandLine.Model.ArgSpec arg) {
        StringBuilder candidates = new StringBuilder();
        if (arg.completionCandidates() != null) {
            arg.completionCandidates()
                    .forEach(c ->
                            candidates.append(candidates.isEmpty() ? "" : ", ").append(c));
        }
        return plain(String.join(" ", lines))
                .replace("${DEFAULT-VALUE}", String.valueOf(usual))
                .replace("${COMPLETION-CANDIDATES}", candidates);
    }

    private void paragraphs(String[] lines) {
        for (String l : lines) {
            line(escape(plain(l)));
        }
    }

    private void item(String term, String text) {
        macro("TP");
        line("\\fB" + escape(term) + "\\fR");
        line(escape(text));
    }

    private void macro(String name, String... arguments) {
        out.append('.').append(name);
        for (String a : List.of(arguments)) {
            out.append(" \"").append(a).append('"');
        }
        out.append('\n');
    }

    private void line(String text) {
        out.append(text.isEmpty() ? ".PP" : text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text)
                .append('\n');
    }

    /** Without picocli's own markup. */
    private static String plain(String text) {
        return Ansi.OFF.string(text);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("-", "\\-");
    }
}
