package dev.tandem.service;

import dev.tandem.decode.Generator;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.pipeline.Pipeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Generators that were used lately, since making one takes time and memory. */
final class GeneratorPool {
    /** More would take memory that a batch may need. */
    private static final int MOST = 2;

    private record Kept(SamplingSettings settings, Generator generator) {}

    private final Pipeline pipeline;
    private final Schedule schedule;
    private final Deque<Kept> kept = new ArrayDeque<>();

    GeneratorPool(Pipeline pipeline, Schedule schedule) {
        this.pipeline = pipeline;
        this.schedule = schedule;
    }

    /** One for so many pictures whose settings go with these. */
    Generator of(SamplingSettings settings, int batch) {
        Kept found = find(settings, batch);
        if (found == null) {
            // the oldest one's memory is free before more is taken
            while (kept.size() >= MOST) {
                kept.removeLast();
            }
            found = new Kept(settings, make(settings, batch));
        }
        kept.addFirst(found);
        return found.generator();
    }

    private Kept find(SamplingSettings settings, int batch) {
        for (Iterator<Kept> all = kept.iterator(); all.hasNext(); ) {
            Kept one = all.next();
            if (one.generator().batch() == batch
                    && one.settings()
                            .goesWith(settings, pipeline.models().vae().config().scales())) {
                all.remove();
                return one;
            }
        }
        return null;
    }

    private Generator make(SamplingSettings settings, int batch) {
        try {
            return new Generator(pipeline.models(), schedule, settings, batch, pipeline.decodeBatch());
        } catch (OutOfMemoryError e) {
            if (kept.isEmpty()) {
                throw e;
            }
            kept.clear();
            return new Generator(pipeline.models(), schedule, settings, batch, pipeline.decodeBatch());
        }
    }
}
