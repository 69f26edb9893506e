package dev.tandem.service;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A request on its way: which of its pictures wait, and which are made. For the session's thread, but for the future. */
final class PendingDrawing {
    private final DrawRequest request;
    private final DrawRequest.Listener listener;
    private final CompletableFuture<List<Drawn>> future = new CompletableFuture<>();
    private final Drawn[] made;
    private int taken;
    private int missing;

    PendingDrawing(DrawRequest request, DrawRequest.Listener listener) {
        this.request = request;
        this.listener = listener;
        this.made = new Drawn[request.prompts().size()];
        this.missing = made.length;
        if (missing == 0) {
            future.complete(List.of());
        }
    }

    DrawRequest request() {
        return request;
    }

    DrawRequest.Listener listener() {
        return listener;
    }

    CompletableFuture<List<Drawn>> future() {
        return future;
    }

    /** Whether nobody waits for it any more. */
    boolean over() {
        return future.isDone();
    }

    /** Whether pictures wait to be put into a batch. */
    boolean waits() {
        return !over() && taken < made.length;
    }

    /** How many wait. */
    int left() {
        return made.length - taken;
    }

    /** Takes the next picture. */
    int take() {
        return taken++;
    }

    void made(int picture, Drawn drawn) {
        made[picture] = drawn;
        if (--missing == 0) {
            future.complete(List.copyOf(Arrays.asList(made)));
        }
    }
}
