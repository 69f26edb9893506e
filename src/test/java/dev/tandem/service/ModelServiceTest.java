package dev.tandem.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.fixture.TinyModel;
import dev.tandem.folder.ModelFolder;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.Drawing;
import dev.tandem.request.SamplingChoice;
import dev.tandem.request.ScheduleChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelServiceTest {
    @TempDir
    private Path dir;

    private ModelFolder model;
    private ModelService service;
    private final CountDownLatch begin = new CountDownLatch(1);

    @BeforeEach
    void open() throws IOException {
        model = ModelFolder.open(TinyModel.write(dir.resolve("model")));
        Drawing drawing = Drawing.of(model, ScheduleChoice.NONE, SamplingChoice.NONE);
        service = ModelService.open(model, Compute.Choice.usual().choose(Map.of()), drawing.schedule(), 4);
    }

    @AfterEach
    void close() {
        begin.countDown();
        service.close();
        model.close();
    }

    private static SamplingSettings settings(double temperature, boolean smooth) {
        return new SamplingSettings(List.of(2.0), List.of(5.0), List.of(0.9), List.of(temperature), smooth);
    }

    private CompletableFuture<List<Drawn>> ask(int pictures, double temperature, boolean smooth) {
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            prompts.add(new Prompt(1, i));
        }
        return service.draw(new DrawRequest(prompts, settings(temperature, smooth)), DrawRequest.Listener.NONE);
    }

    /** What is asked for from now on waits until the latch is counted down. */
    private void hold() {
        service.run(pipeline -> begin.await(60, java.util.concurrent.TimeUnit.SECONDS));
    }

    private static List<Integer> batches(CompletableFuture<List<Drawn>> future) {
        return future.join().stream().map(Drawn::batch).toList();
    }

    @Test
    void whatGoesTogetherSharesABatchWhateverItsTemperature() {
        hold();
        CompletableFuture<List<Drawn>> first = ask(1, 1, false);
        CompletableFuture<List<Drawn>> smooth = ask(1, 1, true);
        CompletableFuture<List<Drawn>> second = ask(2, 2, false);
        CompletableFuture<List<Drawn>> third = ask(3, 0.5, false);
        begin.countDown();
        // 1 + 2 + 3 pictures by four at most: 4, then the oldest of those that wait
        assertEquals(List.of(4), batches(first));
        assertEquals(List.of(4, 4), batches(second));
        assertEquals(List.of(4, 2, 2), batches(third));
        assertEquals(List.of(1), batches(smooth));
    }

    @Test
    void aCancelledRequestTakesNoPlaceInABatch() {
        hold();
        CompletableFuture<List<Drawn>> first = ask(1, 1, false);
        CompletableFuture<List<Drawn>> cancelled = ask(1, 2, false);
        cancelled.cancel(true);
        begin.countDown();
        assertEquals(List.of(1), batches(first));
    }

    @Test
    void closingGivesUpWhatWaits() {
        hold();
        CompletableFuture<List<Drawn>> waiting = ask(1, 1, false);
        begin.countDown();
        service.close();
        if (!waiting.isCompletedExceptionally()) {
            assertEquals(1, waiting.join().size()); // it had been drawn before
        } else {
            assertTrue(
                    assertThrows(CompletionException.class, waiting::join).getCause()
                            instanceof ServiceClosedException);
        }
        assertThrows(ServiceClosedException.class, () -> ask(1, 1, false));
    }

    @Test
    void noPicturesAreDrawnAtOnce() {
        assertEquals(List.of(), ask(0, 1, false).join());
    }

    @Test
    void aTaskThatFailsFailsAlone() {
        CompletableFuture<Object> failing = service.run(pipeline -> {
            throw new IOException("mine");
        });
        assertEquals(
                "mine",
                assertThrows(CompletionException.class, failing::join)
                        .getCause()
                        .getMessage());
        assertEquals(1, ask(1, 1, false).join().size());
    }
}
