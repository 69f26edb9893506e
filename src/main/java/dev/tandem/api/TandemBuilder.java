package dev.tandem.api;

import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.Kernels;
import dev.tandem.folder.ModelFolder;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.SamplingChoice;
import dev.tandem.request.ScheduleChoice;
import dev.tandem.service.ModelService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Which model is loaded, and onto what. Whatever is not said is chosen by what the model is and what is there. */
public final class TandemBuilder {
    private static final System.Logger LOG = System.getLogger("dev.tandem");
    private static final String VECTOR = "vector";
    private static final String SCALAR = "scalar";

    private Path model;
    private boolean demo;
    private String drafter;
    private String refiner;
    private Integer draftSteps;
    private String plan;
    private Device device = Device.AUTO;
    private Precision precision;
    private Integer threads;
    private Integer batch;

    TandemBuilder() {}

    /** A model folder, as {@code tandem convert} makes it. */
    public TandemBuilder model(Path folder) {
        model = folder;
        return this;
    }

    /** The small demo model of the artifact {@code dev.tandem:tandem-demo} on the class path. */
    public TandemBuilder demo() {
        demo = true;
        return this;
    }

    /** The transformer that draws the first scales. */
    public TandemBuilder drafter(String name) {
        drafter = name;
        return this;
    }

    /** The transformer that draws the rest; with one of the two alone: plain VAR. */
    public TandemBuilder refiner(String name) {
        refiner = name;
        return this;
    }

    /** How many scales the drafter draws. */
    public TandemBuilder draftSteps(int scales) {
        draftSteps = scales;
        return this;
    }

    /** Any transformers over any ranges of scales, in place of the three above: {@code var_d30:1-8,var_d16:9-10}. */
    public TandemBuilder plan(String stages) {
        plan = stages;
        return this;
    }

    public TandemBuilder device(Device on) {
        device = on;
        return this;
    }

    /** How a device stores weights and activations; its best where nobody says. */
    public TandemBuilder precision(Precision stored) {
        precision = stored;
        return this;
    }

    /** Worker threads on the processor; as many as it has where nobody says. */
    public TandemBuilder threads(int workers) {
        threads = workers;
        return this;
    }

    /** Pictures that are drawn at a time, at most. */
    public TandemBuilder batch(int pictures) {
        batch = pictures;
        return this;
    }

    /** Loads the model. */
    public Tandem build() {
        try {
            return open();
        } catch (IOException | RuntimeException e) {
            throw Translation.of(e);
        }
    }

    private Tandem open() throws IOException {
        if (demo == (model != null)) {
            throw new InvalidRequestException(
                    "model",
                    demo ? "‹model› and demo exclude each other" : "which ‹model›? Name a folder, or take the demo");
        }
        DemoModel copy = demo ? DemoModel.copy() : null;
        ModelFolder folder = null;
        try {
            folder = ModelFolder.open(demo ? copy.folder() : model);
            Drawing usual =
                    Drawing.of(folder, new ScheduleChoice(drafter, refiner, draftSteps, plan), SamplingChoice.NONE);
            Compute compute = compute();
            int most = BatchSize.choose(batch, false, Integer.MAX_VALUE, usual, compute);
            ModelService service = ModelService.open(folder, compute, usual.schedule(), most);
            return new Tandem(new OpenModel(folder, copy, usual, compute, most), service);
        } catch (IOException | RuntimeException e) {
            if (folder != null) {
                folder.close();
            }
            if (copy != null) {
                copy.close();
            }
            throw e;
        }
    }

    private Compute compute() {
        dev.tandem.engine.Precision stored =
                precision == null ? null : dev.tandem.engine.Precision.valueOf(precision.name());
        String backend = device.backend() != null ? device.backend() : onProcessor();
        Compute compute = new Compute.Choice(backend, device.name(), stored, Kernels.AUTO, Kernels.AUTO, null, threads)
                .choose(System.getenv());
        compute.passedOver().forEach(reason -> LOG.log(System.Logger.Level.DEBUG, "passed over " + reason));
        if (compute.provider().name().equals(SCALAR) && !SCALAR.equals(device.backend())) {
            vectorsMissing()
                    .ifPresent(why -> LOG.log(
                            System.Logger.Level.WARNING, "computing without vectors, many times slower: " + why));
        }
        return compute;
    }

    private static String onProcessor() {
        return Backends.all().stream()
                .filter(p -> !(p instanceof DeviceProvider) && p.unavailable().isEmpty())
                .findFirst()
                .map(BackendProvider::name)
                .orElse(SCALAR);
    }

    private static Optional<String> vectorsMissing() {
        return Backends.all().stream()
                .filter(p -> p.name().equals(VECTOR))
                .findFirst()
                .flatMap(BackendProvider::unavailable);
    }
}
