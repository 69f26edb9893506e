package dev.tandem.analysis;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** Numbers that numpy and scipy computed: {@code tools/original/quality_golden.py}. */
final class Golden {
    private final Map<String, Object> json;

    Golden() {
        try (InputStream in = Golden.class.getResourceAsStream("/quality/golden.json")) {
            json = JSON.std.mapFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double number(String key) {
        return ((Number) json.get(key)).doubleValue();
    }

    double[] numbers(String key) {
        return ((List<?>) json.get(key))
                .stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    }

    static void close(double expected, double actual, double relative) {
        Assertions.assertEquals(expected, actual, relative * Math.max(1e-12, Math.abs(expected)));
    }

    static void close(double[] expected, double[] actual, double relative) {
        Assertions.assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            close(expected[i], actual[i], relative);
        }
    }
}
