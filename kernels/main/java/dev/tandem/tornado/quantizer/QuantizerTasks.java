package dev.tandem.tornado.quantizer;

import dev.tandem.op.Bicubic;
import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;

/** The multi-scale quantizer's operations but phi. */
public final class QuantizerTasks {
    private final Recorder recorder;

    public QuantizerTasks(Recorder recorder) {
        this.recorder = recorder;
    }

    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        TornadoBuffer t = TornadoBuffer.of(tokens);
        TornadoBuffer o = TornadoBuffer.of(out);
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int[] d = {o.rows(), o.size(1), o.size(2), t.size(1), first, t.offset(), o.offset()};
        recorder.launch("lookup", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                QuantizerKernels::lookup,
                Recorder.CONTEXT,
                a.dims(d),
                a.ints(t.array()),
                a.floats(codes),
                a.floats(o.array())));
    }

    public void bicubicUp(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        Bicubic axis = Bicubic.axis(i.size(1), o.size(1));
        int[] d = {o.elements(), i.size(1), o.size(1), i.size(3), i.offset(), o.offset()};
        recorder.launch("bicubicUp", Grid.elements(o.elements()), (g, id, a) -> g.task(
                id,
                QuantizerKernels::bicubicUp,
                Recorder.CONTEXT,
                a.dims(d),
                a.dims(axis.taps()),
                a.values(axis.weights()),
                a.floats(i.array()),
                a.floats(o.array())));
    }

    public void areaDown(Buffer x, int p, int first, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        int elements = i.size(0) * p * p * i.size(3);
        int[] d = {elements, i.size(1), p, i.size(3), o.size(1), first, i.offset(), o.offset()};
        recorder.launch("areaDown", Grid.elements(elements), (g, id, a) -> g.task(
                id, QuantizerKernels::areaDown, Recorder.CONTEXT, a.dims(d), a.floats(i.array()), a.floats(o.array())));
    }

    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        TornadoBuffer i = TornadoBuffer.of(z);
        TornadoBuffer t = TornadoBuffer.of(tokens);
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int cosine = normalised ? 1 : 0;
        int[] d = {i.size(1), i.size(2), codebook.size(0), t.size(1), first, i.offset(), t.offset()};
        recorder.launch("nearest" + cosine, Grid.groups(i.rows(), QuantizerKernels.LANES), (g, id, a) -> g.task(
                id,
                QuantizerKernels::nearest,
                Recorder.CONTEXT,
                a.dims(d),
                a.floats(i.array()),
                a.floats(codes),
                a.ints(t.array()),
                cosine));
    }
}
