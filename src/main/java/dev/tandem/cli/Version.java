package dev.tandem.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    private static final String RESOURCE = "/dev/tandem/version.properties";
    private static final String UNKNOWN = "unknown";

    private static Properties properties() {
        Properties p = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                p.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return p;
    }

    static String tandem() {
        return properties().getProperty("version", UNKNOWN);
    }

    /** The commit that was built, where git could tell. */
    private static String commit() {
        String commit = properties().getProperty("commit", "");
        return commit.isEmpty() || commit.startsWith("$") ? UNKNOWN : commit;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "Tandem " + tandem() + " (commit " + commit() + ")",
            "JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")",
            "TornadoVM " + tornado()
        };
    }

    private static String tornado() {
        try {
            Class<?> api = Class.forName("uk.ac.manchester.tornado.api.TornadoExecutionPlan");
            var module = api.getModule().getDescriptor();
            String version = module == null
                    ? api.getPackage().getImplementationVersion()
                    : module.rawVersion().orElse(null);
            return version == null ? "(version unknown)" : version;
        } catch (ClassNotFoundException | LinkageError e) {
            return "not there (optional, for GPUs: sdk install tornadovm)";
        }
    }
}
