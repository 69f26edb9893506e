package dev.tandem.cli;

import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.PictureOptions;
import dev.tandem.cli.report.SpectrumReport;
import dev.tandem.cli.terminal.Progress;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.cli.terminal.UnreadableNotes;
import dev.tandem.decode.Prompt;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.AtomicFile;
import dev.tandem.model.Scales;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.Drawing;
import dev.tandem.request.ModelParts;
import dev.tandem.study.SpectrumJob;
import dev.tandem.study.SpectrumResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which frequencies each scale makes. */
@Command(
        name = "spectrum",
        description = "Shows which spatial frequencies each scale makes: first scales low ones, last scales high ones.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem spectrum --class 207,812 --count 8 -o spectrum",
            "  tandem spectrum photos/ -o photos-spectrum",
            "",
            "Fourier amplitudes are averaged over directions, channels and pictures. Writes PREFIX.csv, and as PNG and",
            "SVG: PREFIX-f_hat (what each scale adds), PREFIX-pictures (what they look like so far) and, of generated",
            "pictures, PREFIX-features (what the transformer's head sees).",
            PictureHelp.SEEN,
            PictureHelp.SEEN_TOO,
            PictureHelp.LINKS
        })
final class SpectrumCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            paramLabel = "FOLDER",
            arity = "0..1",
            description =
                    "Pictures to encode, those of the folders in it too. Without a folder, pictures are generated.")
    private Path folder;

    @Mixin
    private PictureOptions choice;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            defaultValue = "spectrum",
            description = "What the files' names begin with. Default: ${DEFAULT-VALUE}.")
    private String output;

    @Option(names = "--keep-going", description = "Leave out pictures that cannot be read; they are named and counted.")
    private boolean keepGoing;

    @Mixin
    private DrawingOptions options;

    SpectrumCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        AtomicFile.probe(Path.of(output + ".csv"));
        try (ModelFolder model = options.model.open(terminal)) {
            Scales scales = ModelParts.tokenizer(model).config().scales();
            SpectrumReport report;
            try (StatusLine line = new StatusLine(terminal, options.verbosity.quiet)) {
                SpectrumResult result = folder == null ? generated(model, line) : encoded(model, line);
                report = SpectrumReport.written(result, scales, output);
            }
            options.verbosity.print(report, terminal);
            return ExitCode.OK;
        }
    }

    private SpectrumResult generated(ModelFolder model, StatusLine line) throws IOException {
        Drawing drawing = options.drawing(model);
        List<Prompt> prompts = choice.prompts(drawing.classes());
        Compute compute = options.backend.choose(terminal, options.verbosity);
        int size = options.batch(drawing, false, prompts.size(), compute);
        Progress progress = new Progress(line, drawing.schedule(), drawing.vae().scales(), prompts.size());
        return new SpectrumJob(compute).generated(drawing, prompts, size, progress);
    }

    private SpectrumResult encoded(ModelFolder model, StatusLine line) throws IOException {
        Compute compute = options.backend.choose(terminal, options.verbosity);
        UnreadableNotes unreadable = new UnreadableNotes(terminal.err(), keepGoing);
        return new SpectrumJob(compute).encoded(model, folder, unreadable, line::show);
    }
}
