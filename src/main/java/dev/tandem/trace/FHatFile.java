package dev.tandem.trace;

import dev.tandem.image.Planes;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Features to decode, from a safetensors file.
 *
 * @param tensor [n, Cvae, P, P], floating
 */
public record FHatFile(Tensor tensor) {
    private static final List<String> USUAL = List.of("f_hat", "decode.f_hat");
    private static final String SUFFIX = ".f_hat";

    /** @param argument {@code FILE} or {@code FILE:TENSOR} */
    public static FHatFile open(String argument, VqVaeConfig vae) throws IOException {
        String file = argument;
        String name = null;
        int colon = argument.lastIndexOf(':');
        if (!Files.exists(Path.of(argument)) && colon > 0) {
            file = argument.substring(0, colon);
            name = argument.substring(colon + 1);
        }
        Safetensors source = Safetensors.open(Path.of(file), Arena.ofAuto());
        String expected = "[n, " + vae.codeSize() + ", " + vae.scales().side() + ", "
                + vae.scales().side() + "]";
        if (name != null) {
            Tensor tensor = source.get(name);
            if (!fits(tensor, vae)) {
                throw new FormatException(
                        file,
                        "tensor '" + name + "' is " + tensor.dtype() + " " + tensor.shape() + ", features are "
                                + expected);
            }
            return new FHatFile(tensor);
        }
        List<Tensor> candidates = source.names().stream()
                .map(source::get)
                .filter(t -> fits(t, vae))
                .toList();
        return new FHatFile(pick(candidates, file, expected));
    }

    private static boolean fits(Tensor t, VqVaeConfig vae) {
        int side = vae.scales().side();
        Shape s = t.shape();
        return t.dtype().floating()
                && s.rank() == 4
                && s.dim(0) >= 1
                && s.dim(1) == vae.codeSize()
                && s.dim(2) == side
                && s.dim(3) == side;
    }

    private static Tensor pick(List<Tensor> candidates, String file, String expected) {
        if (candidates.isEmpty()) {
            throw new FormatException(file, "has no features " + expected);
        }
        for (String usual : USUAL) {
            for (Tensor t : candidates) {
                if (t.name().equals(usual)) {
                    return t;
                }
            }
        }
        List<Tensor> named =
                candidates.stream().filter(t -> t.name().endsWith(SUFFIX)).toList();
        List<Tensor> few = named.isEmpty() ? candidates : named;
        if (few.size() > 1) {
            throw new InvalidRequestException(
                    "fhat",
                    file + " has several features; name one as " + file + ":TENSOR out of "
                            + String.join(", ", few.stream().map(Tensor::name).toList()));
        }
        return few.getFirst();
    }

    public int count() {
        return tensor.shape().size(0);
    }

    /** Features of picture i, [P, P, Cvae]. */
    public float[] channelsLast(int i) {
        int size = Math.toIntExact(tensor.shape().elements() / count());
        float[] planes = new float[size];
        for (int k = 0; k < size; k++) {
            planes[k] = tensor.floatAt((long) i * size + k);
        }
        return Planes.channelsLast(planes, 1, tensor.shape().size(1));
    }
}
