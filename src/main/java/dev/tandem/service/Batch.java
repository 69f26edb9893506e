package dev.tandem.service;

import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.model.Scales;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Pictures of one or several requests that are made together. */
record Batch(List<Item> items) {
    /** One picture of a request. */
    record Item(PendingDrawing of, int picture) {
        Prompt prompt() {
            return of.request().prompts().get(picture);
        }

        SamplingSettings settings() {
            return of.request().settings();
        }
    }

    /**
     * Takes pictures of waiting requests, the oldest first, whose settings go with the first's: so many as are at most
     * wanted, rounded down to a power of two, so that few sizes of generators are made.
     */
    static Batch gather(Collection<PendingDrawing> waiting, int most, Scales scales) {
        List<PendingDrawing> together = new ArrayList<>();
        int pictures = 0;
        for (PendingDrawing drawing : waiting) {
            if (drawing.waits()
                    && (together.isEmpty()
                            || drawing.request()
                                    .settings()
                                    .goesWith(together.getFirst().request().settings(), scales))) {
                together.add(drawing);
                pictures += drawing.left();
            }
        }
        int size = pictures >= most ? most : Integer.highestOneBit(pictures);
        List<Item> items = new ArrayList<>();
        for (PendingDrawing drawing : together) {
            while (items.size() < size && drawing.waits()) {
                items.add(new Item(drawing, drawing.take()));
            }
        }
        return new Batch(items);
    }

    int size() {
        return items.size();
    }

    SamplingSettings settings() {
        return items.getFirst().settings();
    }

    /** Whether nobody waits for any of its pictures any more. */
    boolean over() {
        return items.stream().allMatch(item -> item.of().over());
    }

    /** The requests, each once. */
    List<PendingDrawing> requests() {
        return items.stream().map(Item::of).distinct().toList();
    }
}
