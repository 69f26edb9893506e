package dev.tandem.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.InceptionConfig;
import dev.tandem.model.InceptionConfig.Pooling;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {
    private static final Scales SCALES = new Scales(List.of(1, 2, 3));

    private static ModelConfig config() {
        Map<String, ModelConfig.Part> parts = new LinkedHashMap<>();
        parts.put(
                "vae",
                new VaePart(
                        "vae.safetensors",
                        "fp32",
                        new VqVaeConfig(9, 4, 32, List.of(1, 2), 2, SCALES, 4, 0.5f, 32, 1e-6f, false)));
        parts.put(
                "drafter_2",
                new VarPart(
                        "drafter_2.safetensors",
                        "int8",
                        new VarConfig(2, 8, 2, 32, 9, 4, 3, SCALES, true, true, 1e-6f),
                        2));
        parts.put(
                "fid",
                new InceptionPart("fid.safetensors", "fp32", new InceptionConfig(1008, 2048, 299, 1e-3f, Pooling.FID)));
        return new ModelConfig(
                "a \"name\"",
                List.of("x", "y", "z"),
                parts,
                new SamplingDefaults(List.of(1.5), List.of(1.0, 2.0, 3.0), null, null, true),
                new Pair("drafter_2", "drafter_2", 2));
    }

    @Test
    void whatIsWrittenIsRead() {
        assertEquals(config(), ConfigJson.parse(ConfigJson.format(config()), "test"));
    }

    @Test
    void mistakesAreNamed() {
        String good = ConfigJson.format(config());
        Map<String, String> wrong = Map.of(
                "\"tandem-1\"", "\"other\"",
                "\"depth\" : 2", "\"depth\" : -2",
                "\"num_heads\" : 2", "\"num_heads\" : 0",
                "\"ch_mult\" : [ 1, 2 ]", "\"ch_mult\" : [ ]",
                "\"norm_groups\" : 32", "\"norm_groups\" : 31",
                "\"pooling\" : \"fid\"", "\"pooling\" : \"none\"",
                "\"type\" : \"var\"", "\"type\" : \"vit\"",
                "\"file\" : \"vae.safetensors\"", "\"file\" : \"../vae.safetensors\"",
                "\"cfg\" : 1.5", "\"cfg\" : \"x\"");
        wrong.forEach((from, to) -> {
            assertTrue(good.contains(from), from);
            String message = assertThrows(FormatException.class, () -> ConfigJson.parse(good.replace(from, to), "test"))
                    .getMessage();
            assertFalse(message.contains("\n"), message);
        });
        for (String text : List.of("", "null", "[]", "{", "{}", "7")) {
            assertThrows(FormatException.class, () -> ConfigJson.parse(text, "test"));
        }
    }

    @Test
    void damagedTexts() {
        String good = ConfigJson.format(config());
        String replacements = "0-9.\"[]{},:nult\\ e";
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                text.setCharAt(
                        random.nextInt(text.length()), replacements.charAt(random.nextInt(replacements.length())));
            }
            try {
                ConfigJson.format(ConfigJson.parse(text.toString(), "test"));
            } catch (FormatException e) {
                assertFalse(e.getMessage().contains("\n"));
            }
        }
    }
}
