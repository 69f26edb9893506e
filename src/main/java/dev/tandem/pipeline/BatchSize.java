package dev.tandem.pipeline;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.Precision;
import dev.tandem.folder.Model;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Numbers;
import java.util.List;

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
    /** Share of the heap that a run may take. */
    private static final double SHARE = 0.9;
    /** Share of a device's memory; the rest is for its driver's and libraries' own, 1 GiB on an H100. */
    private static final double SHARE_OF_DEVICE = 0.95;
    /** What a device needs beside what the estimate counts: compiled kernels, scratch memory of operations. */
    private static final double DEVICE_MARGIN = 1.05;
    private static final long DEVICE_EXTRA = 512L << 20;

    private BatchSize() {}

    /** How many pictures the decoder turns into pixels at a time. */
    public static int decode(BackendOptions.Chosen backend) {
        Limit limit = Limit.of(backend);
        return limit.device() != null && limit.device().gpu() ? DECODE_ON_GPU : DECODE;
    }

    /**
     * @param asked what the user said, or null
     * @param whole whether all pictures must be in one batch
     */
    public static int choose(
            Integer asked,
            boolean whole,
            int pictures,
            Model model,
            Schedule schedule,
            SamplingSettings settings,
            BackendOptions.Chosen backend) {
        if (asked != null && asked < 1) {
            throw new InvalidRequestException("--batch must be at least 1, not " + asked);
        }
        if (whole && asked != null && asked < pictures) {
            throw new InvalidRequestException("--trace takes all pictures in one batch: " + pictures + " pictures, --batch " + asked);
        }
        Limit limit = Limit.of(backend);
        int wanted = Math.min(pictures, whole ? pictures : asked != null ? asked : limit.usual());
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
                + (fits >= 1 ? "--batch " + fits + " would fit" : limit.more(need)));
    }

    /**
     * What memory there is.
     *
     * @param device the device with memory of its own; null where buffers lie in the Java heap and weights outside
     */
    private record Limit(DeviceProvider.Device device, int activationBytes, long bytes) {
        static Limit of(BackendOptions.Chosen backend) {
            if (!(backend.provider() instanceof DeviceProvider provider)) {
                return new Limit(null, Float.BYTES, (long) (Runtime.getRuntime().maxMemory() * SHARE));
            }
            List<DeviceProvider.Device> all = provider.devices();
            String named = backend.options().device();
            DeviceProvider.Device device = all.stream()
                    .filter(d -> named == null ? d.gpu() : d.id().equals(named) || d.backend().equals(named))
                    .findFirst()
                    .orElse(all.getFirst());
            boolean halves = backend.options().precision() == null
                    ? device.halves()
                    : backend.options().precision() == Precision.FP16;
            return new Limit(device, halves ? Short.BYTES : Float.BYTES, (long) (device.memory() * SHARE_OF_DEVICE));
        }

        int usual() {
            return device == null ? USUAL : USUAL_ON_DEVICE;
        }

        MemoryEstimate estimate(Model model, Schedule schedule, SamplingSettings settings, int batch) {
            return device == null
                    ? MemoryEstimate.of(model, schedule, settings, batch, DECODE, activationBytes)
                    : MemoryEstimate.onDevice(
                            model, schedule, settings, batch, device.gpu() ? DECODE_ON_GPU : DECODE, activationBytes);
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
                    ? Numbers.bytes(need.buffers()) + " of memory beside the weights, the heap has "
                            + Numbers.bytes(bytes)
                    : Numbers.bytes(need.total()) + " of memory, " + device.name() + " has " + Numbers.bytes(bytes);
        }

        String more(MemoryEstimate need) {
            return device == null
                    ? "a larger heap would do (TANDEM_JAVA_OPTIONS=-Xmx"
                            + (int) Math.ceil(need.buffers() / SHARE / (1 << 30)) + "g)"
                    : (activationBytes == Float.BYTES && device.halves() ? "--precision fp16 takes half, " : "")
                            + "--backend vector runs on the CPU";
        }
    }
}
