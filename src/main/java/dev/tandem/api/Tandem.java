package dev.tandem.api;

import dev.tandem.analysis.Psnr;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Reconstructor;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.Drawing;
import dev.tandem.request.EditRegion;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.service.DrawRequest;
import dev.tandem.service.Drawn;
import dev.tandem.service.DrawnScale;
import dev.tandem.service.ModelService;
import dev.tandem.study.ScoreJob;
import dev.tandem.study.ScoreResult;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model that draws pictures, for any number of threads: what they ask for at the same time is drawn together where it
 * can be, and comes out as if each were alone. All methods throw a {@link TandemException} where something can't be done.
 */
public final class Tandem implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.tandem");

    private final OpenModel model;
    private final ModelService service;
    private final AtomicBoolean closed = new AtomicBoolean();

    Tandem(OpenModel model, ModelService service) {
        this.model = model;
        this.service = service;
    }

    public static TandemBuilder builder() {
        return new TandemBuilder();
    }

    /** What computes. */
    public String device() {
        return service.device();
    }

    /** The names of the model's classes, the first those of the lowest numbers; may be fewer than there are classes. */
    public List<String> classNames() {
        return model.folder().config().classNames();
    }

    /** How many classes there are. */
    public int classes() {
        return model.classes().count();
    }

    /** Draws one picture. */
    public GeneratedPicture generate(Request request) {
        return generate(request, scale -> {});
    }

    /** Draws one picture, and tells how it grows. */
    public GeneratedPicture generate(Request request, Progress progress) {
        return await(translated(
                () -> {
                    List<Prompt> prompts = prompts(request);
                    if (prompts.size() != 1) {
                        throw new InvalidRequestException(
                                "count", "this asks for " + prompts.size() + " pictures; generateAll draws them");
                    }
                    return draw(prompts, request, progress);
                },
                drawn -> picture(request, drawn.getFirst())));
    }

    /** Draws all of a request's pictures. */
    public List<GeneratedPicture> generateAll(Request request) {
        return generateAll(request, scale -> {});
    }

    /** Draws all of a request's pictures, and tells how they grow. */
    public List<GeneratedPicture> generateAll(Request request, Progress progress) {
        return await(submit(request, progress));
    }

    /** Has a request's pictures drawn; whoever cancels the future gets the time back, from the next scale on. */
    public CompletableFuture<List<GeneratedPicture>> submit(Request request) {
        return submit(request, scale -> {});
    }

    /** Has a request's pictures drawn, and tells how they grow. */
    public CompletableFuture<List<GeneratedPicture>> submit(Request request, Progress progress) {
        return translated(
                () -> draw(prompts(request), request, progress),
                all -> all.stream().map(drawn -> picture(request, drawn)).toList());
    }

    private CompletableFuture<List<Drawn>> draw(List<Prompt> prompts, Request request, Progress progress) {
        return service.draw(
                new DrawRequest(prompts, model.settings(request)),
                scale -> progress.drawn(
                        new GrownScale(scale, model.vae().scales().count())));
    }

    /** Draws a part of a picture anew. */
    public List<GeneratedPicture> edit(EditRequest request) {
        return await(translated(() -> {
            EditRegion region = EditRegion.of(
                    Pixels.rgb(request.picture()),
                    request.marking(),
                    request.drawsOutside(),
                    model.vae(),
                    note -> LOG.log(System.Logger.Level.INFO, note));
            List<Prompt> prompts = prompts(request.drawn());
            return service.run(pipeline -> edited(pipeline, region, request.drawn(), prompts));
        }));
    }

    private List<GeneratedPicture> edited(Pipeline pipeline, EditRegion region, Request request, List<Prompt> prompts)
            throws IOException {
        Drawing drawing = model.drawing(request);
        int batch = Math.min(model.batch(), prompts.size());
        List<RgbImage> images = pipeline.editing(drawing, batch)
                .run(region, prompts, new GenerateJob.Watcher() {})
                .edited();
        List<GeneratedPicture> pictures = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            pictures.add(GeneratedPicture.edited(images.get(i), prompts.get(i), model.classes()));
        }
        return pictures;
    }

    /** Encodes a picture of any size and decodes it again. */
    public Reconstruction reconstruct(BufferedImage picture) {
        RgbImage original = fit(picture);
        return await(translated(() -> service.run(pipeline -> {
            Reconstructor reconstructor = pipeline.reconstructor();
            Reconstructor.Encoding encoding = reconstructor.encode(original.toPixels());
            float[] pixels = reconstructor.decode(encoding.fHat());
            RgbImage again = RgbImage.ofPixels(pixels, 0, original.width(), original.height());
            double psnr = Psnr.of(original.levels(), again.levels(), RgbImage.MOST);
            return new Reconstruction(Pixels.buffered(again), encoding.tokens(), psnr);
        })));
    }

    /**
     * Asks how well the transformer of the first scales foretells pictures.
     *
     * @param ofClass the pictures' class, by name or number; {@code none} for no class
     */
    public Score score(String ofClass, BufferedImage... pictures) {
        return await(translated(() -> {
            if (pictures.length == 0) {
                throw new InvalidRequestException("pictures", "which ‹pictures›? None is named");
            }
            List<Integer> label = model.classes().parse(ofClass);
            if (label.size() != 1) {
                throw new InvalidRequestException("class", "‹class› names " + label.size() + " classes, not one");
            }
            List<RgbImage> fitted = IntStream.range(0, pictures.length)
                    .mapToObj(i -> fit(pictures[i]))
                    .toList();
            return service.run(pipeline -> score(pipeline, label.getFirst(), fitted));
        }));
    }

    private Score score(Pipeline pipeline, int label, List<RgbImage> pictures) throws IOException {
        String transformer = model.schedule().stages().getFirst().model();
        ScoreJob.Source source = new ScoreJob.Source() {
            @Override
            public String name(int i) {
                return "picture " + (i + 1);
            }

            @Override
            public Reconstructor.Encoding codes(int i, Reconstructor by) {
                return by.encode(pictures.get(i).toPixels());
            }
        };
        ScoreResult result = new ScoreJob(pipeline, transformer)
                .run(Collections.nCopies(pictures.size(), label), source, new ScoreJob.Listener() {});
        List<Score.Scale> scales = IntStream.range(0, result.scales().count())
                .mapToObj(i -> new Score.Scale(i + 1, result.crossEntropy()[i], result.top1()[i]))
                .toList();
        return new Score(transformer, result.overall(result.crossEntropy()), result.overall(result.top1()), scales);
    }

    private RgbImage fit(BufferedImage picture) {
        return Resize.centreSquare(Pixels.rgb(picture), model.vae().imageSide());
    }

    private List<Prompt> prompts(Request request) {
        if (request.count() < 1) {
            throw new InvalidRequestException("count", "‹count› must be at least 1, not " + request.count());
        }
        List<Integer> labels = model.classes().parse(request.classes());
        if (labels.isEmpty()) {
            throw new InvalidRequestException("class", "which class? None is named");
        }
        long seed = request.seed() != null
                ? request.seed()
                : ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        return GenerateJob.prompts(labels, request.count(), seed);
    }

    private GeneratedPicture picture(Request request, Drawn drawn) {
        return GeneratedPicture.drawn(drawn, model.names(request), model.classes());
    }

    /** A scale as the API shows it. */
    private record GrownScale(DrawnScale scale, int of) implements Progress.Scale {
        @Override
        public int number() {
            return scale.step().scale() + 1;
        }

        @Override
        public String model() {
            return scale.step().model();
        }

        @Override
        public List<Integer> pictures() {
            return scale.pictures();
        }

        @Override
        public BufferedImage preview(int picture) {
            return Pixels.buffered(scale.preview().apply(picture));
        }
    }

    /** Work that is begun, and ends when its future does. */
    private interface Work<T> {
        CompletableFuture<T> begin() throws IOException;
    }

    private static <T> CompletableFuture<T> translated(Work<T> work) {
        return translated(work, result -> result);
    }

    /** Begins work, so that it fails with the API's exceptions and ends when the given future is cancelled. */
    private static <A, T> CompletableFuture<T> translated(Work<A> work, Function<A, T> shown) {
        CompletableFuture<A> inner;
        try {
            inner = work.begin();
        } catch (IOException | RuntimeException e) {
            throw Translation.of(e);
        }
        CompletableFuture<T> outer = new CompletableFuture<>();
        inner.whenComplete((result, e) -> {
            try {
                if (e != null) {
                    outer.completeExceptionally(Translation.of(e));
                } else {
                    outer.complete(shown.apply(result));
                }
            } catch (RuntimeException unexpected) {
                outer.completeExceptionally(unexpected);
            }
        });
        outer.whenComplete((result, e) -> inner.cancel(false));
        return outer;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw Translation.of(e);
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new TandemException("interrupted while waiting", e);
        }
    }

    /** Gives up what is being drawn, and frees all memory; from a {@link Progress}, soon after that returns. */
    @Override
    public void close() {
        if (service.isItsThread()) {
            Thread.startVirtualThread(this::close);
        } else if (!closed.getAndSet(true)) {
            service.close();
            model.close();
        }
    }
}
