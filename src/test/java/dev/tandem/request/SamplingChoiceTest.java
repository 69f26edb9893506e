package dev.tandem.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingChoiceTest {
    @Test
    void thePapersSettingsAreTheLastResort() {
        SamplingSettings var = SamplingChoice.NONE.settings(SamplingDefaults.NONE, false, 10);
        assertEquals(new SamplingSettings(List.of(1.5), List.of(900.0), List.of(0.96), List.of(1.0), false), var);
        SamplingSettings code = SamplingChoice.NONE.settings(SamplingDefaults.NONE, true, 10);
        assertEquals(List.of(600.0), code.topK());
        assertEquals(List.of(1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.0, 1.0, 1.0), code.temperature());
    }

    @Test
    void aPersonComesBeforeTheModelAndTheModelBeforeThePapers() {
        SamplingChoice choice = new SamplingChoice(List.of(7.0), null, null, null, null);
        SamplingDefaults own = new SamplingDefaults(List.of(2.0), List.of(60.0), null, null, true);
        SamplingSettings s = choice.settings(own, false, 4);
        assertEquals(new SamplingSettings(List.of(7.0), List.of(60.0), List.of(0.96), List.of(1.0), true), s);
    }
}
