package dev.tandem.host;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;

/** Where Tandem lies. */
public final class Installation {
    /** Set by the launcher. */
    static final String HOME = "TANDEM_HOME";

    private Installation() {}

    /** The folder with {@code weights}: from the launcher, else found from where this class was loaded. */
    public static Path home(Map<String, String> env) {
        String home = env.getOrDefault(HOME, "");
        if (!home.isEmpty()) {
            return Path.of(home);
        }
        try {
            // …/target/tandem.jar or …/target/classes
            Path code = Path.of(Installation.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path target = code.getParent();
            return target.getParent() == null ? target : target.getParent();
        } catch (URISyntaxException e) {
            return Path.of("");
        }
    }
}
