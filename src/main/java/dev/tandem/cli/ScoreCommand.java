package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.ScoreReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.Scorer;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.Resize;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.request.ClassNames;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.text.Numbers;
import dev.tandem.trace.CodeFile;
import dev.tandem.trace.ScoreTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
            "A file of codes holds tokens, I32 [pictures, L], and label, I32 [pictures]."
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
            throw new InvalidRequestException("name pictures and their --class, or a file of codes with --tokens");
        }
        try (ModelFolder model = modelOption.open(terminal)) {
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            String name = transformer(model);
            VarConfig var = model.config().transformers().get(name).config();
            CodeFile codes = tokens == null ? null : CodeFile.open(tokens, vae, var);
            List<Integer> labels = codes == null ? labels(model, var) : codes.labels();
            BackendOptions.Chosen backend = backendOptions.choose(terminal, verbosity);
            ScoreReport report = new ScoreReport(model.origin(), name, vae.scales(), labels.size());
            try (ScoreTrace tracing = trace == null ? null : new ScoreTrace(trace, labels.size(), var);
                    StatusLine line = new StatusLine(terminal, verbosity.quiet);
                    Session session = backend.open()) {
                Ensemble models = Ensemble.load(session, model, List.of(name));
                Reconstructor reconstructor = new Reconstructor(session, models.vae());
                Scorer scorer = new Scorer(session, name, models.transformers().get(name));
                for (int i = 0; i < labels.size(); i++) {
                    String picture = "picture " + (i + 1) + " of " + labels.size();
                    line.show(picture);
                    Reconstructor.Encoding encoding = codes == null
                            ? reconstructor.encode(Resize.centreSquare(
                                            ImageFiles.read(images.get(i)), vae.imageSide())
                                    .toPixels())
                            : reconstructor.embed(codes.tokens(i));
                    float[] logits = scorer.logits(labels.get(i), encoding.maps());
                    for (int scale = 0; scale < vae.scales().count(); scale++) {
                        report.add(scorer.score(codes == null ? images.get(i).toString() : picture, scale, logits, encoding.tokens()));
                    }
                    if (tracing != null) {
                        tracing.add(labels.get(i), encoding.tokens(), logits);
                    }
                }
                if (tracing != null) {
                    tracing.finish();
                }
            }
            report.print(terminal, verbosity);
            return Main.OK;
        }
    }

    private String transformer(ModelFolder model) {
        Map<String, VarPart> all = model.config().transformers();
        if (all.isEmpty()) {
            throw new InvalidRequestException(model.origin() + " has no transformer");
        }
        if (transformer != null && !all.containsKey(transformer)) {
            throw new InvalidRequestException("--transformer: " + model.origin() + " has no transformer '" + transformer
                    + "'; it has " + String.join(", ", all.keySet()));
        }
        return transformer != null
                ? transformer
                : all.entrySet().stream()
                        .max(Comparator.comparingLong(e -> (long) e.getValue().config().depth()
                                * e.getValue().config().width()
                                * e.getValue().config().width()))
                        .orElseThrow()
                        .getKey();
    }

    private List<Integer> labels(ModelFolder model, VarConfig var) {
        ClassNames names = new ClassNames(var.classes(), model.config().classNames());
        List<Integer> labels = names.parse(classes);
        if (labels.isEmpty()) {
            throw new InvalidRequestException("of which class are the pictures? Name it with --class (none: no class)");
        }
        if (labels.size() == 1) {
            return java.util.Collections.nCopies(images.size(), labels.getFirst());
        }
        if (labels.size() != images.size()) {
            throw new InvalidRequestException("--class names " + labels.size() + " classes for "
                    + Numbers.count(images.size(), "picture") + "; one for all or one for each is needed");
        }
        return labels;
    }
}
