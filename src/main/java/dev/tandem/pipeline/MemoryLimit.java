package dev.tandem.pipeline;

import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.Precision;
import dev.tandem.folder.Model;
import dev.tandem.text.Numbers;
import java.util.List;

/**
 * What memory there is for a run.
 *
 * @param device the device with memory of its own; null where buffers lie in the Java heap and weights outside
 */
record MemoryLimit(DeviceProvider.Device device, int activationBytes, long bytes) {
    /** Share of the heap that a run may take. */
    private static final double SHARE = 0.9;
    /** Share of a device's memory; the rest is for its driver's and libraries' own, 1 GiB on an H100. */
    private static final double SHARE_OF_DEVICE = 0.95;
    /** What a device needs beside what the estimate counts: compiled kernels, scratch memory of operations. */
    private static final double DEVICE_MARGIN = 1.05;

    private static final long DEVICE_EXTRA = 512L << 20;

    static MemoryLimit of(Compute compute) {
        if (!(compute.provider() instanceof DeviceProvider provider)) {
            return new MemoryLimit(
                    null, Float.BYTES, (long) (Runtime.getRuntime().maxMemory() * SHARE));
        }
        List<DeviceProvider.Device> all = provider.devices();
        String named = compute.options().device();
        DeviceProvider.Device device = all.stream()
                .filter(d -> named == null
                        ? d.gpu()
                        : d.id().equals(named) || d.backend().equals(named))
                .findFirst()
                .orElse(all.getFirst());
        boolean halves = compute.options().precision() == null
                ? device.halves()
                : compute.options().precision() == Precision.FP16;
        return new MemoryLimit(device, halves ? Short.BYTES : Float.BYTES, (long) (device.memory() * SHARE_OF_DEVICE));
    }

    boolean onGpu() {
        return device != null && device.gpu();
    }

    MemoryEstimate estimate(Model model, Schedule schedule, SamplingSettings settings, int batch) {
        return device == null
                ? MemoryEstimate.of(model, schedule, settings, batch, BatchSize.DECODE, activationBytes)
                : MemoryEstimate.onDevice(model, schedule, settings, batch, BatchSize.decode(this), activationBytes);
    }

    boolean holds(MemoryEstimate need) {
        return device == null
                ? need.fitsHeap(bytes)
                : need.total() * DEVICE_MARGIN + DEVICE_EXTRA <= bytes && need.largestArray() <= Integer.MAX_VALUE;
    }

    String needs(MemoryEstimate need) {
        if (device != null && need.largestArray() > Integer.MAX_VALUE) {
            return "an array of " + need.largestArray() + " elements, more than one array on a device can have";
        }
        return device == null
                ? Numbers.bytes(need.buffers()) + " of memory beside the weights, the heap has " + Numbers.bytes(bytes)
                : Numbers.bytes(need.total()) + " of memory, " + device.name() + " has " + Numbers.bytes(bytes);
    }

    String more(MemoryEstimate need) {
        return device == null
                ? "a larger heap would do (TANDEM_JAVA_OPTIONS=-Xmx"
                        + (int) Math.ceil(need.buffers() / SHARE / (1 << 30)) + "g)"
                : (activationBytes == Float.BYTES && device.halves() ? "‹precision› fp16 takes half, " : "")
                        + "‹backend› vector runs on the CPU";
    }
}
