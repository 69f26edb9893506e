package dev.tandem.pipeline;

import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;

/** How many pictures are made at a time. */
public final class BatchSize {
    /** Pictures that the decoder turns into pixels at a time; more take memory and no less time on a CPU. */
    public static final int DECODE = 1;
    /** On a GPU more keep it busy. */
    private static final int DECODE_ON_GPU = 8;

    /** More than this gains little on a CPU. */
    private static final int USUAL = 4;
    /** On a device of its own memory. */
    private static final int USUAL_ON_DEVICE = 32;

    private BatchSize() {}

    /** How many pictures the decoder turns into pixels at a time. */
    public static int decode(Compute compute) {
        return decode(MemoryLimit.of(compute));
    }

    static int decode(MemoryLimit limit) {
        return limit.onGpu() ? DECODE_ON_GPU : DECODE;
    }

    /**
     * As many pictures of so many as are sensible, or as were asked for.
     *
     * @param asked what the user said, or null
     * @param whole whether all pictures must be in one batch, for their trace
     * @throws NotEnoughMemoryException where what was asked for does not fit
     */
    public static int choose(
            Integer asked,
            boolean whole,
            int pictures,
            Model model,
            Schedule schedule,
            SamplingSettings settings,
            Compute compute) {
        if (asked != null && asked < 1) {
            throw new InvalidRequestException("batch", "‹batch› must be at least 1, not " + asked);
        }
        if (whole && asked != null && asked < pictures) {
            throw new InvalidRequestException(
                    "trace", "‹trace› takes all pictures in one batch: " + pictures + " pictures, ‹batch› " + asked);
        }
        MemoryLimit limit = MemoryLimit.of(compute);
        int usual = limit.device() == null ? USUAL : USUAL_ON_DEVICE;
        int wanted = Math.min(pictures, whole ? pictures : asked != null ? asked : usual);
        MemoryEstimate need = limit.estimate(model, schedule, settings, wanted);
        if (limit.holds(need)) {
            return wanted;
        }
        int fits = MemoryEstimate.largestBatch(
                wanted - 1, b -> limit.estimate(model, schedule, settings, b), limit::holds);
        if (fits >= 1 && asked == null && !whole) {
            return fits;
        }
        throw new NotEnoughMemoryException("a batch of " + wanted + " needs about " + limit.needs(need) + "; "
                + (fits >= 1 ? "‹batch› " + fits + " would fit" : limit.more(need)));
    }

    /** As {@link #choose} of a drawing's model, schedule and settings. */
    public static int choose(Integer asked, boolean whole, int pictures, Drawing drawing, Compute compute) {
        return choose(asked, whole, pictures, drawing.model(), drawing.schedule(), drawing.settings(), compute);
    }
}
