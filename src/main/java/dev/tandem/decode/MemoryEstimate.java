package dev.tandem.decode;

import dev.tandem.engine.PlanSession;
import dev.tandem.folder.Model;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The memory that a run needs, found by planning it: the same code allocates from a session that only counts.
 *
 * @param weights bytes of the parameters, mapped from their files where the back-end leaves them there
 * @param buffers bytes of activations, caches and pictures
 * @param largestArray elements of the largest single array
 */
public record MemoryEstimate(long weights, long buffers, long largestArray) {
    /** Elements that one Java array can hold. */
    public static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

    /** @param activationBytes 4 on the CPU, 2 where activations are fp16 */
    public static MemoryEstimate of(
            Model model,
            Schedule schedule,
            SamplingSettings settings,
            int batch,
            int decodeBatch,
            int activationBytes) {
        return of(new PlanSession(activationBytes), model, schedule, settings, batch, decodeBatch);
    }

    /** On a device that keeps parameters, activations and caches in elements of so many bytes. */
    public static MemoryEstimate onDevice(
            Model model, Schedule schedule, SamplingSettings settings, int batch, int decodeBatch, int elementBytes) {
        return of(new PlanSession(elementBytes, elementBytes), model, schedule, settings, batch, decodeBatch);
    }

    private static MemoryEstimate of(
            PlanSession session,
            Model model,
            Schedule schedule,
            SamplingSettings settings,
            int batch,
            int decodeBatch) {
        try (PlanSession plan = session) {
            new Generator(Ensemble.load(plan, model, schedule.models()), schedule, settings, batch, decodeBatch);
            return new MemoryEstimate(plan.weightBytes(), plan.bufferBytes(), plan.largestBuffer());
        }
    }

    public long total() {
        return weights + buffers;
    }

    /** Whether the buffers fit a heap of so many bytes, and each of them an array. */
    public boolean fitsHeap(long heapBytes) {
        return buffers <= heapBytes && largestArray <= MAX_ARRAY;
    }

    /** The largest batch up to {@code most} whose estimate passes; 0 where not even one picture's does. */
    public static int largestBatch(int most, IntFunction<MemoryEstimate> estimate, Predicate<MemoryEstimate> fits) {
        int found = 0;
        int low = 1;
        int high = most;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (fits.test(estimate.apply(middle))) {
                found = middle;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }
}
