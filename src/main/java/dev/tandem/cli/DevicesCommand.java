package dev.tandem.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
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
        boolean chosen = false;
        for (BackendProvider provider : Backends.all()) {
            Optional<String> reason = provider.unavailable();
            boolean auto = reason.isEmpty() && !chosen;
            chosen |= auto;
            if (verbosity.json) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("backend", provider.name());
                one.put("available", reason.isEmpty());
                one.put("auto", auto);
                one.put("description", provider.description());
                one.put("reason", reason.orElse(null));
                json.add(one);
            } else {
                terminal.out()
                        .println(provider.name() + (auto ? " (auto)" : "") + ": "
                                + reason.map(r -> "not available: " + r).orElseGet(provider::description));
            }
        }
        if (verbosity.json) {
            terminal.out().println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json));
        }
        return Main.OK;
    }
}
