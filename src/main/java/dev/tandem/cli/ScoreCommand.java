package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.ScoreReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Reconstructor;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Resize;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.ClassNames;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.study.ScoreJob;
import dev.tandem.study.ScoreResult;
import dev.tandem.text.Numbers;
import dev.tandem.trace.CodeFile;
import dev.tandem.trace.ScoreTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks how well a transformer foretells the codes of given pictures. */
@Command(
        name = "score",
        description = "How well a transformer foretells the codes of given pictures: teacher-forced cross-entropy and"
                + " top-1 agreement per scale.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem score --class heart heart1.png heart2.png",
            "  tandem score --class 3,7 bird.png fruit.png --transformer refiner_8",
            "  tandem score --tokens codes.safetensors --json",
            "",
            "A file of codes holds tokens, I32 [pictures, L], and label, I32 [pictures].",
            PictureHelp.SEEN,
            PictureHelp.SEEN_TOO
        })
final class ScoreCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "IMAGE", arity = "0..*", description = "Pictures; they are encoded first.")
    private List<Path> images = new ArrayList<>();

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            description = "The pictures' class, or one for each; none: no class.")
    private List<String> classes = new ArrayList<>();

    @Option(names = "--tokens", paramLabel = "FILE", description = "Codes and labels instead of pictures.")
    private Path tokens;

    @Option(names = "--transformer", paramLabel = "NAME", description = "Which one to ask. Default: the largest.")
    private String transformer;

    @Mixin
    private ModelOptions modelOption;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also write label, tokens and logits [pictures, L, V], as safetensors.")
    private Path trace;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    ScoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (images.isEmpty() == (tokens == null)) {
            throw new InvalidRequestException(
                    "tokens", "name pictures and their --class, or a file of codes with --tokens");
        }
        try (ModelFolder model = modelOption.open(terminal)) {
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            String name = ModelParts.transformer(model, transformer);
            VarConfig var = model.config().transformers().get(name).config();
            CodeFile codes = tokens == null ? null : CodeFile.open(tokens, vae, var);
            List<Integer> labels = codes == null ? labels(ModelParts.classes(model.config(), name)) : codes.labels();
            Compute compute = backendOptions.choose(terminal, verbosity);
            ScoreResult result;
            try (ScoreTrace tracing = trace == null ? null : new ScoreTrace(trace, labels.size(), var);
                    StatusLine line = new StatusLine(terminal, verbosity.quiet);
                    Pipeline pipeline = Pipeline.open(compute, model, List.of(name))) {
                result = new ScoreJob(pipeline, name)
                        .run(
                                labels,
                                codes != null ? new Codes(codes) : new Pictures(images, vae),
                                new Watcher(line, labels.size(), tracing));
                if (tracing != null) {
                    tracing.finish();
                }
            }
            verbosity.print(new ScoreReport(model.origin(), result), terminal);
            return ExitCode.OK;
        }
    }

    private record Codes(CodeFile file) implements ScoreJob.Source {
        @Override
        public String name(int i) {
            return "picture " + (i + 1) + " of " + file.labels().size();
        }

        @Override
        public Reconstructor.Encoding codes(int i, Reconstructor by) {
            return by.embed(file.tokens(i));
        }
    }

    private record Pictures(List<Path> images, VqVaeConfig vae) implements ScoreJob.Source {
        @Override
        public String name(int i) {
            return images.get(i).toString();
        }

        @Override
        public Reconstructor.Encoding codes(int i, Reconstructor by) throws IOException {
            return by.encode(Resize.centreSquare(ImageFiles.read(images.get(i)), vae.imageSide())
                    .toPixels());
        }
    }

    private record Watcher(StatusLine line, int pictures, ScoreTrace tracing) implements ScoreJob.Listener {
        @Override
        public void begins(int i) {
            line.show("picture " + (i + 1) + " of " + pictures);
        }

        @Override
        public void scored(int label, int[] codes, float[] logits) {
            if (tracing != null) {
                tracing.add(label, codes, logits);
            }
        }
    }

    private List<Integer> labels(ClassNames names) {
        List<Integer> labels = names.parse(classes);
        if (labels.isEmpty()) {
            throw new InvalidRequestException(
                    "class", "of which class are the pictures? Name it with --class (none: no class)");
        }
        if (labels.size() == 1) {
            return Collections.nCopies(images.size(), labels.getFirst());
        }
        if (labels.size() != images.size()) {
            throw new InvalidRequestException(
                    "class",
                    "--class names " + labels.size() + " classes for " + Numbers.count(images.size(), "picture")
                            + "; one for all or one for each is needed");
        }
        return labels;
    }
}
