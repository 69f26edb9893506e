package dev.tandem.tornado.convolution;

import dev.tandem.op.Linear;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;

/** Convolutions of fp16 maps by {@link TensorCoreConvolutionKernels}. */
public final class TensorCoreConvolution {
    private final Workspace workspace;
    private final Recorder recorder;

    public TensorCoreConvolution(Workspace workspace, Recorder recorder) {
        this.workspace = workspace;
        this.recorder = recorder;
    }

    /** Whether these sizes and types suit the kernel. */
    static boolean suits(TornadoBuffer x, Linear w, TornadoBuffer residual, TornadoBuffer out) {
        return x.half() == 1
                && out.half() == 1
                && (residual == null || residual.half() == 1)
                && TornadoWeight.of(w.weight()).halved()
                && x.size(3) % TensorCoreConvolutionKernels.DEPTH == 0
                && x.offset() % LayoutKernels.HALVES == 0;
    }

    void convolve(TornadoBuffer x, Linear w, ConvMode mode, TornadoBuffer residual, TornadoBuffer out) {
        boolean up = mode == ConvMode.UP;
        int side = w.weight().size(2);
        int pad = mode == ConvMode.DOWN ? 0 : side / 2;
        DeviceArray in = up ? EnlargedMap.of(workspace, recorder, x) : x.array();
        Dims d = new Dims()
                .put(TensorCoreConvolutionDims.ROWS, out.rows())
                .put(TensorCoreConvolutionDims.OUTPUTS, w.outputs())
                .put(TensorCoreConvolutionDims.PIXEL_LONGS, x.size(3) / LayoutKernels.HALVES)
                .put(TensorCoreConvolutionDims.X_HEIGHT, up ? 2 * x.size(1) : x.size(1))
                .put(TensorCoreConvolutionDims.X_WIDTH, up ? 2 * x.size(2) : x.size(2))
                .put(TensorCoreConvolutionDims.Y_HEIGHT, out.size(1))
                .put(TensorCoreConvolutionDims.Y_WIDTH, out.size(2))
                .put(TensorCoreConvolutionDims.TAPS, side * side)
                .put(TensorCoreConvolutionDims.LINE_TAPS, side)
                .put(TensorCoreConvolutionDims.STRIDE, mode == ConvMode.DOWN ? 2 : 1)
                .put(TensorCoreConvolutionDims.PAD_TOP, pad)
                .put(TensorCoreConvolutionDims.PAD_LEFT, pad)
                .put(TensorCoreConvolutionDims.X_OFFSET, up ? 0 : x.offset() / LayoutKernels.HALVES)
                .put(TensorCoreConvolutionDims.Y_OFFSET, out.offset())
                .put(TensorCoreConvolutionDims.RESIDUAL_OFFSET, residual == null ? 0 : residual.offset())
                .put(TensorCoreConvolutionDims.Y_CHANNELS, out.size(3))
                .put(TensorCoreConvolutionDims.HEADER_SHIFT, DeviceArray.Type.F16.headerShift());
        Grid grid = new Grid(
                Grid.blocks(w.outputs(), TensorCoreConvolutionKernels.OUTPUTS),
                Grid.blocks(out.rows(), TensorCoreConvolutionKernels.PIXELS),
                1,
                TensorCoreConvolutionKernels.LANES,
                1);
        DeviceArray filter = TornadoWeight.of(w.weight()).blocks();
        DeviceArray bias = TornadoWeight.of(w.bias()).floats();
        boolean pairs = w.outputs() % 2 == 0
                && out.size(3) % 2 == 0
                && out.offset() % 2 == 0
                && (residual == null || residual.offset() % 2 == 0);
        int spec = TensorCoreConvolutionKernels.spec(residual == null ? 0 : 1, pairs ? 1 : 0);
        recorder.launch(
                "tensorConvolve" + spec,
                grid,
                (g, id, a) -> g.task(
                        id,
                        TensorCoreConvolutionKernels::convolve,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.longs(in),
                        a.longs(filter),
                        a.floats(bias),
                        a.halves(residual == null ? null : residual.array()),
                        a.halves(out.array()),
                        spec));
    }
}
