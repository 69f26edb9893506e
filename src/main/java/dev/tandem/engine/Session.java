package dev.tandem.engine;

import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A device at work: allocates buffers, takes weights, records programs and moves the little that crosses between host
 * and device. Everything it made is released when it is closed. For one thread.
 */
public interface Session extends AutoCloseable {
    /** Name of the back-end and of the device, for people. */
    String description();

    /** fp32 memory, zero at first. */
    Buffer floats(String name, long... dims);

    /** Memory in the type that the back-end computes layers in, zero at first. */
    Buffer activations(String name, long... dims);

    /** 32-bit integers, zero at first. */
    Buffer ints(String name, long... dims);

    /**
     * Takes a parameter.
     *
     * @param tensor any floating type, or I8 with a scale
     * @param scale one factor per first dimension of an I8 tensor, else null
     */
    Weight weight(Tensor tensor, Tensor scale);

    /**
     * Caches for all blocks of a model.
     *
     * @param overlay models that name the same overlay share memory: only one of them holds anything at a time
     */
    List<KvCache> kvCaches(String overlay, KvShape shape);

    /** Records a fixed sequence of operations that {@link Program#run} performs any number of times. */
    Program program(String name, Consumer<Ops> body);

    /** Returns when all work that programs have queued is done. */
    default void await() {}

    void write(Buffer buffer, float[] values);

    void write(Buffer buffer, int[] values);

    /** All elements of a buffer of floats or activations; waits for the programs before. */
    float[] readFloats(Buffer buffer);

    /** All elements of a buffer of ints; waits for the programs before. */
    int[] readInts(Buffer buffer);

    /** The bytes of a buffer of ints, each's lowest first; waits for the programs before. */
    default byte[] readBytes(Buffer buffer) {
        int[] words = readInts(buffer);
        ByteBuffer out = ByteBuffer.allocate(Integer.BYTES * words.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asIntBuffer().put(words);
        return out.array();
    }

    /** What it did with a device of its own so far; empty where it has none. */
    default Optional<DeviceUse> deviceUse() {
        return Optional.empty();
    }

    @Override
    void close();
}
