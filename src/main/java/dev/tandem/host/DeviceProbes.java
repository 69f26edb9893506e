package dev.tandem.host;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tries each of TornadoVM's back-ends in a process of its own, since one that can't load keeps all others from starting
 * in the same.
 */
public final class DeviceProbes {
    /** The environment variable that tells the launcher which back-end to load: with it, a process tells of itself only. */
    private static final String VARIABLE = "TANDEM_TORNADO";

    private static final List<String> BACKENDS = List.of("cuda", "ptx", "opencl", "spirv");
    private static final long SECONDS = 60;

    private DeviceProbes() {}

    /** What one back-end offers: its devices as JSON has them, or why there are none. */
    public record Result(String backend, List<Map<String, Object>> devices, String reason) {
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("driver", backend);
            json.put("available", reason == null);
            json.put("reason", reason);
            json.put("devices", devices);
            return json;
        }
    }

    /** Probes all at once; empty in a probing process, or where the launcher is not known. */
    public static List<Result> run() throws IOException {
        String home = System.getenv("TANDEM_HOME");
        if (home == null || System.getenv(VARIABLE) != null) {
            return List.of();
        }
        Path launcher = Path.of(home, "tandem");
        if (!Files.isExecutable(launcher)) {
            return List.of();
        }
        List<Process> processes = new ArrayList<>();
        for (String backend : BACKENDS) {
            ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "devices", "--json")
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put(VARIABLE, backend);
            processes.add(builder.start());
        }
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < BACKENDS.size(); i++) {
            results.add(result(BACKENDS.get(i), processes.get(i)));
        }
        return results;
    }

    private static Result result(String backend, Process process) throws IOException {
        byte[] out = process.getInputStream().readAllBytes();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(backend, List.of(), "did not answer within " + SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return new Result(backend, List.of(), "interrupted");
        }
        if (process.exitValue() != 0 || out.length == 0) {
            return new Result(backend, List.of(), "its process ended with exit code " + process.exitValue());
        }
        for (Object provider : JSON.std.listFrom(out)) {
            if (provider instanceof Map<?, ?> p
                    && p.get("devices") instanceof List<?> devices
                    && p.containsKey("gpu")) {
                return found(backend, devices, p.get("unavailable"));
            }
        }
        return new Result(backend, List.of(), "this build has no TornadoVM back-end");
    }

    private static Result found(String backend, List<?> devices, Object reason) {
        List<Map<String, Object>> own = new ArrayList<>();
        for (Object device : devices) {
            Map<String, Object> copy = new LinkedHashMap<>();
            ((Map<?, ?>) device).forEach((key, value) -> copy.put(String.valueOf(key), value));
            if (backend.equals(copy.get("backend"))) {
                own.add(copy);
            }
        }
        return new Result(
                backend, own, reason != null ? reason.toString() : own.isEmpty() ? "it found no device" : null);
    }
}
