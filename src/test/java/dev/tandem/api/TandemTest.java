package dev.tandem.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.cli.Main;
import dev.tandem.fixture.TinyModel;
import dev.tandem.image.file.ImageFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TandemTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path dir;

    private static Path model;

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyModel.write(shared.resolve("model"));
    }

    private static Tandem open() {
        return Tandem.builder().model(model).device(Device.CPU).build();
    }

    private static void run(Object... words) {
        StringWriter err = new StringWriter();
        String[] args = Stream.of(words).map(String::valueOf).toArray(String[]::new);
        assertEquals(0, Main.execute(args, new PrintWriter(new StringWriter()), new PrintWriter(err)), err.toString());
    }

    @Test
    void fiveLinesDrawWhatTheCommandLineDraws() throws IOException {
        Path file = dir.resolve("cat.png");
        try (Tandem tandem = Tandem.builder().model(model).build()) {
            GeneratedPicture picture = tandem.generate(Request.of("cat").seed(5));
            ImageIO.write(picture.toBufferedImage(), "png", file.toFile());
            run("generate", "--model", model, "--class", "cat", "--seed", 5, "-o", dir.resolve("cli.png"));
            assertArrayEquals(Files.readAllBytes(dir.resolve("cli.png")), picture.toPng());
            assertArrayEquals(ImageFiles.read(file).rgb(), picture.rgb());
            assertEquals("cat", picture.className());
            assertEquals(5, picture.seed());
            assertTrue(picture.timings().get("decode").toNanos() > 0);
        }
    }

    @Test
    void requestsSayWhatOptionsSay() throws IOException {
        run(
                "generate",
                "--model",
                model,
                "--drafter",
                "big",
                "--refiner",
                "small",
                "--draft-steps",
                3,
                "--class",
                "1,cat",
                "-n",
                2,
                "--seed",
                7,
                "--cfg",
                "3",
                "--top-k",
                "4,5,6,7",
                "--top-p",
                "0.5",
                "--temperature",
                "0.7",
                "--smooth",
                "-o",
                dir.resolve("f") + "/");
        try (Tandem tandem = Tandem.builder()
                .model(model)
                .drafter("big")
                .refiner("small")
                .draftSteps(3)
                .threads(2)
                .batch(3)
                .build()) {
            Request request = Request.of("1", "cat")
                    .count(2)
                    .seed(7)
                    .cfg(3)
                    .topK(4, 5, 6, 7)
                    .topP(0.5);
            List<GeneratedPicture> pictures =
                    tandem.generateAll(request.temperature(0.7).smooth(true));
            List<byte[]> drawn = pictures.stream().map(GeneratedPicture::toPng).toList();
            try (Stream<Path> files = Files.list(dir.resolve("f"))) {
                List<Path> sorted = files.sorted().toList();
                assertEquals(4, sorted.size());
                for (int i = 0; i < 4; i++) {
                    assertArrayEquals(
                            Files.readAllBytes(sorted.get(i)),
                            drawn.get(i),
                            sorted.get(i).toString());
                }
            }
        }
    }

    @Test
    void threadsAskAtOnceAndEachGetsItsOwn() {
        try (Tandem tandem = open()) {
            List<Request> requests = IntStream.range(0, 8)
                    .mapToObj(i -> Request.of(i % 3)
                            .seed(i)
                            .cfg(1 + i)
                            .temperature(1 + 0.1 * i)
                            .smooth(i % 4 == 3))
                    .toList();
            List<byte[]> alone =
                    requests.stream().map(r -> tandem.generate(r).rgb()).toList();
            List<CompletableFuture<byte[]>> together = requests.stream()
                    .map(r -> CompletableFuture.supplyAsync(
                            () -> tandem.generate(r).rgb()))
                    .toList();
            for (int i = 0; i < 8; i++) {
                assertArrayEquals(alone.get(i), together.get(i).join(), "request " + i);
            }
        }
    }

    @Test
    void progressTellsOfEveryScaleAndShowsThePictureSoFar() {
        try (Tandem tandem = open()) {
            List<String> scales = new ArrayList<>();
            List<BufferedImage> previews = new ArrayList<>();
            GeneratedPicture picture = tandem.generate(Request.of("bee").seed(1), scale -> {
                scales.add(scale.number() + "/" + scale.of() + " " + scale.pictures());
                previews.add(scale.preview(0));
            });
            assertEquals(List.of("1/4 [0]", "2/4 [0]", "3/4 [0]", "4/4 [0]"), scales);
            assertArrayEquals(picture.rgb(), Pixels.rgb(previews.getLast()).rgb());
        }
    }

    @Test
    void aCancelledRequestStopsAtTheNextScale() throws InterruptedException {
        try (Tandem tandem = open()) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger scales = new AtomicInteger();
            CompletableFuture<List<GeneratedPicture>> future = tandem.submit(Request.of("bee"), scale -> {
                scales.incrementAndGet();
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            begun.await();
            future.cancel(true);
            goOn.countDown();
            assertEquals(1, tandem.generateAll(Request.of("bee")).size());
            assertThrows(CancellationException.class, future::join);
            assertEquals(1, scales.get());
        }
    }

    @Test
    void whatCannotBeNamesItsParameter() {
        try (Tandem tandem = open()) {
            refused("class", "did you mean 'cat'", () -> tandem.generate(Request.of("cet")));
            refused("class", "which class?", () -> tandem.generate(Request.of(new String[0])));
            refused(
                    "count",
                    "count must be at least 1, not 0",
                    () -> tandem.submit(Request.of("cat").count(0)));
            refused(
                    "count",
                    "generateAll",
                    () -> tandem.generate(Request.of("cat").count(2)));
            refused(
                    "topP",
                    "from 0 to 1",
                    () -> tandem.generate(Request.of("cat").topP(2)));
            refused("mask", "mask", () -> tandem.edit(EditRequest.of(picture(9, 7))));
            refused(
                    "rect",
                    "marks nothing",
                    () -> tandem.edit(EditRequest.of(picture(9, 7)).rectangle(50, 50, 3, 3)));
        }
        refused(
                "draftSteps",
                "draftSteps must be from 1 to 3",
                () -> Tandem.builder()
                        .model(model)
                        .drafter("big")
                        .refiner("small")
                        .draftSteps(4)
                        .build());
        refused(
                "batch",
                "batch must be at least 1",
                () -> Tandem.builder().model(model).batch(0).build());
        refused(
                "threads",
                "threads",
                () -> Tandem.builder().model(model).threads(0).build());
        refused("model", "which model?", () -> Tandem.builder().build());
        refused("demo", "dev.tandem:tandem-demo", () -> Tandem.builder().demo().build());
        assertThrows(
                ModelFormatException.class,
                () -> Tandem.builder().model(dir.resolve("none")).build());
    }

    private static void refused(String parameter, String message, Runnable what) {
        InvalidParameterException e = assertThrows(InvalidParameterException.class, what::run);
        assertEquals(parameter, e.parameter());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void afterClosingNothingIsDrawn() {
        Tandem tandem = open();
        tandem.close();
        tandem.close();
        assertThrows(ClosedException.class, () -> tandem.generate(Request.of("cat")));
    }

    @Test
    void aListenerMayClose() {
        Tandem tandem = open();
        assertThrows(
                ClosedException.class,
                () -> tandem.generate(Request.of("cat"), scale -> {
                    tandem.close();
                    try {
                        Thread.sleep(200);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
    }

    @Test
    void aListenerThatFailsEndsItsRequestAlone() {
        try (Tandem tandem = open()) {
            assertThrows(
                    ArithmeticException.class,
                    () -> tandem.generate(Request.of("cat"), scale -> {
                        throw new ArithmeticException("mine");
                    }));
            assertEquals(TinyModel.SIDE, tandem.generate(Request.of("cat")).width());
        }
    }

    private static BufferedImage picture(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, x * 1237 + y * 92821);
            }
        }
        return image;
    }

    @Test
    void editsReconstructsAndScoresAsTheCommandLineDoes() throws IOException {
        BufferedImage picture = picture(TinyModel.SIDE + 5, TinyModel.SIDE);
        Path file = dir.resolve("in.png");
        ImageIO.write(picture, "png", file.toFile());
        run("reconstruct", file, "--model", model, "-o", dir.resolve("again.png"));
        run(
                "edit",
                file,
                "--model",
                model,
                "--rect",
                "4,2,9,8",
                "--class",
                "cat",
                "--seed",
                3,
                "-o",
                dir.resolve("edit.png"));
        try (Tandem tandem = open()) {
            Reconstruction again = tandem.reconstruct(picture);
            assertArrayEquals(
                    ImageFiles.read(dir.resolve("again.png")).rgb(),
                    Pixels.rgb(again.picture()).rgb());
            EditRequest edit = EditRequest.of(picture)
                    .rectangle(4, 2, 9, 8)
                    .with(Request.of("cat").seed(3));
            assertArrayEquals(
                    ImageFiles.read(dir.resolve("edit.png")).rgb(),
                    tandem.edit(edit).getFirst().rgb());
            Score score = tandem.score("cat", picture, picture(8, 8));
            assertEquals(TinyModel.SCALES, score.scales().size());
            assertTrue(score.crossEntropy() > 0 && Double.isFinite(score.crossEntropy()));
        }
    }

    @Test
    void theDemoComesFromTheClassPath() throws IOException {
        Path place = dir.resolve("dev/tandem/demo");
        Files.createDirectories(place);
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, place.resolve(file.getFileName()));
            }
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            try (Tandem demo = Tandem.builder().demo().build();
                    Tandem named = open()) {
                GeneratedPicture picture = demo.generate(Request.of("cat").seed(2));
                assertArrayEquals(named.generate(Request.of("cat").seed(2)).rgb(), picture.rgb());
                assertTrue(!picture.settings().containsKey("tandem:model"), "it is the default of the command line");
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
