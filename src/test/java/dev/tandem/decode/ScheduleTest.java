package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.decode.Schedule.Stage;
import dev.tandem.decode.Schedule.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        Schedule swap = new Schedule(List.of(new Stage("big", 0, 4), new Stage("small", 4, 5), new Stage("big", 5, 10)));
        assertEquals(new Step(2, "big", 4, 5), swap.steps().get(5));
        assertEquals(10, swap.scalesSeenBy("big"));
        assertEquals(5, swap.scalesSeenBy("small"));
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
}
