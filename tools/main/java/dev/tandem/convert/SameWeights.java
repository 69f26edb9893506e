package dev.tandem.convert;

import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Whether two models of one kind have the same weights; statistics of their training, which nothing reads, apart. */
final class SameWeights {
    private static final int CHUNK = 1 << 16;

    private SameWeights() {}

    /** The first tensor that differs, or that one of them has not; empty where they are the same. */
    static Optional<String> difference(TensorSource one, TensorSource other) {
        Set<String> names = new LinkedHashSet<>(one.names());
        names.addAll(other.names());
        names.remove(SourcePart.HITS);
        for (String name : names) {
            Optional<Tensor> a = one.find(name);
            Optional<Tensor> b = other.find(name);
            if (a.isEmpty() || b.isEmpty() || !same(a.get(), b.get())) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private static boolean same(Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            return false;
        }
        if (a.dtype() == b.dtype()) {
            return a.data().mismatch(b.data()) < 0;
        }
        long elements = a.shape().elements();
        for (long at = 0; at < elements; at += CHUNK) {
            int n = (int) Math.min(CHUNK, elements - at);
            float[] x = new float[n];
            float[] y = new float[n];
            a.floats(at, x);
            b.floats(at, y);
            if (!java.util.Arrays.equals(x, y)) {
                return false;
            }
        }
        return true;
    }
}
