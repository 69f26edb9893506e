package dev.tandem.convert;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names of classes that are known without being told. */
final class ClassNames {
    private static final String IMAGENET = "imagenet_classes.txt";
    private static final int IMAGENET_CLASSES = 1000;

    private ClassNames() {}

    /** ImageNet's names for a model of 1000 classes, none for others. */
    static List<String> usual(int classes) {
        if (classes != IMAGENET_CLASSES) {
            return List.of();
        }
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(ClassNames.class.getResourceAsStream(IMAGENET), StandardCharsets.UTF_8))) {
            return in.lines().filter(l -> !l.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
