package dev.tandem.cli;

import dev.tandem.convert.ConversionResult;
import dev.tandem.convert.Converter;
import dev.tandem.convert.Hints;
import dev.tandem.convert.ModelNotes;
import dev.tandem.convert.PairChoice;
import dev.tandem.convert.TargetType;
import dev.tandem.convert.Weights;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code tandem convert}: parses its options and calls the {@link Converter}. */
@Command(
        name = "convert",
        description = "Turns public VAR, CoDe and VQVAE checkpoints into a model folder, or adds them to one.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem convert vae_ch160v4096z32.pth var_d30.pth var_d16.pth -o models/var",
            "  tandem convert drafter_8.pth refiner_8.pth -o models/var --dtype fp16",
            "  tandem convert var_d36.safetensors.index.json vae_ch160v4096z32.pth -o models/var-512 --dtype int8",
        })
public final class ConvertCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Checkpoints: .pth (zip or legacy), .safetensors, an index of shards (.safetensors, .bin), or folders of these.")
    private List<Path> files;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The model folder; parts that it has stay.")
    private Path output;

    @Option(
            names = "--dtype",
            converter = DtypeConverter.class,
            paramLabel = "TYPE",
            description = "How parameters are stored: fp32, fp16, bf16, int8 (default: as they are).")
    private TargetType dtype;

    @Option(
            names = "--patch-nums",
            split = "[,_]",
            paramLabel = "N",
            description = "Tokens along a side of each scale (1,2,3,4,5,6,8,10,13,16), where the file does not tell;"
                    + " buffers that follow from them may then be missing.")
    private List<Integer> patchNums;

    @Option(names = "--heads", paramLabel = "N", description = "Attention heads, where the file does not tell.")
    private Integer heads;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "JSON with what the tensors don't say: name, classes, sampling, patch_nums.")
    private Path config;

    @Option(
            names = "--weights",
            converter = WeightsConverter.class,
            paramLabel = "WHICH",
            description = "Where a checkpoint has raw weights and their average (EMA): raw or ema (default: ema).")
    private Weights weights;

    @Option(
            names = "--ignore",
            paramLabel = "PATTERN",
            description =
                    "Tensors to pass over that are no model's, * for anything: lora_*. Repeatable. Counters and the"
                            + " like are passed over anyway, with a line.")
    private List<String> ignored = List.of();

    @Option(
            names = "--drafter",
            paramLabel = "NAME",
            description = "With --refiner: the pair that is taken where none is named (default: what --config, names as"
                    + " drafter_8 and refiner_8, or the folder say; else none).")
    private String drafter;

    @Option(names = "--refiner", paramLabel = "NAME", description = "The pair's refiner, by the part's name.")
    private String refiner;

    @Option(
            names = "--draft-steps",
            paramLabel = "N",
            description = "How many scales the pair's drafter decodes (default: by its name, else 8).")
    private Integer draftSteps;

    @Option(names = "--name", description = "The model's name (default: the folder's).")
    private String name;

    @Option(names = "--force", description = "Replace other models of the same name.")
    private boolean force;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no summary.")
    private boolean quiet;

    @SuppressWarnings("unused") // whoever reports a failure asks the command line for it
    @Option(names = "--verbose", description = "Errors with their stack trace.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    /** Reads {@code fp16} and the like. */
    static final class DtypeConverter implements ITypeConverter<TargetType> {
        @Override
        public TargetType convert(String value) {
            return TargetType.labelled(value)
                    .orElseThrow(
                            () -> new TypeConversionException("'" + value + "' is none of " + TargetType.labels()));
        }
    }

    /** Reads {@code ema} and the like. */
    static final class WeightsConverter implements ITypeConverter<Weights> {
        @Override
        public Weights convert(String value) {
            return Weights.labelled(value)
                    .orElseThrow(() -> new TypeConversionException("'" + value + "' is neither raw nor ema"));
        }
    }

    @Override
    public Integer call() throws IOException {
        ModelNotes said =
                new ModelNotes(name, null, null, new Hints(patchNums, heads, null, null, null, null, null), pair());
        ModelNotes notes = config == null ? said : said.or(ModelNotes.read(config));
        ConversionResult result = convert(new Converter.Options(dtype, notes, force, weights, ignored));
        PrintWriter err = spec.commandLine().getErr();
        result.notes().forEach(note -> err.println("tandem: " + note));
        err.flush();
        if (!quiet) {
            summary(result);
        }
        return 0;
    }

    private PairChoice pair() {
        if (drafter == null && refiner == null && draftSteps == null) {
            return null;
        }
        if (drafter == null || refiner == null) {
            throw new InvalidRequestException("drafter", "a pair is a ‹drafter› and a ‹refiner›");
        }
        return new PairChoice(drafter, refiner, draftSteps);
    }

    private ConversionResult convert(Converter.Options options) throws IOException {
        if (quiet || System.console() == null || !System.console().isTerminal()) {
            return convert(new Converter(options, progress((done, total, part) -> {})));
        }
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("convert")
                .setInitialMax(1)
                .setUnit(" MiB", 1 << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .build()) {
            return convert(new Converter(options, progress((done, total, part) -> {
                bar.maxHint(total);
                bar.stepTo(done);
                bar.setExtraMessage(part);
            })));
        }
    }

    /** Says, too, what is waited for. */
    private Converter.Progress progress(Converter.Progress bytes) {
        return new Converter.Progress() {
            @Override
            public void at(long done, long total, String part) {
                bytes.at(done, total, part);
            }

            @Override
            public void waiting(Path folder) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("tandem: waiting for another conversion into " + folder);
                err.flush();
            }
        };
    }

    /** A Ctrl-C during the conversion removes what was written. */
    private ConversionResult convert(Converter converter) throws IOException {
        Thread cleanup = new Thread(converter::abort, "convert-cleanup");
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            return converter.convert(files, output);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(cleanup);
            } catch (IllegalStateException e) {
                // the machine is shutting down: the hook runs
            }
        }
    }

    private void summary(ConversionResult result) {
        PrintWriter out = spec.commandLine().getOut();
        for (ConversionResult.Written w : result.written()) {
            out.printf(
                    "%s: %s, %,d parameters, %.1f MiB (from %s)%n",
                    w.file(), w.what(), w.parameters(), w.bytes() / 1048576.0, w.origin());
        }
        if (result.config().pair() != null) {
            out.printf(
                    "%s drafts scales 1 to %d, %s refines the rest%n",
                    result.config().pair().drafter(),
                    result.config().pair().draftSteps(),
                    result.config().pair().refiner());
        }
        out.flush();
    }
}
