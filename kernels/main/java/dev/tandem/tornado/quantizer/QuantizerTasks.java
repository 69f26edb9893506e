package dev.tandem.tornado.quantizer;

import dev.tandem.op.Bicubic;
import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.quantizer.QuantizerKernels.AreaDims;
import dev.tandem.tornado.quantizer.QuantizerKernels.BicubicDims;
import dev.tandem.tornado.quantizer.QuantizerKernels.LookupDims;
import dev.tandem.tornado.quantizer.QuantizerKernels.NearestDims;

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
        Dims d = new Dims()
                .put(LookupDims.ROWS, o.rows())
                .put(LookupDims.POSITIONS, o.size(1))
                .put(LookupDims.WIDTH, o.size(2))
                .put(LookupDims.TOKENS, t.size(1))
                .put(LookupDims.FIRST, first)
                .put(LookupDims.TOKENS_OFFSET, t.offset())
                .put(LookupDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "lookup",
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
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
        Dims d = new Dims()
                .put(BicubicDims.ELEMENTS, o.elements())
                .put(BicubicDims.X_SIDE, i.size(1))
                .put(BicubicDims.OUT_SIDE, o.size(1))
                .put(BicubicDims.CHANNELS, i.size(3))
                .put(BicubicDims.X_OFFSET, i.offset())
                .put(BicubicDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "bicubicUp",
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
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
        Dims d = new Dims()
                .put(AreaDims.ELEMENTS, elements)
                .put(AreaDims.X_SIDE, i.size(1))
                .put(AreaDims.OUT_SIDE, p)
                .put(AreaDims.CHANNELS, i.size(3))
                .put(AreaDims.POSITIONS, o.size(1))
                .put(AreaDims.FIRST, first)
                .put(AreaDims.X_OFFSET, i.offset())
                .put(AreaDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "areaDown",
                Grid.elements(elements),
                (g, id, a) -> g.task(
                        id,
                        QuantizerKernels::areaDown,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(i.array()),
                        a.floats(o.array())));
    }

    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        TornadoBuffer i = TornadoBuffer.of(z);
        TornadoBuffer t = TornadoBuffer.of(tokens);
        DeviceArray codes = TornadoWeight.of(codebook).floats();
        int cosine = normalised ? 1 : 0;
        Dims d = new Dims()
                .put(NearestDims.POSITIONS, i.size(1))
                .put(NearestDims.WIDTH, i.size(2))
                .put(NearestDims.CODES, codebook.size(0))
                .put(NearestDims.TOKENS, t.size(1))
                .put(NearestDims.FIRST, first)
                .put(NearestDims.Z_OFFSET, i.offset())
                .put(NearestDims.TOKENS_OFFSET, t.offset());
        recorder.launch(
                "nearest" + cosine,
                Grid.groups(i.rows(), QuantizerKernels.LANES),
                (g, id, a) -> g.task(
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
