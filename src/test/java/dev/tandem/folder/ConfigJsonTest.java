package dev.tandem.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {
    private static final Scales SCALES = new Scales(List.of(1, 2, 5));

    private static ModelConfig config() {
        Map<String, ModelConfig.Part> parts = new LinkedHashMap<>();
        parts.put(
                "vae",
                new ModelConfig.VaePart(
                        "vae.safetensors",
                        "int8",
                        new VqVaeConfig(100, 12, 32, List.of(1, 2), 2, SCALES, 4, 0.5f, 32, 1e-6f, false)));
        parts.put(
                "drafter_2",
                new ModelConfig.VarPart(
                        "drafter_2.safetensors",
                        "fp16",
                        new VarConfig(3, 96, 3, 384, 100, 12, 7, SCALES, true, true, 1e-6f),
                        2));
        return new ModelConfig(
                "test \"quoted\"",
                List.of("one", "two"),
                parts,
                new ModelConfig.SamplingDefaults(List.of(2.0), List.of(60.0, 50.0, 40.0), null, null, true),
                new ModelConfig.Pair("drafter_2", "drafter_2", 2));
    }

    @Test
    void whatIsWrittenIsRead() {
        assertEquals(config(), ConfigJson.parse(ConfigJson.format(config()), "test"));
    }

    @Test
    void errorsNameTheFieldAndTheFile() {
        String text = ConfigJson.format(config());
        assertError(text.replaceAll("\"embed_dim\"[^,]*,", ""), "parts.drafter_2.embed_dim", "missing");
        assertError(text.replaceAll("\"depth\"[^,]*,", "\"depth\":\"three\","), "parts.drafter_2.depth", "three");
        assertError(text.replace("tandem-1", "tandem-9"), "tandem-9");
        assertError(text.replaceAll("\"num_heads\"[^,]*,", "\"num_heads\":5,"), "drafter_2", "multiple of 5");
        assertError("{", "JSON");
        assertError("[]", "JSON");
    }

    private static void assertError(String text, String... parts) {
        String message = assertThrows(FormatException.class, () -> ConfigJson.parse(text, "here.json"))
                .getMessage();
        assertTrue(message.startsWith("here.json: "), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> message + " should name " + part);
        }
        assertEquals(1, message.lines().count(), "one line");
    }
}
