package dev.tandem.tornado.pool;

import dev.tandem.op.Buffer;
import dev.tandem.op.Window;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.TornadoBuffer;

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
        int[] d = {o.elements(), i.size(1) * i.size(2), i.size(3), i.offset(), o.offset()};
        recorder.launch("globalMean" + i.half(), Grid.elements(o.elements()), (g, id, a) -> g.task(
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
        int[] d = {
            elements,
            x.size(3),
            x.size(1),
            x.size(2),
            o.size(1),
            o.size(2),
            window.height(),
            window.width(),
            window.stride(),
            window.padY(),
            window.padX(),
            o.size(3),
            x.offset(),
            o.offset() + firstChannel
        };
        recorder.launch("pool" + x.half() + o.half() + mode, Grid.elements(elements), (g, id, a) -> g.task(
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
