package dev.tandem.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** Which Tandem this is, and which TornadoVM is there. */
public final class BuildInfo {
    private static final String RESOURCE = "/dev/tandem/version.properties";
    private static final String UNKNOWN = "unknown";
    private static final String API = "tornado-api-";
    private static final String JAR = ".jar";

    private BuildInfo() {}

    private static Properties properties() {
        Properties p = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                p.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return p;
    }

    /** Tandem's version. */
    public static String version() {
        return properties().getProperty("version", UNKNOWN);
    }

    /** The commit that was built, where git could tell. */
    public static String commit() {
        String commit = properties().getProperty("commit", "");
        return commit.isEmpty() || commit.startsWith("$") ? UNKNOWN : commit;
    }

    /** TornadoVM's version: the one that is loaded, else the one that is installed, else why there is none. */
    public static String tornado() {
        try {
            Class<?> api = Class.forName("uk.ac.manchester.tornado.api.TornadoExecutionPlan");
            var module = api.getModule().getDescriptor();
            String version = module == null
                    ? api.getPackage().getImplementationVersion()
                    : module.rawVersion().orElse(null);
            return version == null ? "(version unknown)" : version;
        } catch (ClassNotFoundException | LinkageError e) {
            return installed()
                    .map(v -> v + " (installed, not loaded: no GPU was asked for or found)")
                    .orElse("not there (optional, for GPUs: sdk install tornadovm)");
        }
    }

    /** The version of the SDK where the launcher looks for it, told by its API's file name. */
    private static Optional<String> installed() {
        String home = System.getenv("TORNADOVM_HOME");
        Path sdk = home != null && !home.isEmpty()
                ? Path.of(home)
                : Path.of(System.getProperty("user.home"), ".sdkman", "candidates", "tornadovm", "current");
        try (Stream<Path> jars = Files.list(sdk.resolve("share").resolve("java").resolve("tornado"))) {
            return jars.map(j -> j.getFileName().toString())
                    .filter(n -> n.startsWith(API) && n.endsWith(JAR))
                    .map(n -> n.substring(API.length(), n.length() - JAR.length()))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
