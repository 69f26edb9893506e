package dev.tandem.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelConfig;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomModelTest {
    private static final String MATRIX = "blocks.0.ffn.fc1.weight";

    @ParameterizedTest
    @CsvSource({"fp32, F32", "fp16, F16", "bf16, BF16", "int8, I8"})
    void weightsAreSeededAndOfTheirSize(String dtype, DType type) {
        ModelConfig config = Shapes.of("d2", dtype);
        try (RandomModel a = new RandomModel(config, 1);
                RandomModel b = new RandomModel(config, 1);
                RandomModel c = new RandomModel(config, 2)) {
            Tensor t = a.tensors("d2").get(MATRIX);
            assertEquals(type, t.dtype());
            float[] values = t.toFloats();
            assertArrayEquals(values, b.tensors("d2").get(MATRIX).toFloats());
            assertTrue(values[0] != c.tensors("d2").get(MATRIX).toFloats()[0] || values[1] != 0);
            Optional<Tensor> scale = a.tensors("d2").find(MATRIX + ".scale");
            assertEquals(type == DType.I8, scale.isPresent());
            double factor = scale.map(s -> s.floatAt(0)).orElse(1f);
            double squares = 0;
            for (float v : values) {
                squares += v * factor * v * factor;
            }
            assertEquals(1 / Math.sqrt(128), Math.sqrt(squares / values.length), 2e-3);
            assertEquals(
                    type == DType.I8 ? DType.F16 : type,
                    a.tensors("d2").get("head.bias").dtype());
        }
    }

    @Test
    void shapesAreThePublicOnes() {
        ModelConfig pair = Shapes.of("d30+d16", "fp32");
        assertEquals(new ModelConfig.Pair("d30", "d16", 8), pair.pair());
        assertEquals(1920, pair.transformers().get("d30").config().width());
        assertEquals(4L * (2_010_020_356L + 310_283_520L + 108_948_355L), RandomModel.bytes(pair));
        ModelConfig large = Shapes.of("d36", "fp32");
        assertTrue(large.transformers().get("d36").config().sharedAdaLn());
        assertEquals(512, large.tokenizer().orElseThrow().getValue().config().imageSide());
        assertEquals(4L * (2_353_893_904L + 108_948_355L), RandomModel.bytes(large));
        assertEquals(2, Shapes.of("d16+d16", "fp16").transformers().size());
    }
}
