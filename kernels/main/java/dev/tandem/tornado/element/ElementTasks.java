package dev.tandem.tornado.element;

import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
import dev.tandem.tornado.element.ElementKernels.AddRowDims;
import dev.tandem.tornado.element.ElementKernels.BlendDims;
import dev.tandem.tornado.element.ElementKernels.FillDims;
import dev.tandem.tornado.element.ElementKernels.LastPositionsDims;
import dev.tandem.tornado.element.ElementKernels.MapDims;
import dev.tandem.tornado.element.ElementKernels.SubtractDims;
import dev.tandem.tornado.element.ElementKernels.ToBytesDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;

/** What is done to each element by itself, or to a row. */
public final class ElementTasks {
    private final Recorder recorder;

    public ElementTasks(Recorder recorder) {
        this.recorder = recorder;
    }

    public void fill(Buffer out, float value) {
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch(
                "fill" + o.half(),
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::fillAll,
                        Recorder.CONTEXT,
                        a.dims(new Dims().put(FillDims.ELEMENTS, o.elements()).put(FillDims.OUT_OFFSET, o.offset())),
                        a.values(value),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        o.half()));
    }

    public void subtract(Buffer x, Buffer y, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer j = TornadoBuffer.of(y);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch(
                "subtract",
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::subtract,
                        Recorder.CONTEXT,
                        a.dims(new Dims()
                                .put(SubtractDims.ELEMENTS, o.elements())
                                .put(SubtractDims.X_OFFSET, i.offset())
                                .put(SubtractDims.Y_OFFSET, j.offset())
                                .put(SubtractDims.OUT_OFFSET, o.offset())),
                        a.floats(i.array()),
                        a.floats(j.array()),
                        a.floats(o.array())));
    }

    public void silu(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch(
                "silu" + i.half() + o.half(),
                Grid.elements(i.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::silu,
                        Recorder.CONTEXT,
                        a.dims(mapped(i, o)),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        i.half(),
                        o.half()));
    }

    public void addRow(Buffer x, Weight row, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray r = TornadoWeight.of(row).floats();
        recorder.launch(
                "addRow",
                Grid.elements(i.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::addRow,
                        Recorder.CONTEXT,
                        a.dims(new Dims()
                                .put(AddRowDims.ELEMENTS, i.elements())
                                .put(AddRowDims.ROW, Math.toIntExact(r.elements()))
                                .put(AddRowDims.X_OFFSET, i.offset())
                                .put(AddRowDims.OUT_OFFSET, o.offset())),
                        a.floats(i.array()),
                        a.floats(r),
                        a.floats(o.array())));
    }

    public void lastPositions(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int all = i.elements() / i.size(0);
        int last = o.elements() / o.size(0);
        Dims d = new Dims()
                .put(LastPositionsDims.ELEMENTS, o.elements())
                .put(LastPositionsDims.OUT_ROW, last)
                .put(LastPositionsDims.X_ROW, all)
                .put(LastPositionsDims.X_OFFSET, i.offset() + all - last)
                .put(LastPositionsDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "lastPositions" + i.half(),
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::lastPositions,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        i.half()));
    }

    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        TornadoBuffer o = TornadoBuffer.of(fHat);
        TornadoBuffer k = TornadoBuffer.of(kept);
        TornadoBuffer m = TornadoBuffer.of(mask);
        recorder.launch(
                "blendByMask",
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::blendByMask,
                        Recorder.CONTEXT,
                        a.dims(new Dims()
                                .put(BlendDims.ELEMENTS, o.elements())
                                .put(BlendDims.CHANNELS, o.size(-1))
                                .put(BlendDims.F_HAT_OFFSET, o.offset())
                                .put(BlendDims.KEPT_OFFSET, k.offset())
                                .put(BlendDims.MASK_OFFSET, m.offset())),
                        a.floats(k.array()),
                        a.floats(m.array()),
                        a.floats(o.array())));
    }

    public void clamp(Buffer x, float low, float high, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch(
                "clampTo" + i.half(),
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::clampTo,
                        Recorder.CONTEXT,
                        a.dims(mapped(i, o)),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.values(low, high),
                        a.floats(o.array()),
                        i.half()));
    }

    public void toBytes(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        Dims d = new Dims()
                .put(ToBytesDims.ELEMENTS, o.elements())
                .put(ToBytesDims.OUT_PICTURE, o.size(1))
                .put(ToBytesDims.X_PICTURE, i.elements() / i.size(0))
                .put(ToBytesDims.X_OFFSET, i.offset())
                .put(ToBytesDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "toBytes",
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        ElementKernels::toBytes,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(i.array()),
                        a.ints(o.array())));
    }

    private static Dims mapped(TornadoBuffer x, TornadoBuffer out) {
        return new Dims()
                .put(MapDims.ELEMENTS, out.elements())
                .put(MapDims.X_OFFSET, x.offset())
                .put(MapDims.OUT_OFFSET, out.offset());
    }
}
