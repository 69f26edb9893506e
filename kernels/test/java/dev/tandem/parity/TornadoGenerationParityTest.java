package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.decode.Generator;
import dev.tandem.engine.Precision;
import dev.tandem.fixture.Expected;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tornado.TestDevice;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The original's greedy runs, on a device. */
class TornadoGenerationParityTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "var_cfg4",
                "var_batch2_cfg3",
                "var_cfg1.5",
                "code_n1_cfg4",
                "code_n2_cfg4",
                "code_n3_cfg4",
                "var_f16_weights",
                "var_bf16_weights"
            })
    void reproducesTheOriginal(String run) {
        if (TestDevice.precision() == Precision.FP16) {
            GenerationParityTest.check("tornado", TestDevice.options(), "a", run, new InHalves());
        } else {
            GenerationParityTest.check("tornado", TestDevice.options(), "a", run);
        }
    }

    /** fp16 may draw another code where two are about as likely; logits are compared until it does. */
    private static final class InHalves implements GenerationParityTest.Judge {
        private static final double LOGITS = 2e-2;

        private boolean another;

        @Override
        public void scale(Expected expected, String at, int scale, VqVaeConfig vae, Generator g) {
            if (another) {
                return;
            }
            String logits = at + "logits";
            double off = relative(expected.file().get(logits).toFloats(), expected.kept(logits, g.readLogits(scale)));
            assertTrue(off < LOGITS, () -> at + "logits are off by " + off + " of their length");
            another = !Arrays.equals(expected.ints(at + "tokens"), GenerationParityTest.tokens(scale, vae, g));
        }

        /** ‖actual − expected‖ / ‖expected‖. */
        private static double relative(float[] expected, float[] actual) {
            double difference = 0;
            double length = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow((double) actual[i] - expected[i], 2);
                length += Math.pow(expected[i], 2);
            }
            return Math.sqrt(difference / length);
        }

        @Override
        public void picture(Expected expected, float[] planes) {
            // codes decide what it shows; those of a scale that differ were let pass
        }
    }
}
