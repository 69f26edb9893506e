package dev.tandem.tornado.convolution;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.Window;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.nvidia.LibraryChoice;

/** Convolutions: the VQ-VAE's, phi's of the quantizer and the classifiers', by one kernel, the library or tensor cores. */
public final class ConvolutionTasks {
    private final Recorder recorder;
    private final LibraryChoice libraries;
    private final LibraryConvolution library;

    /** Null where the device has none. */
    private final TensorCoreConvolution tensorCores;

    public ConvolutionTasks(
            Recorder recorder, LibraryChoice libraries, LibraryConvolution library, TensorCoreConvolution tensorCores) {
        this.recorder = recorder;
        this.libraries = libraries;
        this.library = library;
        this.tensorCores = tensorCores;
    }

    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        TornadoBuffer r = residual == null ? null : TornadoBuffer.of(residual);
        if (libraries.gemm() && LibraryConvolution.suits(TornadoBuffer.of(x), w, mode, r, TornadoBuffer.of(out))) {
            library.convolve(TornadoBuffer.of(x), w, mode, r, TornadoBuffer.of(out));
            return;
        }
        if (tensorCores != null && TensorCoreConvolution.suits(TornadoBuffer.of(x), w, r, TornadoBuffer.of(out))) {
            tensorCores.convolve(TornadoBuffer.of(x), w, mode, r, TornadoBuffer.of(out));
            return;
        }
        convolve(
                TornadoBuffer.of(x),
                w,
                TornadoWeight.of(w.weight()).matrix(),
                mode,
                r,
                r == null ? ConvolutionKernels.STORE : ConvolutionKernels.RESIDUAL,
                0,
                TornadoBuffer.of(out));
    }

    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        TornadoBuffer i = TornadoBuffer.of(x);
        TornadoBuffer o = TornadoBuffer.of(fHat);
        convolve(i, w, TornadoWeight.of(w.weight()).floats(), ConvMode.SAME, null, ConvolutionKernels.PHI, ratio, o);
    }

    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        DeviceArray m = TornadoWeight.of(w.weight()).matrix();
        TornadoBuffer o = TornadoBuffer.of(out);
        convolve(TornadoBuffer.of(x), w, m, window, 0, null, ConvolutionKernels.RELU, 0, firstChannel, o);
    }

    private void convolve(
            TornadoBuffer x,
            Linear w,
            DeviceArray m,
            ConvMode mode,
            TornadoBuffer r,
            int epilogue,
            float ratio,
            TornadoBuffer o) {
        int side = w.weight().size(2);
        int pad = mode == ConvMode.DOWN ? 0 : side / 2;
        Window window = new Window(side, side, mode == ConvMode.DOWN ? 2 : 1, pad, pad);
        convolve(x, w, m, window, mode == ConvMode.UP ? 1 : 0, r, epilogue, ratio, 0, o);
    }

    private void convolve(
            TornadoBuffer x,
            Linear w,
            DeviceArray m,
            Window window,
            int zoom,
            TornadoBuffer r,
            int epilogue,
            float ratio,
            int firstChannel,
            TornadoBuffer o) {
        DeviceArray bias = TornadoWeight.of(w.bias()).floats();
        DeviceArray factors =
                m.type() == DeviceArray.Type.I8 ? TornadoWeight.of(w.weight()).factors() : null;
        int spec = ConvolutionKernels.spec(x.half(), m.weightType(), o.half(), r == null ? 0 : r.half(), epilogue);
        int[] d = {
            o.rows(),
            w.outputs(),
            x.size(3),
            x.size(1),
            x.size(2),
            o.size(1),
            o.size(2),
            window.height() * window.width(),
            window.width(),
            window.stride(),
            zoom,
            window.padY(),
            window.padX(),
            x.offset(),
            o.offset() + firstChannel,
            r == null ? 0 : r.offset(),
            o.size(3)
        };
        long across = Grid.blocks(w.outputs(), ConvolutionKernels.TILE);
        Grid grid = Grid.squares(across, Grid.blocks(o.rows(), ConvolutionKernels.TILE), 1, ConvolutionKernels.SIDE);
        DeviceArray residual = r == null ? null : r.array();
        recorder.launch(
                "convolve" + spec,
                grid,
                (g, id, a) -> g.task(
                        id,
                        ConvolutionKernels::convolve,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.floats(x.array()),
                        a.halves(x.array()),
                        a.floats(m),
                        a.halves(m),
                        a.bytes(m),
                        a.floats(factors),
                        a.floats(bias),
                        a.floats(residual),
                        a.halves(residual),
                        a.floats(o.array()),
                        a.halves(o.array()),
                        a.values(ratio),
                        spec));
    }
}
