package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the papers observed is there in the bundled model. */
class DemoStudiesTest {
    private static final Path DEMO = Path.of("weights/demo");

    @TempDir
    private Path dir;

    private static double frequency(List<?> scales, int scale) {
        return ((Number) ((Map<?, ?>) scales.get(scale)).get("mean_frequency")).doubleValue();
    }

    /** CoDe's second observation: first scales make low frequencies, last ones high. */
    @Test
    void lastScalesMakeHighFrequencies() throws IOException {
        Cli said = Cli.run("spectrum", "-m", DEMO, "-c", "heart", "-s", 3, "-o", dir.resolve("s"), "--json")
                .ok();
        List<?> added = (List<?>) ((Map<?, ?>) JSON.std.mapFrom(said.out()).get("spectra")).get("f_hat");
        assertTrue(frequency(added, 0) < 0.1, "the first scale is all but flat: " + frequency(added, 0));
        assertTrue(frequency(added, 9) > 0.4, "the last is not: " + frequency(added, 9));
        assertTrue(frequency(added, 4) < frequency(added, 8));
    }

    /** What an edit leaves alone changes by the tokenizer's own error, give or take what the decoder carries over. */
    @Test
    void theUntouchedPartOfAnEditIsTheTokenizersReconstruction() throws IOException {
        Path heart = dir.resolve("heart.png");
        Cli.run("generate", "-m", DEMO, "-c", "heart", "-s", 3, "-o", heart).ok();
        Cli said = Cli.run(
                        "edit",
                        heart,
                        "-m",
                        DEMO,
                        "--rect",
                        "128,0,128,256",
                        "-c",
                        "moon",
                        "-s",
                        1,
                        "-o",
                        dir.resolve("edit.png"),
                        "--json")
                .ok();
        Map<String, Object> json = JSON.std.mapFrom(said.out());
        for (String part : List.of("", "_far")) {
            double tokenizer = ((Number) json.get("tokenizer" + part + "_psnr")).doubleValue();
            double edit = ((Number) ((List<?>) json.get("untouched" + part + "_psnr")).getFirst()).doubleValue();
            // near the edit the decoder's convolutions reach over
            double less = part.isEmpty() ? 12 : 6;
            assertTrue(edit > tokenizer - less, part + " tokenizer " + tokenizer + " dB, edit " + edit + " dB");
        }
    }
}
