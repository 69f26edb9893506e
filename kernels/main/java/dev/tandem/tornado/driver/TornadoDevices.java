package dev.tandem.tornado.driver;

import dev.tandem.engine.DeviceProvider.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** The devices that TornadoVM found in this process. */
public final class TornadoDevices {
    private static final String MODULE = "tornado.runtime";
    private static final Pattern MISSING = Pattern.compile("([^ :/]+\\.so[.0-9]*): cannot open shared object file");

    private static final Pattern CUDA_VERSION = Pattern.compile("Device version *: CUDA ([0-9]+)\\.");

    /** Compute capability. */
    private static final int AMPERE = 8;

    private TornadoDevices() {}

    /** A device and how it is named. */
    public record Found(Device about, String backend, TornadoXPUDevice device) {
        /** Whether kernels can use tensor cores here: those of Ampere and later, by a back-end that has {@code mma}. */
        public boolean tensorCores() {
            Matcher version = CUDA_VERSION.matcher(
                    String.valueOf(device.getPhysicalDevice().getDeviceInfo()));
            return switch (backend) {
                case "cuda" -> version.find() && Integer.parseInt(version.group(1)) >= AMPERE;
                case "ptx" -> TornadoInternals.computeCapability(device).orElse(0) >= AMPERE;
                default -> false;
            };
        }
    }

    /** What came of starting TornadoVM; it can be tried once in a process. */
    private static final class Start {
        private static final Optional<String> FAILURE = failure();

        private static Optional<String> failure() {
            if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
                return Optional.of("this JVM was started without TornadoVM; start Tandem with its launcher, `tandem`, "
                        + "which does so where the SDK (sdk install tornadovm) and a driver are installed");
            }
            // the pool is no larger than the device in any case, and Tandem estimates before it allocates
            System.setProperty("tornado.device.memory", System.getProperty("tornado.device.memory", "1024GB"));
            try {
                return all().isEmpty() ? Optional.of("TornadoVM found no device") : Optional.empty();
            } catch (Throwable e) {
                String text = DeviceFailures.firstLine(root(e));
                Matcher library = MISSING.matcher(text);
                return Optional.of(
                        library.find()
                                ? "library " + library.group(1) + " is missing"
                                : "TornadoVM does not start: " + text);
            }
        }
    }

    /** Why there is none; empty where there is one. */
    public static Optional<String> unavailable() {
        return Start.FAILURE;
    }

    private static Throwable root(Throwable e) {
        return e.getCause() == null || e.getCause() == e ? e : root(e.getCause());
    }

    public static List<Found> all() {
        TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
        List<Found> found = new ArrayList<>();
        for (int b = 0; b < runtime.getNumBackends(); b++) {
            TornadoBackend backend = runtime.getBackend(b);
            String name = backend.getBackendType().name().toLowerCase(Locale.ROOT);
            for (int d = 0; d < backend.getNumDevices(); d++) {
                if (backend.getDevice(d) instanceof TornadoXPUDevice device) {
                    found.add(new Found(about(b + ":" + d, name, device), name, device));
                }
            }
        }
        return found;
    }

    private static Device about(String id, String backend, TornadoXPUDevice device) {
        boolean gpu = device.getDeviceType() == TornadoDeviceType.GPU;
        String driver =
                backend.equals("opencl") ? "OpenCL, " + device.getPlatformName() : backend.toUpperCase(Locale.ROOT);
        return new Device(
                id,
                backend,
                device.getPhysicalDevice().getDeviceName().strip(),
                driver,
                device.getMaxGlobalMemory(),
                halves(backend, device),
                gpu);
    }

    private static boolean halves(String backend, TornadoXPUDevice device) {
        if (backend.equals("spirv")) {
            return false; // TornadoVM 5.2.0 stores floats there, unconverted, where halves belong
        }
        if (!backend.equals("opencl")) {
            return true;
        }
        // NVIDIA's OpenCL stores fp16 without listing the extension
        String extensions = device.getPhysicalDevice().getDeviceInfo();
        return device.getPlatformName().contains("NVIDIA") || extensions.contains("cl_khr_fp16");
    }

    /** The device of that name: {@code 0:1}, a back-end's name, or null for the first GPU, else the first. */
    public static Found choose(String name) {
        List<Found> all = all();
        if (name == null) {
            return all.stream().filter(f -> f.about().gpu()).findFirst().orElse(all.getFirst());
        }
        return all.stream()
                .filter(f -> f.about().id().equals(name) || f.backend().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no device is called '" + name + "'; there are "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(f -> f.about().id() + " (" + f.backend() + ", "
                                                + f.about().name() + ")")
                                        .toList())));
    }
}
