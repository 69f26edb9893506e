package dev.tandem.tornado;

import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.Precision;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.tornado.compile.Fingerprint;
import dev.tandem.tornado.compile.KernelStore;
import dev.tandem.tornado.driver.TornadoDevices;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.nvidia.LibraryChoice;
import java.util.List;
import java.util.Optional;

/** GPUs, through TornadoVM's task graphs. */
public final class TornadoProvider implements DeviceProvider {
    @Override
    public String name() {
        return "tornado";
    }

    @Override
    public int priority() {
        return 100;
    }

    @Override
    public Optional<String> unavailable() {
        return TornadoDevices.unavailable();
    }

    @Override
    public Optional<String> unsuitable() {
        return devices().stream().anyMatch(Device::gpu)
                ? Optional.empty()
                : Optional.of("no GPU; " + devices().getFirst().name() + " can be named with ‹backend› tornado");
    }

    @Override
    public List<Device> devices() {
        return unavailable().isPresent()
                ? List.of()
                : TornadoDevices.all().stream().map(TornadoDevices.Found::about).toList();
    }

    @Override
    public String description() {
        return "TornadoVM: "
                + String.join(
                        ", ",
                        devices().stream()
                                .map(d -> d.id() + " " + d.name() + " (" + d.driver() + ")")
                                .toList());
    }

    /** Bytes of compiled kernels that are kept at most; those of one plan take about one MiB. */
    private static final long STORED = 64L << 20;

    @Override
    public Session open(SessionOptions options) {
        TornadoDevices.Found found = TornadoDevices.choose(options.device());
        Device device = found.about();
        if (options.precision() == Precision.FP16 && !device.halves()) {
            throw new IllegalArgumentException(device.name() + " (" + device.driver() + ") has no fp16");
        }
        boolean halves = options.precision() == null ? device.halves() : options.precision() == Precision.FP16;
        LibraryChoice libraries = LibraryChoice.choose(options, device, halves);
        DeviceArray.Type storage = halves ? DeviceArray.Type.F16 : DeviceArray.Type.F32;
        boolean tensorCores = halves && found.tensorCores();
        Optional<KernelStore> store = Optional.ofNullable(options.kernelCache())
                .flatMap(folder -> Fingerprint.of(found.device(), storage + " " + libraries + " " + tensorCores)
                        .map(origin -> new KernelStore(folder, origin, STORED)));
        return new TornadoSession(found.device(), storage, libraries, tensorCores, true, store);
    }
}
