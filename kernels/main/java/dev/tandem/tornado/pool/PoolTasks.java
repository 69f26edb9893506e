package dev.tandem.tornado.pool;

import dev.tandem.op.Buffer;
import dev.tandem.op.Window;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.pool.PoolKernels.MeanDims;
import dev.tandem.tornado.pool.PoolKernels.PoolDims;

/** Pools of the classifiers that judge pictures. */
public final class PoolTasks {
    private final Recorder recorder;

    public PoolTasks(Recorder recorder) {
        this.recorder = recorder;
    }

    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        pool(TornadoBuffer.of(x), window, PoolKernels.MAX, firstChannel, TornadoBuffer.of(out));
    }

    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        int mode = countPadding ? PoolKernels.PADDED_MEAN : PoolKernels.MEAN;
        pool(TornadoBuffer.of(x), window, mode, firstChannel, TornadoBuffer.of(out));
    }

    public void globalMean(Buffer x, Buffer out) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(out);
        Dims d = new Dims()
                .put(MeanDims.ELEMENTS, o.elements())
                .put(MeanDims.PIXELS, i.size(1) * i.size(2))
                .put(MeanDims.CHANNELS, i.size(3))
                .put(MeanDims.X_OFFSET, i.offset())
                .put(MeanDims.OUT_OFFSET, o.offset());
        recorder.launch(
                "globalMean" + i.half(),
                Grid.elements(o.elements()),
                (g, id, a) -> g.task(
                        id,
                        PoolKernels::globalMean,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(i.array()),
                        a.halves(i.array()),
                        a.floats(o.array()),
                        i.half()));
    }

    private void pool(TornadoBuffer x, Window window, int mode, int firstChannel, TornadoBuffer o) {
        int elements = o.rows() * x.size(3);
        Dims d = new Dims()
                .put(PoolDims.ELEMENTS, elements)
                .put(PoolDims.CHANNELS, x.size(3))
                .put(PoolDims.X_HEIGHT, x.size(1))
                .put(PoolDims.X_WIDTH, x.size(2))
                .put(PoolDims.OUT_HEIGHT, o.size(1))
                .put(PoolDims.OUT_WIDTH, o.size(2))
                .put(PoolDims.WINDOW_HEIGHT, window.height())
                .put(PoolDims.WINDOW_WIDTH, window.width())
                .put(PoolDims.STRIDE, window.stride())
                .put(PoolDims.PAD_Y, window.padY())
                .put(PoolDims.PAD_X, window.padX())
                .put(PoolDims.OUT_CHANNELS, o.size(3))
                .put(PoolDims.X_OFFSET, x.offset())
                .put(PoolDims.OUT_OFFSET, o.offset() + firstChannel);
        recorder.launch(
                "pool" + x.half() + o.half() + mode,
                Grid.elements(elements),
                (g, id, a) -> g.task(
                        id,
                        PoolKernels::pool,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(x.array()),
                        a.halves(x.array()),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        x.half(),
                        o.half(),
                        mode));
    }
}
