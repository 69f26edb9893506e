package dev.tandem.op;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Computes nothing: tells each operation and the shapes it was called with, as one line. */
public final class TraceOps {
    private TraceOps() {}

    /** Operations that hand a line such as {@code linear x 2×9×64, head 4096×64, logits 2×9×4096} to {@code lines}. */
    public static Ops to(Consumer<String> lines) {
        return (Ops) Proxy.newProxyInstance(
                Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (p, method, args) -> {
                    String shapes = Arrays.stream(args)
                            .map(TraceOps::shape)
                            .filter(Objects::nonNull)
                            .collect(Collectors.joining(", "));
                    lines.accept(method.getName() + " " + shapes);
                    return null;
                });
    }

    private static String shape(Object argument) {
        return switch (argument) {
            case Buffer b -> b.name() + " " + b.shape();
            case Weight w -> w.name() + " " + w.shape();
            case Linear l -> shape(l.weight());
            case QkvWeights w -> shape(w.matQkv());
            case InputWeights w -> shape(w.wordEmbed());
            case Modulation m -> m.table().name() + "[" + m.vector() + "]";
            case KvCache c -> "kv " + c.rows() + "×" + c.heads() + "×" + c.capacity() + "×" + c.headSize();
            case KeyEnds e -> e.toString();
            case Window w ->
                w.height() + "×" + w.width() + (w.stride() == 1 ? "" : "/" + w.stride())
                        + (w.padY() + w.padX() == 0 ? "" : "+" + w.padY() + "+" + w.padX());
            case Ops.ConvMode m -> m.name().toLowerCase(Locale.ROOT);
            case null, default -> null;
        };
    }
}
