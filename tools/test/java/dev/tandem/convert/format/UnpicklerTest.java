package dev.tandem.convert.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpicklerTest {
    private static Object read(byte[] pickle) {
        return Unpickler.read(new ByteReader("test", MemorySegment.ofArray(pickle), 0), new TorchHost("test"));
    }

    /** A pickle in Latin-1. */
    private static Object read(String pickle) {
        return read(pickle.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static FormatException refused(String pickle) {
        return assertThrows(FormatException.class, () -> read(pickle));
    }

    @Test
    void plainValues() {
        assertNull(read("N."));
        assertEquals(true, read("\u0080\u0005\u0088."));
        assertEquals(-2L, read("J\u00fe\u00ff\u00ff\u00ff."));
        assertEquals(300L, read("M\u002c\u0001."));
        assertEquals(0L, read("\u008a\u0000."));
        assertEquals(-1L, read("\u008a\u0001\u00ff."));
        BigInteger large = BigInteger.ONE.shiftLeft(71).negate();
        assertEquals(large, read("\u008a\u0009" + "\u0000".repeat(8) + "\u0080."));
        assertEquals(1.5, read("G\u003f\u00f8\u0000\u0000\u0000\u0000\u0000\u0000."));
        assertEquals("é", read("X\u0002\u0000\u0000\u0000\u00c3\u00a9."));
        assertEquals("ab", read("\u008c\u0002ab."));
        assertEquals("a", read("U\u0001a."));
        assertArrayEquals(new byte[] {'a'}, (byte[]) read("C\u0001a."));
        assertEquals(12L, read("I12\n."));
        assertEquals(false, read("I00\n."));
        assertEquals(12L, read("L12L\n."));
        assertEquals(0.25, read("F0.25\n."));
        assertEquals("a b", read("S'a b'\n."));
    }

    @Test
    void collections() {
        assertEquals(Arrays.asList(1L, null), ((PyList) read("](K\u0001Ne.")).items());
        assertEquals(List.of(1L), ((PyList) read("K\u0001\u0085.")).items());
        assertEquals(List.of(1L, 2L), ((PyList) read("(K\u0001K\u0002t.")).items());
        assertEquals(Map.of("a", 1L), ((PyDict) read("}\u008c\u0001aK\u0001s.")).entries());
        assertEquals(List.of(1L), ((PyList) read("\u008f(K\u0001\u0090.")).items());
        Object[] twice = ((PyList) read("]\u0094h\u0000\u0086.")).items().toArray();
        assertSame(twice[0], twice[1]);
    }

    @Test
    void stateDictsCarryMetadata() {
        byte[] pickle = new PickleWriter()
                .global("collections", "OrderedDict")
                .op(')')
                .op('R')
                .op('(')
                .value("w")
                .value(2L)
                .op('u')
                .value(Map.of("_metadata", Map.of("", Map.of("version", 1))))
                .op('b')
                .op('.')
                .bytes();
        assertEquals(
                Map.of("w", 2L), assertInstanceOf(PyDict.class, read(pickle)).entries());
    }

    @Test
    void aDictInsideItselfDoesNoHarm() {
        PyDict dict = (PyDict) read("}q\u0000\u008c\u0001ah\u0000s.");
        assertSame(dict, dict.entries().get("a"));
        assertTrue(StateDicts.in(dict, "test", null).isEmpty());
        // as its own key
        assertInstanceOf(PyDict.class, read("}q\u0000h\u0000Ns."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os\nsystem",
                "posix\nsystem",
                "builtins\neval",
                "__builtin__\nexec",
                "subprocess\nPopen",
                "nt\nsystem",
                "torch.hub\nload",
                "importlib\nimport_module",
                "builtins\n__import__",
                "runpy\n_run_code",
                "pty\nspawn"
            })
    void whatWouldHaveRunSomethingIsRefusedByName(String global) {
        String name = global.replace('\n', '.').replace("__builtin__", "builtins");
        String[] parts = global.split("\n");
        String stacked = "\u008c" + (char) parts[0].length() + parts[0] + "\u008c" + (char) parts[1].length() + parts[1]
                + "\u0093";
        for (String call : List.of(
                "c" + global + "\n\u008c\u0002ls\u0085R.",
                stacked + "\u008c\u0002ls\u0085R.",
                "c" + global + "\n)\u0081.",
                "c" + global + "\n)}\u0092.",
                "(i" + global + "\n.",
                "(c" + global + "\no.",
                "ccopyreg\n_reconstructor\nc" + global + "\nNN\u0087R.")) {
            String message = refused("\u0080\u0004" + call).getMessage();
            assertTrue(message.contains("'" + name + "'") && message.contains("nothing was run"), message);
        }
        // as a value beside others it does no harm
        assertInstanceOf(Foreign.class, read("c" + global + "\n."));
    }

    @Test
    void attributesAreNamesToo() {
        String system = "cbuiltins\ngetattr\ncos\npath\n\u008c\u0006system\u0086R";
        assertTrue(refused(system + "\u008c\u0002ls\u0085R.").getMessage().contains("'os.path.system'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "argparse\nNamespace",
                "pathlib\nPosixPath",
                "mine\nArgs",
                "collections\ndeque",
                "uuid\nUUID",
                "torch.storage\n_load_from_bytes",
                "numpy\nndarray",
                "posixpath\njoin",
                "__main__\nConfig"
            })
    void everythingElseIsAPlaceholder(String global) {
        String name = global.replace('\n', '.');
        assertEquals("the global '" + name + "'", ((Foreign) read("c" + global + "\n.")).what());
        for (String call : List.of(
                "c" + global + "\n\u008c\u0002ls\u0085R.",
                "c" + global + "\n)\u0081.",
                "c" + global + "\n)}\u008c\u0001aNs\u0092.",
                "(i" + global + "\n.",
                "(c" + global + "\no.")) {
            assertEquals("an object of '" + name + "'", ((Foreign) read(call)).what());
        }
        Foreign object =
                (Foreign) read("c" + global + "\n)\u0081}\u008c\u0001aK\u0001sb(K\u0002e\u008c\u0001kK\u0003s.");
        assertEquals(Map.of("a", 1L), ((PyDict) object.state()).entries());
        assertEquals(List.of(2L), object.items().items());
        assertEquals(Map.of("k", 3L), object.entries().entries());
    }

    @Test
    void broken() {
        for (String pickle : List.of(
                "",
                ".",
                "0.",
                "(.",
                "t.",
                "(K\u0001",
                "h\u0000.",
                "R.",
                "NR.",
                "N)R.",
                ")R.",
                "Nb.",
                "}Nb",
                "a.",
                "]a.",
                "N(e.",
                "}(Nu.",
                "K",
                "X\u00ff\u00ff\u00ff\u00ff.",
                "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.",
                "\u008b\u00ff\u00ff\u00ff\u007f.",
                "\u0080\u0009N.",
                "\u0097.",
                "Pid\n.",
                "NQ.",
                ")Q.",
                "Ix\n.",
                "Fx\n.",
                "S'a\n.",
                "Sa\n.",
                "S'\n.",
                "\u0093.",
                "NN\u0093.",
                "NNN\u0092.",
                "(o.",
                "NN.",
                "X\u0001\u0000\u0000\u0000\u00ff.",
                "Ng\n",
                "g1\n.",
                "p\n.",
                "\u00ff.")) {
            String message = refused(pickle).getMessage();
            assertTrue(message.startsWith("test: ") && !message.contains("\n"), message);
        }
    }

    @Test
    void endlessWorkIsRefused() {
        assertTrue(refused("N0".repeat(1_100_000) + "N.").getMessage().contains("longer"));
        // a list copied over and over
        StringBuilder copies =
                new StringBuilder("](" + "](NNe".repeat(3000) + "eq\u0000ccollections\nOrderedDict\nq\u0001");
        copies.append("h\u0001h\u0000\u0085R0".repeat(3000)).append("N.");
        assertTrue(refused(copies.toString()).getMessage().contains("copies"));
    }

    @Test
    void longTextsArePassedOver() {
        String log = "x".repeat(70_000);
        byte[] pickle = PickleWriter.pickle(Map.of("log", log));
        assertEquals(1, ((PyDict) read(pickle)).entries().size());
    }
}
