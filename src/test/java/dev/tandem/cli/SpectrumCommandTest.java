package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpectrumCommandTest {
    @TempDir
    static Path dir;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(dir.resolve("model"));
    }

    private static List<?> scales(Cli said, String kind) throws IOException {
        Map<?, ?> spectra = (Map<?, ?>) JSON.std.mapFrom(said.out()).get("spectra");
        return (List<?>) spectra.get(kind);
    }

    private static List<?> amplitudes(Cli said, String kind, int scale) throws IOException {
        return (List<?>) ((Map<?, ?>) scales(said, kind).get(scale)).get("amplitude");
    }

    @Test
    void aCurvePerScaleOfGeneratedPictures() throws IOException {
        Path prefix = dir.resolve("made");
        Cli said = Cli.run("spectrum", "-m", model, "--class", "0..2", "-n", 2, "--batch", 4, "-o", prefix, "--json")
                .ok();
        assertTrue(said.out().contains("\"pictures\" : 6"));
        assertEquals(3, amplitudes(said, "f_hat", 0).size());
        assertEquals(9, amplitudes(said, "pictures", 3).size());
        // features have their scale's own size: 1, 2, 3 and 4 places a side
        assertEquals(1, amplitudes(said, "features", 0).size());
        assertEquals(3, amplitudes(said, "features", 3).size());
        for (String file : List.of(".csv", "-f_hat.png", "-features.svg", "-pictures.png")) {
            assertTrue(Files.size(Path.of(prefix + file)) > 100, file);
        }
        // 3 + 1 + 9 frequencies at the first scale, 3 + 3 + 9 at the last
        assertEquals(
                1 + 4 * 3 + (1 + 2 + 2 + 3) + 4 * 9,
                Files.readAllLines(Path.of(prefix + ".csv")).size());
    }

    @Test
    void aFolderIsEncoded() throws IOException {
        Path photos = dir.resolve("photos");
        Cli.run("generate", "-m", model, "--class", "bee,cat", "-o", photos + "/")
                .ok();
        Path prefix = dir.resolve("seen");
        Cli said = Cli.run("spectrum", photos, "-m", model, "-o", prefix).ok();
        assertTrue(said.out().contains("of 2 pictures, encoded from"), said.out());
        assertFalse(Files.exists(Path.of(prefix + "-features.png")));

        Files.writeString(photos.resolve("broken.png"), "no picture");
        Cli.run("spectrum", photos, "-m", model, "-o", prefix).refused(ExitCode.FAILURE, "broken.png", "--keep-going");
        Cli going = Cli.run("spectrum", photos, "-m", model, "-o", prefix, "--keep-going")
                .ok();
        assertTrue(going.err().contains("left out: ") && going.err().contains("broken.png"), going.err());
        assertTrue(going.out().contains("1 file left out"), going.out());
        Path empty = Files.createDirectory(dir.resolve("empty"));
        Cli.run("spectrum", empty, "-m", model).refused(ExitCode.FAILURE, "holds no pictures");
        Cli.run("spectrum", dir.resolve("none"), "-m", model).refused(ExitCode.FAILURE, "is no folder");
    }
}
