package dev.tandem.cli;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.Picture;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.VqVaeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares plans: which models decode which scales. */
@Command(
        name = "sweep",
        description = "Compares plans of decoding on the same seeds: speed, memory, and how far the pictures agree.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem sweep --draft-steps 1..9 -o sweep",
            "  tandem sweep --swap-each var_d16 --class 207,812 --count 4 -o swapped",
            "  tandem sweep --plans plans.txt --reference var_d30:1-10",
            "",
            "Writes PREFIX.csv, and as PNG and SVG: PREFIX-quality, PREFIX-memory, PREFIX-tokens, PREFIX-kl."
        })
final class SweepCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private SweepPlans plans;

    @Mixin
    private PictureChoice choice;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            defaultValue = "sweep",
            description = "What the files' names begin with. Default: ${DEFAULT-VALUE}.")
    private String output;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "1",
            description = "Batches of each plan before the clock runs. Default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Mixin
    private ModelOption modelOption;

    @Mixin
    private SamplingOptions samplingOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: as many as are sensible.")
    private Integer batch;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    SweepCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ModelFolder model = modelOption.open(terminal);
                SweepReference reference = new SweepReference();
                StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            int scales = vae.scales().count();
            List<Schedule> schedules = plans.choose(model, scales);
            // the same settings for all plans, or they could not be compared
            SamplingSettings settings = samplingOptions.settings(model.config().sampling(), false, scales);
            List<Picture> pictures = choice.pictures(ModelParts.classes(model.config(), schedules.getFirst()));
            BackendOptions.Chosen backend = backendOptions.choose(terminal, verbosity);
            int size = Integer.MAX_VALUE;
            for (Schedule schedule : schedules) {
                size = Math.min(
                        size,
                        BatchSize.choose(batch, false, pictures.size(), model, schedule, settings, backend));
            }
            List<SweepResult> results = new ArrayList<>();
            String device = null;
            for (Schedule schedule : schedules) {
                line.show("plan " + (results.size() + 1) + " of " + schedules.size() + ": " + schedule.plan());
                reference.rewind();
                SweepMeter meter = new SweepMeter(schedule, vae, reference, results.isEmpty());
                // a session each, so that no plan finds another's memory taken
                try (Session session = backend.open()) {
                    device = session.description();
                    PictureJob job = new PictureJob(
                            Ensemble.load(session, model, schedule.models()), schedule, settings, size, BatchSize.DECODE);
                    for (int i = 0; i < warmup; i++) {
                        job.run(pictures.subList(0, size), (p, image) -> {}, new PictureJob.Watcher() {});
                    }
                    job.run(pictures, (p, image) -> meter.picture(image), meter);
                }
                results.add(meter.result(
                        MemoryEstimate.of(model, schedule, settings, size, BatchSize.DECODE, Float.BYTES)));
            }
            SweepReport report = new SweepReport(device, results);
            List<Path> files = report.write(output);
            line.close();
            report.print(terminal, verbosity, files);
            return Main.OK;
        }
    }
}
