package dev.tandem.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values as torch gives them. */
class Float8Test {
    @ParameterizedTest
    @CsvSource({
        "F8_E4M3, 7e, 448",
        "F8_E4M3, ff, NaN",
        "F8_E4M3, 01, 0.001953125",
        "F8_E4M3, 38, 1",
        "F8_E4M3, b9, -1.125",
        "F8_E4M3, 80, -0.0",
        "F8_E5M2, 7b, 57344",
        "F8_E5M2, 7c, Infinity",
        "F8_E5M2, fc, -Infinity",
        "F8_E5M2, 7d, NaN",
        "F8_E5M2, 01, 1.52587890625e-5",
        "F8_E5M2, 3c, 1",
        "F8_E4M3FNUZ, 7f, 240",
        "F8_E4M3FNUZ, 80, NaN",
        "F8_E4M3FNUZ, 01, 0.0009765625",
        "F8_E4M3FNUZ, c0, -1",
        "F8_E5M2FNUZ, 7f, 57344",
        "F8_E5M2FNUZ, 80, NaN",
        "F8_E5M2FNUZ, 01, 7.62939453125e-6",
        "F8_E5M2FNUZ, 40, 1",
        "F8_E8M0, 7f, 1",
        "F8_E8M0, 80, 2",
        "F8_E8M0, 00, 5.877471754111438e-39",
        "F8_E8M0, ff, NaN"
    })
    void values(DType type, String bits, float value) {
        assertEquals(value, Float8.toFloat(type, (byte) Integer.parseInt(bits, 16)));
    }
}
