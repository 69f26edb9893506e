package dev.tandem.tornado.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterCopyTest {
    /** Rows times their factors; a convolution's taps before its inputs. */
    @ParameterizedTest
    @CsvSource({"3, 5, 1", "5, 40000, 1", "3, 4, 3"})
    void int8BecomesFp16(int outputs, int inputs, int side) {
        int taps = side * side;
        Shape shape = side == 1 ? Shape.of(outputs, inputs) : Shape.of(outputs, inputs, side, side);
        byte[] stored = new byte[outputs * inputs * taps];
        new Random(2).nextBytes(stored);
        float[] scales = new float[outputs];
        for (int n = 0; n < outputs; n++) {
            scales[n] = 0.01f * (n + 1);
        }
        MemorySegment to = MemorySegment.ofArray(new short[stored.length]);
        new ParameterCopy(
                        new Tensor("weight", DType.I8, shape, MemorySegment.ofArray(stored)),
                        scales,
                        DeviceArray.Type.F16)
                .into(to);
        for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < inputs; k++) {
                for (int tap = 0; tap < taps; tap++) {
                    float expected = stored[(n * inputs + k) * taps + tap] * scales[n];
                    short actual = to.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, (n * taps + tap) * inputs + k);
                    assertEquals(Float.floatToFloat16(expected), actual);
                }
            }
        }
    }
}
