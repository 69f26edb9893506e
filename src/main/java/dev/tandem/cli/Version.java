package dev.tandem.cli;

import dev.tandem.host.BuildInfo;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "Tandem " + BuildInfo.version() + " (commit " + BuildInfo.commit() + ")",
            "JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")",
            "TornadoVM " + BuildInfo.tornado()
        };
    }
}
