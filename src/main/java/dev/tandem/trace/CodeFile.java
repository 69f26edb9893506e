package dev.tandem.trace;

import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Codes and labels of pictures, from a safetensors file; checked against the model. */
public record CodeFile(int[] all, List<Integer> labels) {
    public static CodeFile open(Path file, VqVaeConfig vae, VarConfig var) throws IOException {
        Safetensors source = Safetensors.open(file, Arena.ofAuto());
        Tensor tokens = source.get("tokens");
        Tensor label = source.get("label");
        int length = vae.scales().length();
        Shape shape = tokens.shape();
        if (shape.rank() != 2 || shape.dim(1) != length || tokens.dtype().floating()) {
            throw new FormatException(
                    file.toString(),
                    "tensor 'tokens' is " + tokens.dtype() + " " + shape + ", expected whole numbers, pictures×"
                            + length);
        }
        if (label.shape().rank() != 1
                || label.shape().dim(0) != shape.dim(0)
                || label.dtype().floating()) {
            throw new FormatException(
                    file.toString(),
                    "tensor 'label' is " + label.dtype() + " " + label.shape() + ", expected whole numbers, "
                            + shape.dim(0));
        }
        int[] codes = tokens.toInts();
        check(file, "tokens", codes, vae.vocabulary() - 1);
        int[] labels = label.toInts();
        check(file, "label", labels, var.classes());
        return new CodeFile(codes, Arrays.stream(labels).boxed().toList());
    }

    private static void check(Path file, String name, int[] values, int most) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] > most) {
                throw new FormatException(
                        file.toString(),
                        "tensor '" + name + "' holds " + values[i] + " at " + i + ", the model knows 0 to " + most);
            }
        }
    }

    /** Codes of picture i, [L]. */
    public int[] tokens(int i) {
        int length = all.length / labels.size();
        return Arrays.copyOfRange(all, i * length, (i + 1) * length);
    }
}
