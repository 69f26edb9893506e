package dev.tandem.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.random.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleChoiceTest {
    private static final int SCALES = 10;

    private static ModelConfig config(Pair pair, String... transformers) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (String name : transformers) {
            String[] fields = name.split(":");
            VarPart shape = (VarPart) Shapes.of(fields[1], "fp32").parts().get(fields[1]);
            Integer steps = fields.length > 2 ? Integer.valueOf(fields[2]) : null;
            parts.put(fields[0], new VarPart("", "fp32", shape.config(), steps));
        }
        return new ModelConfig("test", List.of(), parts, SamplingDefaults.NONE, pair);
    }

    private static String stages(ScheduleChoice choice, ModelConfig config) {
        return choice.choose(config, SCALES, "folder").stages().toString();
    }

    private static ScheduleChoice choice(String drafter, String refiner, Integer steps) {
        return new ScheduleChoice(drafter, refiner, steps, null);
    }

    @Test
    void nothingNamedIsTheModelsOwnChoice() {
        ScheduleChoice none = choice(null, null, null);
        assertEquals("[a:1-10]", stages(none, config(null, "a:d16")));
        assertEquals("[b:1-7, a:8-10]", stages(none, config(new Pair("b", "a", 7), "a:d30", "b:d16", "c:d20")));
        for (ModelConfig unpaired :
                List.of(config(null, "a:d16", "b:d20"), config(null, "a:d16", "b:d20", "c:d24", "d:d30"))) {
            String several = assertThrows(InvalidRequestException.class, () -> stages(none, unpaired))
                    .getMessage();
            assertTrue(
                    several.endsWith(String.join(", ", unpaired.transformers().keySet())), several);
        }
        assertThrows(InvalidRequestException.class, () -> stages(none, config(null)));
    }

    @Test
    void oneNamedIsPlainAndTwoAreAPair() {
        ModelConfig three = config(null, "a:d16", "b:d20:6", "c:d24");
        assertEquals("[b:1-10]", stages(choice("b", null, null), three));
        assertEquals("[c:1-10]", stages(choice(null, "c", null), three));
        assertEquals("[c:1-8, a:9-10]", stages(choice("c", "a", null), three));
        assertEquals("[b:1-6, a:7-10]", stages(choice("b", "a", null), three));
        assertEquals("[b:1-9, a:10]", stages(choice("b", "a", 9), three));
    }
}
