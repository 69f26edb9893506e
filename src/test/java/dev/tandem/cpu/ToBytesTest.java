package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.image.RgbImage;
import dev.tandem.op.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToBytesTest {
    /** 15 numbers a picture: the last word of each is not full. */
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void everyPictureBeginsInAWordOfItsOwn(String backend) {
        float[] pixels = new float[30];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = -1.1f + i * 0.075f;
        }
        try (Session session = Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            Buffer x = session.floats("x", 2, 1, 5, 3);
            Buffer out = session.ints("bytes", 2, 4);
            session.write(x, pixels);
            session.program("test", o -> o.toBytes(x, out)).run();
            byte[] bytes = bytes(session.readInts(out));
            for (int picture = 0; picture < 2; picture++) {
                byte[] expected = RgbImage.ofPixels(pixels, 15 * picture, 5, 1).rgb();
                assertArrayEquals(expected, Arrays.copyOfRange(bytes, 16 * picture, 16 * picture + 15));
            }
        }
    }

    private static byte[] bytes(int[] words) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(words);
        return buffer.array();
    }
}
