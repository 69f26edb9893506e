package dev.tandem.parity;

import dev.tandem.tornado.TestDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The original's greedy runs, on a device. */
class TornadoGenerationParityTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "var_label7_cfg4",
                "var_batch2_cfg3",
                "var_label3_cfg1.5",
                "code_n1_label7_cfg4",
                "code_n2_label7_cfg4",
                "code_n3_label7_cfg4",
                "var_f16_weights_label7_cfg4",
                "var_bf16_weights_label7_cfg4"
            })
    void reproducesTheOriginal(String run) {
        GenerationParityTest.check("tornado", TestDevice.options(), "a", run);
    }
}
