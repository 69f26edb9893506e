package dev.tandem.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the back-ends and chooses one, by name or by capability; refuses rather than substitutes. */
public final class Backends {
    private Backends() {}

    /** The chosen back-end and why others were passed over. */
    public record Choice(BackendProvider provider, List<String> passedOver) {}

    /** No back-end of that name, or it cannot run here. */
    public static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnavailableException(String message) {
            super(message);
        }
    }

    /** All providers, the preferred first. */
    public static List<BackendProvider> all() {
        return Stream.concat(
                        ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get),
                        ServiceLoader.load(DeviceProvider.class).stream().map(ServiceLoader.Provider::get))
                .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
                .toList();
    }

    /** The back-end of that name, or for {@code auto} the first that can run. */
    public static Choice choose(String name) {
        List<BackendProvider> all = all();
        if (!name.equals("auto")) {
            BackendProvider named = all.stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UnavailableException("no back-end is called '" + name + "'; there are auto, "
                            + String.join(
                                    ", ",
                                    all.stream().map(BackendProvider::name).toList())));
            Optional<String> reason = named.unavailable();
            if (reason.isPresent()) {
                throw new UnavailableException("back-end '" + name + "' is not available: " + reason.get());
            }
            return new Choice(named, List.of());
        }
        List<String> passedOver = new ArrayList<>();
        for (BackendProvider provider : all) {
            Optional<String> reason = provider.unavailable();
            if (reason.isEmpty() && provider instanceof DeviceProvider devices) {
                reason = devices.unsuitable();
            }
            if (reason.isEmpty()) {
                return new Choice(provider, passedOver);
            }
            passedOver.add(provider.name() + ": " + reason.get());
        }
        throw new UnavailableException("no back-end can run here (" + String.join("; ", passedOver) + ")");
    }
}
