package dev.tandem.study;

import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelConfig;
import dev.tandem.host.ProcessMemory;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.NotEnoughMemoryException;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.pipeline.Timings;
import dev.tandem.profile.ProfilingSession;
import dev.tandem.random.RandomModel;
import dev.tandem.random.Shapes;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Times generation.
 *
 * @param batch pictures at a time
 * @param runs that count
 * @param warmup runs before them
 * @param breakdown whether every operation is timed by itself afterwards
 */
public record BenchJob(Drawing drawing, Compute compute, int batch, int runs, int warmup, boolean breakdown) {
    private static final long WEIGHT_SEED = 1;
    private static final List<String> DTYPES = List.of("fp32", "fp16", "bf16", "int8");

    /** A model of a public one's shape with random weights, which take as long as others. */
    public static RandomModel random(String shape, String dtype) {
        if (!DTYPES.contains(dtype)) {
            throw new InvalidRequestException("dtype", "‹dtype› must be fp32, fp16, bf16 or int8, not " + dtype);
        }
        try {
            ModelConfig config = Shapes.of(shape, dtype);
            long bytes = RandomModel.bytes(config);
            long machine = ProcessMemory.physical();
            if (bytes > machine) {
                throw new NotEnoughMemoryException("random weights of " + shape + " in " + dtype + " take "
                        + Numbers.bytes(bytes) + ", the machine has " + Numbers.bytes(machine)
                        + "; a smaller ‹dtype› may fit");
            }
            return new RandomModel(config, WEIGHT_SEED);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("shape", "‹shape›: " + e.getMessage(), e);
        }
    }

    /** @param status hears what is being done */
    public BenchResult run(Consumer<String> status) {
        BreakdownJob profiles = new BreakdownJob(status);
        BenchResult result;
        try (ProfilingSession session = new ProfilingSession(compute.open())) {
            status.accept(drawing.model() instanceof RandomModel ? "making random weights" : "loading");
            long start = System.nanoTime();
            BatchSize.choose(batch, false, batch, drawing, compute);
            Pipeline pipeline = Pipeline.in(
                    session, compute, drawing.model(), drawing.schedule().models());
            Generator generator = new Generator(
                    pipeline.models(), drawing.schedule(), drawing.settings(), batch, pipeline.decodeBatch());
            result = time(session, generator, System.nanoTime() - start, status);
            if (breakdown) {
                List<Prompt> prompts = prompts(0);
                profiles.add(session, () -> generator.generate(prompts, GenerationListener.NONE), runs);
            }
        }
        return breakdown ? result.with(profiles.result(compute)) : result;
    }

    private BenchResult time(Session session, Generator generator, long load, Consumer<String> status) {
        boolean onDevice = session.deviceUse().isPresent();
        List<BenchResult.Run> counted = new ArrayList<>();
        long first = 0;
        for (int i = -warmup; i < runs; i++) {
            status.accept(
                    i < 0 ? "warming up, " + (i + warmup + 1) + " of " + warmup : "run " + (i + 1) + " of " + runs);
            List<Prompt> prompts = prompts(i + warmup);
            Timings timings = new Timings(drawing.schedule());
            long begin = System.nanoTime();
            // a device is not made to wait between the parts of a run whose total counts
            generator.generate(prompts, onDevice ? GenerationListener.NONE : timings);
            long total = System.nanoTime() - begin;
            if (onDevice && i >= 0) {
                generator.generate(prompts, timings);
            }
            if (i == -warmup) {
                first = total;
            }
            if (i >= 0) {
                counted.add(new BenchResult.Run(timings, total));
            }
        }
        return new BenchResult(
                drawing.model(),
                drawing.schedule(),
                drawing.vae().scales(),
                session.description(),
                batch,
                warmup,
                load,
                first,
                counted,
                session.deviceUse().orElse(null),
                ProcessMemory.now(),
                null);
    }

    private List<Prompt> prompts(int run) {
        int classes = drawing.classes().count();
        return IntStream.range(0, batch)
                .mapToObj(b -> new Prompt((run * batch + b) % classes, run))
                .toList();
    }
}
