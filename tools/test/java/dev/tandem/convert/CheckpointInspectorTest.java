package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelConfig.VarPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointInspectorTest {
    @TempDir
    private Path folder;

    @Test
    void checkpoints() throws IOException {
        CheckpointReport report = CheckpointInspector.inspect(Fixtures.own("a/weights/var.pth"));
        assertEquals("torch zip", report.format());
        assertEquals(38, report.groups().getFirst().tensors().size());
        CheckpointReport.Model model = report.models().getFirst();
        assertEquals("VAR transformer", model.what());
        assertNull(model.problem());
        assertEquals(165_252, model.parameters());
        assertEquals("fp32", model.part().dtype());
        assertEquals(2, ((VarPart) model.part()).config().depth());
        assertNull(report.config());
        assertTrue(report.bytes() > 4 * report.parameters());
    }

    @Test
    void problemsAreTold() throws IOException {
        var tensors = RandomModels.tensors(RandomModels.var(2, 8, 2, List.of(1, 2)));
        tensors.remove("head.bias");
        Path file = RandomModels.write(folder.resolve("x.safetensors"), tensors);
        CheckpointReport.Model model =
                CheckpointInspector.inspect(file).models().getFirst();
        assertTrue(model.problem().contains("'head.bias' is missing"));
        assertNotNull(model.part());
        tensors.keySet().removeIf(n -> !n.startsWith("blocks.1"));
        RandomModels.write(file, tensors);
        model = CheckpointInspector.inspect(file).models().getFirst();
        assertTrue(model.problem().contains("neither"), model.problem());
    }

    @Test
    void folders() throws IOException {
        Path out = folder.resolve("out");
        new Converter(new Converter.Options(TargetType.INT8, ModelNotes.NONE, false), (d, t, p) -> {})
                .convert(List.of(Fixtures.own("a/weights/var.pth"), Fixtures.own("a/weights/refiner.pth")), out);
        CheckpointReport report = CheckpointInspector.inspect(out);
        assertEquals("model folder", report.format());
        assertEquals(2, report.config().parts().size());
        assertEquals(165_252 + 24_865, report.parameters());
    }
}
