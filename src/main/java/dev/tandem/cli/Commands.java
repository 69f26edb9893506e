package dev.tandem.cli;

import dev.tandem.cli.terminal.Terminal;
import picocli.CommandLine;

/** All commands, each given the terminal. */
final class Commands {
    private Commands() {}

    static CommandLine all(Terminal terminal) {
        return new CommandLine(new TandemCommand())
                .addSubcommand(new GenerateCommand(terminal))
                .addSubcommand(new EditCommand(terminal))
                .addSubcommand(new SweepCommand(terminal))
                .addSubcommand(new SpectrumCommand(terminal))
                .addSubcommand(new SampleCommand(terminal))
                .addSubcommand(new MergeCommand(terminal))
                .addSubcommand(new ExportCommand(terminal))
                .addSubcommand(new ConvertCommand())
                .addSubcommand(new ReconstructCommand(terminal))
                .addSubcommand(new ScoreCommand(terminal))
                .addSubcommand(new EvaluateCommand(terminal))
                .addSubcommand(new InspectCommand(terminal))
                .addSubcommand(new BenchCommand(terminal))
                .addSubcommand(new DevicesCommand(terminal))
                .addSubcommand(new CompletionCommand(terminal))
                .addSubcommand(new ManCommand(terminal));
    }
}
