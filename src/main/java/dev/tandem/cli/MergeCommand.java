package dev.tandem.cli;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.job.ShardMerge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts the shards of a sampling job together. */
@Command(
        name = "merge",
        description = "Puts the shards of `tandem sample` together: the same bytes that one process gives.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem merge samples.shard-*.npz -o samples.npz",
            "",
            "Every shard's index must lie beside it. Shards of a folder of PNG files need no merging."
        })
final class MergeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "SHARD", arity = "1..*", description = "The npz files, in any order.")
    private List<Path> shards = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "Where to.")
    private Path output;

    @Mixin
    private VerbosityOptions verbosity;

    MergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        ShardMerge merge = new ShardMerge(shards);
        try (StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
            merge.write(output, line::show);
        }
        if (!verbosity.quiet) {
            terminal.out().println(output + ": " + merge.pictures() + " pictures of " + shards.size() + " shards");
        }
        return ExitCode.OK;
    }
}
