package dev.tandem.tornado.embedding;

import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.Weight;
import dev.tandem.tornado.embedding.EmbeddingKernels.InputDims;
import dev.tandem.tornado.embedding.LabelKernels.LabelDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;

/** Labels, and the first block's input. */
public final class EmbeddingTasks {
    private final Recorder recorder;

    public EmbeddingTasks(Recorder recorder) {
        this.recorder = recorder;
    }

    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        TornadoBuffer l = TornadoBuffer.of(labels);
        TornadoBuffer o = TornadoBuffer.of(out);
        TornadoWeight w = TornadoWeight.of(table);
        DeviceArray m = w.matrix();
        int type = m.weightType();
        recorder.launch(
                "embedLabels" + type,
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        LabelKernels::embedLabels,
                        Recorder.CONTEXT,
                        a.dims(new Dims()
                                .put(LabelDims.ROWS, o.rows())
                                .put(LabelDims.WIDTH, o.size(-1))
                                .put(LabelDims.LABELS, l.elements())
                                .put(LabelDims.NO_CLASS, w.size(0) - 1)
                                .put(LabelDims.LABELS_OFFSET, l.offset())
                                .put(LabelDims.OUT_OFFSET, o.offset())),
                        a.ints(l.array()),
                        a.floats(m),
                        a.halves(m),
                        a.bytes(m),
                        a.floats(w.factors()),
                        a.floats(o.array()),
                        type));
    }

    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        TornadoBuffer m = TornadoBuffer.of(maps);
        TornadoBuffer c = TornadoBuffer.of(cond);
        TornadoBuffer o = TornadoBuffer.of(x);
        DeviceArray wordEmbed = TornadoWeight.of(w.wordEmbed().weight()).floats();
        DeviceArray bias = TornadoWeight.of(w.wordEmbed().bias()).floats();
        DeviceArray posStart = TornadoWeight.of(w.posStart()).floats();
        DeviceArray lvlPos = TornadoWeight.of(w.lvlPos()).floats();
        Dims d = new Dims()
                .put(InputDims.ROWS, o.size(0))
                .put(InputDims.POSITIONS, o.size(1))
                .put(InputDims.WIDTH, o.size(2))
                .put(InputDims.CODE_SIZE, m.size(2))
                .put(InputDims.FIRST, first)
                .put(InputDims.PICTURES, m.size(0))
                .put(InputDims.MAP_POSITIONS, m.size(1))
                .put(InputDims.LAST_CONDITION, c.rows() - 1)
                .put(InputDims.MAPS_OFFSET, m.offset())
                .put(InputDims.CONDITION_OFFSET, c.offset())
                .put(InputDims.X_OFFSET, o.offset())
                .put(InputDims.CLASS_POSITIONS, Math.toIntExact(posStart.elements() / o.size(2)));
        Grid grid = Grid.groups(
                Grid.blocks(o.size(2), EmbeddingKernels.CHANNELS),
                Grid.blocks((long) Math.min(m.size(0), o.size(0)) * o.size(1), EmbeddingKernels.POSITIONS),
                EmbeddingKernels.LANES);
        recorder.launch(
                "embedInput",
                grid,
                (g, id, a) -> g.task(
                        id,
                        EmbeddingKernels::embedInput,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(m.array()),
                        a.floats(c.array()),
                        a.floats(wordEmbed),
                        a.floats(bias),
                        a.floats(posStart),
                        a.floats(lvlPos),
                        a.floats(o.array())));
    }
}
