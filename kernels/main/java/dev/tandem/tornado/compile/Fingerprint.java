package dev.tandem.tornado.compile;

import dev.tandem.tornado.driver.TornadoInternals;
import java.io.IOException;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/**
 * What a kernel's machine code depends on besides the key of its launch: Tandem's own classes of this back-end, TornadoVM
 * and its compiler, their settings, the JVM, the device with its driver, and how the session was opened.
 */
public final class Fingerprint {
    private static final String OURS = "dev/tandem/tornado";
    private static final List<String> MODULES =
            List.of("tornado.api", "tornado.runtime", "tornado.drivers.common", "jdk.graal.compiler");

    private Fingerprint() {}

    /**
     * As text, to be compared.
     *
     * @param session how it was opened
     * @return empty where the classes can't be read, or the device does not tell what it is (TornadoVM's for SPIR-V)
     */
    public static Optional<String> of(TornadoXPUDevice device, String session) {
        try {
            StringBuilder out = new StringBuilder("1\n").append(classes()).append('\n');
            String driver =
                    "tornado.drivers." + device.getTornadoVMBackend().name().toLowerCase(Locale.ROOT);
            for (String module :
                    Stream.concat(MODULES.stream(), Stream.of(driver)).toList()) {
                out.append(module(module)).append('\n');
            }
            new TreeMap<>(System.getProperties()).forEach((name, value) -> {
                if (name.toString().startsWith("tornado.")) {
                    out.append(name).append('=').append(value).append('\n');
                }
            });
            out.append(System.getProperty("java.vm.version")).append('\n');
            out.append(device.getPlatformName()).append('\n');
            // less the address that the driver happens to give it
            out.append(
                    String.valueOf(device.getPhysicalDevice().getDeviceInfo()).replaceAll("0x[0-9a-f]+", ""));
            out.append(TornadoInternals.compilerVersion(device)).append('\n').append(session);
            return Optional.of(out.toString());
        } catch (IOException | URISyntaxException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** A digest of the classes that launch kernels and of those that are kernels. */
    private static String classes() throws IOException, URISyntaxException {
        Path code = Path.of(Fingerprint.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(code)) {
            return digest(code.resolve(OURS));
        }
        try (FileSystem jar = FileSystems.newFileSystem(code)) {
            return digest(jar.getPath(OURS));
        }
    }

    private static String digest(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A module's version, and its jar's size and time: builds of one version differ. */
    private static String module(String name) throws IOException {
        Optional<ResolvedModule> module = ModuleLayer.boot().configuration().findModule(name);
        if (module.isEmpty()) {
            return name;
        }
        String version =
                name + " " + module.get().reference().descriptor().rawVersion().orElse("");
        Optional<URI> location = module.get()
                .reference()
                .location()
                .filter(uri -> uri.getScheme().equals("file"));
        if (location.isEmpty()) {
            return version;
        }
        Path jar = Path.of(location.get());
        return version + " " + Files.size(jar) + " "
                + Files.getLastModifiedTime(jar).toMillis();
    }
}
