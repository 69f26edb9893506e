package dev.tandem.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every shape that the original knows, at its iterations, to the last bits of a double. */
class RateScheduleTest {
    @Test
    void ratesAndDecaysAreTheOriginals() throws IOException {
        Map<String, Object> json = JSON.std.mapFrom(Files.readString(Fixtures.file("train/config.json")));
        for (Object each : (List<?>) json.get("schedules")) {
            Map<?, ?> s = (Map<?, ?>) each;
            RateSchedule schedule = new RateSchedule(
                    RateSchedule.Shape.named((String) s.get("sche")),
                    real(s, "peak_lr"),
                    real(s, "wd"),
                    real(s, "wd_end"),
                    real(s, "warmup_iterations"),
                    (int) real(s, "iterations"),
                    real(s, "wp0"),
                    real(s, "wpe"));
            for (Object row : (List<?>) s.get("values")) {
                List<?> values = (List<?>) row;
                int it = ((Number) values.get(0)).intValue();
                double rate = ((Number) values.get(1)).doubleValue();
                double decay = ((Number) values.get(2)).doubleValue();
                assertEquals(rate, schedule.rate(it), 1e-12 * rate, s.get("sche") + " at " + it);
                assertEquals(decay, schedule.decay(it), 1e-12 * decay + 1e-18, s.get("sche") + " at " + it);
            }
        }
    }

    private static double real(Map<?, ?> s, String key) {
        return ((Number) s.get(key)).doubleValue();
    }

    @Test
    void anUnknownShapeIsRefusedWithTheKnownOnes() {
        String message = assertThrows(IllegalArgumentException.class, () -> RateSchedule.Shape.named("linear"))
                .getMessage();
        assertEquals(
                "no schedule is called 'linear'; there are cos, lin, lin0, lin00, exp and lin0.3 (any share of the time)",
                message);
    }
}
