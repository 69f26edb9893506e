package dev.tandem.cli;

import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import java.util.Set;

/** How many pictures are made at a time. */
final class BatchSize {
    /** Pictures that the decoder turns into pixels at a time; more take memory and no less time on a CPU. */
    static final int DECODE = 1;

    /** More than this gains little on a CPU. */
    private static final int USUAL = 4;
    /** Back-ends whose buffers lie in the Java heap. */
    private static final Set<String> IN_HEAP = Set.of("scalar", "vector");
    /** Share of the heap that buffers may take. */
    private static final double SHARE = 0.9;

    private BatchSize() {}

    /**
     * @param asked what the user said, or null
     * @param whole whether all pictures must be in one batch
     */
    static int choose(
            Integer asked,
            boolean whole,
            int pictures,
            Model model,
            Schedule schedule,
            SamplingSettings settings,
            BackendOptions.Chosen backend) {
        if (asked != null && asked < 1) {
            throw new UsageException("--batch must be at least 1, not " + asked);
        }
        if (whole && asked != null && asked < pictures) {
            throw new UsageException("--trace takes all pictures in one batch: " + pictures + " pictures, --batch " + asked);
        }
        int wanted = Math.min(pictures, whole ? pictures : asked != null ? asked : USUAL);
        if (!IN_HEAP.contains(backend.provider().name())) {
            return wanted;
        }
        long heap = (long) (Runtime.getRuntime().maxMemory() * SHARE);
        MemoryEstimate need = estimate(model, schedule, settings, wanted);
        if (need.fitsHeap(heap)) {
            return wanted;
        }
        int fits = MemoryEstimate.largestBatch(model, schedule, settings, wanted - 1, DECODE, heap);
        if (fits >= 1 && asked == null && !whole) {
            return fits;
        }
        throw new NotEnoughMemoryException("a batch of " + wanted + " needs about " + Numbers.bytes(need.buffers())
                + " of memory beside the weights, the heap has " + Numbers.bytes(heap) + "; "
                + (fits >= 1 ? "--batch " + fits + " would fit" : "a larger heap would do"
                        + " (TANDEM_JAVA_OPTIONS=-Xmx" + (int) Math.ceil(need.buffers() / SHARE / (1 << 30)) + "g)"));
    }

    private static MemoryEstimate estimate(Model model, Schedule schedule, SamplingSettings settings, int batch) {
        return MemoryEstimate.of(model, schedule, settings, batch, DECODE, Float.BYTES);
    }
}
