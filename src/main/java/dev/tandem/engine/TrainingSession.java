package dev.tandem.engine;

import dev.tandem.op.Ops;
import dev.tandem.op.TrainingOps;
import java.util.function.BiConsumer;

/** A session that can also go the way back. */
public interface TrainingSession extends Session {
    /** As {@link #program}, of operations of both kinds. */
    Program training(String name, BiConsumer<Ops, TrainingOps> body);
}
