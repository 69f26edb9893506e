package dev.tandem.cli;

import dev.tandem.cli.option.OptionNames;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.DeviceProvider.Device;
import dev.tandem.host.DeviceProbes;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what can compute here. */
@Command(
        name = "devices",
        description = "Lists the back-ends, the preferred first, and why one cannot run here.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  tandem devices", "  tandem devices --json"})
final class DevicesCommand implements Callable<Integer> {
    private static final String NO_GPUS =
            "tornado: not available: this build has no back-end for GPUs; install the TornadoVM"
                    + " SDK (sdk install tornadovm 5.2.0-jdk25) and build again";

    private final Terminal terminal;

    @Mixin
    private VerbosityOptions verbosity;

    DevicesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        List<BackendProvider> providers = Backends.all();
        boolean gpus = providers.stream().anyMatch(DeviceProvider.class::isInstance);
        List<DeviceProbes.Result> probes = !gpus ? List.of() : DeviceProbes.run();
        String auto = Backends.choose("auto").provider().name();
        if (verbosity.json) {
            List<Map<String, Object>> json = new ArrayList<>();
            for (BackendProvider provider : providers) {
                json.add(json(provider, provider.name().equals(auto), probes));
            }
            terminal.json(json);
        } else {
            providers.forEach(p -> print(p, p.name().equals(auto), probes));
            if (!gpus) {
                terminal.out().println(NO_GPUS);
            }
        }
        return ExitCode.OK;
    }

    private void print(BackendProvider provider, boolean auto, List<DeviceProbes.Result> probes) {
        String name = provider.name() + (auto ? " (auto)" : "") + ": ";
        if (provider instanceof DeviceProvider && !probes.isEmpty()) {
            boolean any = probes.stream().anyMatch(p -> p.reason() == null);
            terminal.out().println(name + (any ? "TornadoVM" : "not available, for none of TornadoVM's drivers is"));
            probes.forEach(this::print);
            return;
        }
        terminal.out()
                .println(name
                        + provider.unavailable().map(r -> "not available: " + r).orElseGet(provider::description));
        devices(provider).forEach(d -> print(json(d)));
        unsuitable(provider).ifPresent(r -> terminal.out().println("  auto passes it over: " + r));
    }

    private void print(DeviceProbes.Result probe) {
        if (probe.reason() != null) {
            terminal.out().println("  " + probe.backend() + ": not available: " + probe.reason());
        }
        probe.devices().forEach(this::print);
    }

    private void print(Map<String, Object> device) {
        terminal.out()
                .println("  --device " + device.get("backend") + " or " + device.get("device") + ": "
                        + device.get("name")
                        + ", " + device.get("driver") + ", "
                        + Numbers.bytes(((Number) device.get("memory_bytes")).longValue())
                        + (Boolean.TRUE.equals(device.get("fp16")) ? ", fp16 and fp32" : ", fp32")
                        + (Boolean.TRUE.equals(device.get("gpu")) ? "" : ", no GPU: auto passes it over"));
    }

    private static List<Device> devices(BackendProvider provider) {
        return provider instanceof DeviceProvider d ? d.devices() : List.of();
    }

    private static Optional<String> unsuitable(BackendProvider provider) {
        return provider instanceof DeviceProvider d && d.unavailable().isEmpty()
                ? d.unsuitable().map(OptionNames::in)
                : Optional.empty();
    }

    private static Map<String, Object> json(BackendProvider provider, boolean auto, List<DeviceProbes.Result> probes) {
        Map<String, Object> json = new LinkedHashMap<>();
        Optional<String> reason = provider.unavailable();
        json.put("backend", provider.name());
        json.put("available", reason.isEmpty());
        json.put("auto", auto);
        json.put("description", provider.description());
        json.put("reason", reason.or(() -> unsuitable(provider)).orElse(null));
        json.put("devices", devices(provider).stream().map(DevicesCommand::json).toList());
        if (provider instanceof DeviceProvider) {
            json.put("gpu", true);
            json.put("unavailable", reason.orElse(null));
            if (!probes.isEmpty()) {
                json.put(
                        "drivers",
                        probes.stream().map(DeviceProbes.Result::json).toList());
            }
        }
        return json;
    }

    private static Map<String, Object> json(Device d) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", d.backend());
        json.put("device", d.id());
        json.put("name", d.name());
        json.put("driver", d.driver());
        json.put("memory_bytes", d.memory());
        json.put("fp16", d.halves());
        json.put("gpu", d.gpu());
        return json;
    }
}
