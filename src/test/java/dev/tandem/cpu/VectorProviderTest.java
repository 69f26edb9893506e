package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VectorProviderTest {
    /** Prints what each back-end says of itself. */
    public static void main(String[] args) {
        for (BackendProvider provider : Backends.all()) {
            System.out.println(provider.name() + ": " + provider.unavailable().orElse("available"));
        }
    }

    @Test
    void comesBeforeTheScalarOne() {
        BackendProvider vector = Backends.choose("vector").provider();
        assertEquals("vector", vector.name());
        assertTrue(vector.priority() > Backends.choose("scalar").provider().priority());
    }

    @Test
    void saysWhatIsMissing() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        Process child = new ProcessBuilder(java, "-cp", classPath, VectorProviderTest.class.getName()).start();
        try (InputStream out = child.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
            assertEquals(0, child.waitFor());
            assertTrue(printed.contains("vector: the JVM was started without --add-modules"), printed);
            assertTrue(printed.contains("scalar: available"), printed);
        }
    }
}
