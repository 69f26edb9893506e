package dev.tandem.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassNamesTest {
    private final ClassNames named = new ClassNames(
            30, List.of("tench, Tinca tinca", "crane", "great white shark, white shark", "crane", "heart", "bee"));

    private final ClassNames nameless = new ClassNames(10, List.of());

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "3; [3]",
                "3,7,12..15; [3, 7, 12, 13, 14, 15]",
                "29..29; [29]",
                "heart; [4]",
                "HEART, Bee ; [4, 5]",
                "tench, Tinca tinca; [0]",
                "tinca tinca; [0]",
                "white shark,heart; [2, 4]",
                "heart..7; [4, 5, 6, 7]",
                "none; [30]",
            })
    void understandsWhatPeopleWrite(String argument, String labels) {
        assertEquals(labels, named.parse(argument).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "31; there is no class 31: classes are 0 to 29, and none or 30 is no class",
                "7..3; the range of classes 7..3 runs backwards",
                "hart; did you mean 'heart'?",
                "crane; several classes are called 'crane'; name one by its number: [1, 3]",
                "zeppelin; unknown class 'zeppelin'",
                "3,,4; unknown class ''",
                "-1; unknown class '-1'",
                "99999999999; unknown class '99999999999'",
            })
    void saysWhatIsWrong(String argument, String message) {
        String actual = assertThrows(InvalidRequestException.class, () -> named.parse(argument))
                .getMessage();
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void classesWithoutNamesAreNumbers() {
        assertEquals("7", nameless.name(7));
        assertEquals("none", nameless.name(10));
        String message = assertThrows(InvalidRequestException.class, () -> nameless.parse("cat"))
                .getMessage();
        assertEquals(
                "unknown class 'cat': this model's classes have no names; classes are 0 to 9, and none or 10 is no class",
                message);
    }

    @Test
    void whatItWritesItReads() {
        for (List<Integer> labels : List.of(
                List.of(1), List.of(1, 2), List.of(1, 2, 3, 4, 9, 8, 7), List.of(28, 29, 30), List.of(5, 5, 6, 7, 8))) {
            assertEquals(labels, named.parse(named.format(labels)));
        }
        assertEquals("3..6,1", named.format(List.of(3, 4, 5, 6, 1)));
    }

    @Test
    void randomClassesRepeatOnlyWhenAllWereThere() {
        List<Integer> labels = nameless.random(25, 3);
        assertEquals(25, labels.size());
        assertEquals(10, new HashSet<>(labels.subList(0, 10)).size());
        assertEquals(10, new HashSet<>(labels.subList(10, 20)).size());
        assertEquals(labels, nameless.random(25, 3));
    }
}
