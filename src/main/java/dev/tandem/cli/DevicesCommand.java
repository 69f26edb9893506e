package dev.tandem.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.DeviceProvider.Device;
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
    private final Terminal terminal;

    @Mixin
    private VerbosityOptions verbosity;

    DevicesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        List<Map<String, Object>> json = new ArrayList<>();
        String auto = Backends.choose("auto").provider().name();
        for (BackendProvider provider : Backends.all()) {
            if (verbosity.json) {
                json.add(json(provider, provider.name().equals(auto)));
            } else {
                print(provider, provider.name().equals(auto));
            }
        }
        if (verbosity.json) {
            terminal.out().println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json));
        }
        return Main.OK;
    }

    private void print(BackendProvider provider, boolean auto) {
        String what = provider.unavailable().map(r -> "not available: " + r).orElseGet(provider::description);
        terminal.out().println(provider.name() + (auto ? " (auto)" : "") + ": " + what);
        for (Device d : devices(provider)) {
            terminal.out()
                    .println("  --device " + d.id() + ": " + d.name() + ", " + d.driver() + ", "
                            + Numbers.bytes(d.memory()) + (d.halves() ? ", fp16" : ", fp32 only"));
        }
        unsuitable(provider).ifPresent(r -> terminal.out().println("  auto passes it over: " + r));
    }

    private static List<Device> devices(BackendProvider provider) {
        return provider instanceof DeviceProvider d ? d.devices() : List.of();
    }

    private static Optional<String> unsuitable(BackendProvider provider) {
        return provider instanceof DeviceProvider d && d.unavailable().isEmpty() ? d.unsuitable() : Optional.empty();
    }

    private static Map<String, Object> json(BackendProvider provider, boolean auto) {
        Map<String, Object> json = new LinkedHashMap<>();
        Optional<String> reason = provider.unavailable();
        json.put("backend", provider.name());
        json.put("available", reason.isEmpty());
        json.put("auto", auto);
        json.put("description", provider.description());
        json.put("reason", reason.or(() -> unsuitable(provider)).orElse(null));
        json.put("devices", devices(provider).stream().map(DevicesCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(Device d) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("device", d.id());
        json.put("name", d.name());
        json.put("driver", d.driver());
        json.put("memory_bytes", d.memory());
        json.put("fp16", d.halves());
        json.put("gpu", d.gpu());
        return json;
    }
}
