package dev.tandem.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors that writers swallow are remembered, a reader that went is none; links, devices and pipes as outputs. */
class StandardOutputTest {
    @TempDir
    private Path folder;

    private static StandardOutput failing(String message) {
        return new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        });
    }

    private static StandardOutput printed(StandardOutput out) {
        PrintWriter writer = new PrintWriter(out, true);
        writer.println("result");
        writer.println("another");
        return out;
    }

    @Test
    void aReaderThatWentIsNoError() {
        assertTrue(printed(failing("Broken pipe")).failure().isEmpty());
        assertTrue(StandardOutput.is(StandardOutput.path()));
    }

    @Test
    void whatALinkLeadsToIsReplacedAndTheLinkStays() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("a.png");
        Path link = Files.createSymbolicLink(folder.resolve("link.png"), Path.of("real/a.png"));
        for (String content : new String[] {"first", "second"}) { // there at the second time only
            try (AtomicFile file = new AtomicFile(link)) {
                Files.writeString(file.temporary(), content);
                file.commit();
            }
            assertTrue(Files.isSymbolicLink(link));
            assertEquals(content, Files.readString(real));
        }
        try (var left = Files.list(folder)) {
            assertEquals(2, left.count());
        }
    }

    @Test
    void aDeviceIsWrittenToAndStays() throws IOException {
        Path device = Path.of("/dev/null");
        try (AtomicFile file = new AtomicFile(device)) {
            Files.writeString(file.temporary(), "gone");
            file.commit();
        }
        assertTrue(Files.exists(device) && !Files.isRegularFile(device));
    }
}
