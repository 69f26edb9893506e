package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tornado.element.Elements;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names of variables reach the source that device compilers read: none may be a word of theirs. */
class KernelNamesTest {
    private static final Set<String> WORDS = Set.of(
            "auto",
            "bool",
            "constant",
            "global",
            "half",
            "half2",
            "inline",
            "kernel",
            "local",
            "register",
            "restrict",
            "signed",
            "sizeof",
            "struct",
            "typedef",
            "uchar",
            "uint",
            "ulong",
            "union",
            "unsigned",
            "ushort");

    @Test
    void noVariableOfAKernelIsAWordOfC() throws Exception {
        Path classes = Path.of(Elements.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> taken = new TreeSet<>();
        int kernels = 0;
        for (Path file : kernels(classes.resolve("dev/tandem/tornado"))) {
            for (MethodModel method : ClassFile.of().parse(file).methods()) {
                List<String> names = names(method);
                kernels += names.contains("context") || names.contains("c") ? 1 : 0;
                names.stream()
                        .filter(WORDS::contains)
                        .forEach(name -> taken.add(file.getFileName() + " " + method.methodName() + " " + name));
            }
        }
        assertTrue(kernels > 30, kernels + " kernels seen");
        assertEquals(Set.of(), taken);
    }

    private static List<Path> kernels(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith("Kernels.class") || f.endsWith("Elements.class"))
                    .toList();
        }
    }

    private static List<String> names(MethodModel method) {
        return method.code()
                .flatMap(code -> code.findAttribute(Attributes.localVariableTable()))
                .map(table -> table.localVariables().stream()
                        .map(v -> v.name().stringValue())
                        .toList())
                .orElse(List.of());
    }
}
