package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.decode.Schedule.Stage;
import dev.tandem.decode.Schedule.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    @Test
    void plainVarDecodesOneScaleAfterTheOther() {
        assertEquals(
                List.of(new Step(0, "var", 0, 0), new Step(0, "var", 1, 1), new Step(0, "var", 2, 2)),
                Schedule.single("var", 3).steps());
    }

    @Test
    void theRefinerCatchesUpInOneForward() {
        List<Step> steps = Schedule.collaborative("big", "small", 8, 10).steps();
        assertEquals(new Step(0, "big", 7, 7), steps.get(7));
        assertEquals(new Step(1, "small", 0, 8), steps.get(8));
        assertEquals(new Step(1, "small", 9, 9), steps.get(9));
    }

    @Test
    void aModelThatComesBackCatchesUpFromWhereItLeft() {
        Schedule swap =
                new Schedule(List.of(new Stage("big", 0, 4), new Stage("small", 4, 5), new Stage("big", 5, 10)));
        assertEquals(new Step(2, "big", 4, 5), swap.steps().get(5));
        assertEquals(10, swap.scalesSeenBy("big"));
        assertEquals(5, swap.scalesSeenBy("small"));
        assertEquals(9, swap.scalesKeptBy("big"));
        assertEquals(0, swap.scalesKeptBy("small"));
    }

    @Test
    void scalesMustBeCoveredOnceAndInOrder() {
        assertThrows(IllegalArgumentException.class, () -> new Schedule(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Schedule(List.of(new Stage("a", 1, 3))));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Schedule(List.of(new Stage("a", 0, 3), new Stage("b", 2, 5))));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Schedule(List.of(new Stage("a", 0, 3), new Stage("b", 4, 5))));
        assertThrows(IllegalArgumentException.class, () -> Schedule.collaborative("a", "b", 10, 10));
        assertThrows(IllegalArgumentException.class, () -> Schedule.collaborative("a", "b", 0, 10));
    }

    @Test
    void aPlanIsReadAsPeopleWriteIt() {
        Schedule swap =
                new Schedule(List.of(new Stage("big", 0, 4), new Stage("small", 4, 5), new Stage("big", 5, 10)));
        assertEquals(swap, Schedule.parse("big:1-4,small:5,big:6-10", 10));
        assertEquals(swap, Schedule.parse(" small:5-5 , big:6-10 ,big:1-4", 10));
        assertEquals(swap, Schedule.parse(swap.plan(), 10));
        assertEquals(Schedule.single("a:b", 3), Schedule.parse("a:b:1-3", 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "big:1-8,small:10        | scale 9 is decoded by no model",
                "big:2-6                 | scales 1, 7, 8, 9 and 10 are decoded by no model",
                "big:1-8,small:8-10      | scale 8 is decoded twice, by big:1-8 and by small:8-10",
                "big:1-10,small:4-5      | scales 4 and 5 are decoded twice, by big:1-10 and by small:4-5",
                "big:1-11                | 'big:1-11' names scale 11, but the model has scales 1 to 10",
                "big:0-10                | 'big:0-10' names scale 0, but the model has scales 1 to 10",
                "big:8-1                 | the scales of 'big:8-1' run backwards",
                "big                     | 'big' is no stage; a stage is NAME:FROM-TO, such as var_d30:1-8",
                "big:1-8,,small:9-10     | '' is no stage; a stage is NAME:FROM-TO, such as var_d30:1-8",
                "big:1-x                 | 'big:1-x' is no stage; a stage is NAME:FROM-TO, such as var_d30:1-8"
            })
    void aWrongPlanIsRefusedByNameOfItsScales(String plan, String message) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(plan, 10));
        assertEquals(message, e.getMessage());
    }
}
