package dev.tandem.pipeline;

import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.request.SamplingChoice;
import dev.tandem.tensor.FormatException;
import dev.tandem.text.Numbers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory that generating with a schedule takes on a CPU.
 *
 * @param one at batch 1, with guidance; null where the folder's files do not load
 * @param more at batch {@link #BATCH}
 * @param problem why they do not, or null
 */
public record RunMemory(Schedule schedule, MemoryEstimate one, MemoryEstimate more, String problem) {
    private static final int BATCH = 8;

    public static RunMemory of(Model model, Schedule schedule, int scales) {
        SamplingSettings settings = SamplingChoice.NONE.settings(
                SamplingDefaults.NONE, schedule.stages().size() > 1, scales);
        try {
            return new RunMemory(
                    schedule, estimate(model, schedule, settings, 1), estimate(model, schedule, settings, BATCH), null);
        } catch (FormatException e) {
            return new RunMemory(schedule, null, null, e.getMessage());
        }
    }

    private static MemoryEstimate estimate(Model model, Schedule schedule, SamplingSettings settings, int batch) {
        return MemoryEstimate.of(model, schedule, settings, batch, BatchSize.DECODE, Float.BYTES);
    }

    private String stages() {
        return String.join(
                " and ", schedule.stages().stream().map(Object::toString).toList());
    }

    @Override
    public String toString() {
        if (problem != null) {
            return stages() + " cannot run: " + problem;
        }
        return "memory of a run with " + stages() + ": weights " + Numbers.bytes(one.weights()) + ", buffers "
                + Numbers.bytes(one.buffers()) + " at batch 1, " + Numbers.bytes(more.buffers()) + " at batch " + BATCH;
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stages", schedule.stages().stream().map(Object::toString).toList());
        if (problem == null) {
            json.put("weights_bytes", one.weights());
            json.put("buffers_bytes_batch_1", one.buffers());
            json.put("buffers_bytes_batch_" + BATCH, more.buffers());
        }
        json.put("problem", problem);
        return json;
    }
}
