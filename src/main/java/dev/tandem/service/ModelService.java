package dev.tandem.service;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.ModelParts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A loaded model that any number of threads may ask. One thread owns the session and does all work: what is asked for
 * meanwhile waits, and pictures of several requests whose settings go together are made in one batch, each as it would
 * be made alone. Whoever cancels a future, or completes it, is not waited for.
 */
public final class ModelService implements AutoCloseable {
    /** Work with the loaded model, on the thread that owns it. */
    public interface Task<T> {
        T run(Pipeline pipeline) throws Exception;
    }

    private record PendingTask<T>(Task<T> task, CompletableFuture<T> future) {
        void run(Pipeline pipeline) {
            if (!future.isDone()) {
                try {
                    future.complete(task.run(pipeline));
                } catch (Exception | OutOfMemoryError | StackOverflowError e) {
                    future.completeExceptionally(e);
                }
            }
        }
    }

    private final Model model;
    private final Compute compute;
    private final Schedule schedule;
    private final int most;
    private final Thread thread;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /** Guarded by this, as all below. */
    private final List<PendingDrawing> drawings = new ArrayList<>();

    private final Queue<PendingTask<?>> tasks = new ArrayDeque<>();
    private boolean closed;

    private ModelService(Model model, Compute compute, Schedule schedule, int batch) {
        this.model = model;
        this.compute = compute;
        this.schedule = schedule;
        this.most = batch;
        this.thread = Thread.ofPlatform()
                .name("tandem " + model.config().name())
                .daemon()
                .unstarted(this::work);
    }

    /**
     * Loads, and returns when requests can be taken; what fails is thrown as it is.
     *
     * @param batch pictures at a time, at most
     */
    public static ModelService open(Model model, Compute compute, Schedule schedule, int batch) {
        ModelService service = new ModelService(model, compute, schedule, batch);
        service.thread.start();
        try {
            service.ready.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : e;
        }
        return service;
    }

    /** What computes, for people. */
    public String device() {
        return ready.join();
    }

    /** Draws; the pictures come in the order of the prompts. */
    public CompletableFuture<List<Drawn>> draw(DrawRequest request, DrawRequest.Listener listener) {
        PendingDrawing drawing = new PendingDrawing(request, listener);
        synchronized (this) {
            checkOpen();
            drawings.add(drawing);
            notifyAll();
        }
        return drawing.future();
    }

    /** Does other work with the model, between batches. */
    public <T> CompletableFuture<T> run(Task<T> task) {
        PendingTask<T> pending = new PendingTask<>(task, new CompletableFuture<>());
        synchronized (this) {
            checkOpen();
            tasks.add(pending);
            notifyAll();
        }
        return pending.future();
    }

    private void checkOpen() {
        if (closed) {
            throw new ServiceClosedException();
        }
    }

    private void work() {
        try (Pipeline pipeline = Pipeline.open(compute, model, schedule.models())) {
            ready.complete(pipeline.session().description());
            GeneratorPool generators = new GeneratorPool(pipeline, schedule);
            while (await()) {
                PendingTask<?> task = nextTask();
                if (task != null) {
                    task.run(pipeline);
                }
                Batch batch = nextBatch();
                if (batch.size() > 0) {
                    draw(batch, pipeline, generators);
                }
            }
        } catch (RuntimeException | Error e) {
            ready.completeExceptionally(e);
            end(e);
        }
    }

    private void draw(Batch batch, Pipeline pipeline, GeneratorPool generators) {
        try {
            int side = pipeline.models().vae().config().imageSide();
            new BatchRun(batch, generators.of(batch.settings(), batch.size()), schedule, side).run();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            batch.requests().forEach(request -> request.future().completeExceptionally(e));
        }
    }

    /** Until there is something to do; false where the service is closed. */
    private synchronized boolean await() {
        try {
            while (!closed && tasks.isEmpty() && drawings.stream().noneMatch(PendingDrawing::waits)) {
                wait();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        return !closed;
    }

    private synchronized PendingTask<?> nextTask() {
        return tasks.poll();
    }

    private synchronized Batch nextBatch() {
        drawings.removeIf(PendingDrawing::over);
        return Batch.gather(drawings, most, ModelParts.tokenizer(model).config().scales());
    }

    private void end(Throwable why) {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        synchronized (this) {
            closed = true;
            drawings.forEach(drawing -> waiting.add(drawing.future()));
            tasks.forEach(task -> waiting.add(task.future()));
            notifyAll();
        }
        waiting.forEach(future -> future.completeExceptionally(why));
    }

    /** Whether the caller is the thread that owns the session: a listener or a task, which must not wait for it. */
    public boolean isItsThread() {
        return Thread.currentThread() == thread;
    }

    /** Gives up what waits and what is being made; returns when the session's memory is free. */
    @Override
    public void close() {
        end(new ServiceClosedException());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
