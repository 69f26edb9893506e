package dev.tandem.tornado.element;

import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
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
        recorder.launch("fill" + o.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::fillAll,
                Recorder.CONTEXT,
                a.dims(o.elements(), o.offset()),
                a.values(value),
                a.floats(o.array()),
                a.halves(o.array()),
                o.half()));
    }

    public void subtract(Buffer x, Buffer y, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer j = TornadoBuffer.of(y);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch("subtract", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::subtract,
                Recorder.CONTEXT,
                a.dims(o.elements(), i.offset(), j.offset(), o.offset()),
                a.floats(i.array()),
                a.floats(j.array()),
                a.floats(o.array())));
    }

    public void silu(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch("silu" + i.half() + o.half(), Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::silu,
                Recorder.CONTEXT,
                a.dims(i.elements(), i.offset(), o.offset()),
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
        recorder.launch("addRow", Grid.elements(i.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::addRow,
                Recorder.CONTEXT,
                a.dims(i.elements(), Math.toIntExact(r.elements()), i.offset(), o.offset()),
                a.floats(i.array()),
                a.floats(r),
                a.floats(o.array())));
    }

    public void lastPositions(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int all = i.elements() / i.size(0);
        int last = o.elements() / o.size(0);
        int[] d = {o.elements(), last, all, i.offset() + all - last, o.offset()};
        recorder.launch("lastPositions" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
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
        recorder.launch("blendByMask", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::blendByMask,
                Recorder.CONTEXT,
                a.dims(o.elements(), o.size(-1), o.offset(), k.offset(), m.offset()),
                a.floats(k.array()),
                a.floats(m.array()),
                a.floats(o.array())));
    }

    public void clamp(Buffer x, float low, float high, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        recorder.launch("clampTo" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                ElementKernels::clampTo,
                Recorder.CONTEXT,
                a.dims(o.elements(), i.offset(), o.offset()),
                a.floats(i.array()),
                a.halves(i.array()),
                a.values(low, high),
                a.floats(o.array()),
                i.half()));
    }

    public void toBytes(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int[] d = {o.elements(), o.size(1), i.elements() / i.size(0), i.offset(), o.offset()};
        recorder.launch("toBytes", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id, ElementKernels::toBytes, Recorder.CONTEXT, a.dims(d), a.floats(i.array()), a.ints(o.array())));
    }
}
