package dev.tandem.tornado.convolution;

import dev.tandem.op.Linear;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.element.LayoutKernels.NarrowDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.nvidia.Convolution;
import dev.tandem.tornado.nvidia.NvidiaLibraries;

/** Convolutions of stride 1 by cuDNN, channels-last in fp16, bias and residual in the same kernel. */
public final class LibraryConvolution {
    private final Workspace workspace;
    private final Recorder recorder;

    public LibraryConvolution(Workspace workspace, Recorder recorder) {
        this.workspace = workspace;
        this.recorder = recorder;
    }

    static boolean suits(TornadoBuffer x, Linear w, ConvMode mode, TornadoBuffer residual, TornadoBuffer out) {
        TornadoWeight weight = TornadoWeight.of(w.weight());
        return mode != ConvMode.DOWN
                && x.half() == 1
                && out.half() == 1
                && weight.matrix().type() == DeviceArray.Type.F16
                && x.size(3) % NvidiaLibraries.ALIGNMENT == 0
                && x.offset() % NvidiaLibraries.ALIGNMENT == 0
                && out.offset() % NvidiaLibraries.ALIGNMENT == 0
                && (residual == null || residual.half() == 1 && residual.offset() % NvidiaLibraries.ALIGNMENT == 0)
                && (w.outputs() % NvidiaLibraries.ALIGNMENT == 0 || residual == null);
    }

    void convolve(TornadoBuffer x, Linear w, ConvMode mode, TornadoBuffer residual, TornadoBuffer out) {
        boolean up = mode == ConvMode.UP;
        DeviceArray in = up ? EnlargedMap.of(workspace, recorder, x) : x.array();
        int outputs = Math.toIntExact(Grid.blocks(w.outputs(), NvidiaLibraries.ALIGNMENT) * NvidiaLibraries.ALIGNMENT);
        boolean aligned = outputs == w.outputs();
        DeviceArray y = aligned
                ? out.array()
                : workspace.scratch("more channels", DeviceArray.Type.F16, (long) out.rows() * outputs);
        Convolution c = new Convolution(
                out.size(0),
                out.size(1),
                out.size(2),
                x.size(3),
                outputs,
                w.weight().size(2),
                up ? 0 : x.offset(),
                aligned ? out.offset() : 0,
                residual == null ? 0 : residual.offset(),
                residual != null);
        DeviceArray filter = TornadoWeight.of(w.weight()).halves();
        DeviceArray bias = TornadoWeight.of(w.bias()).halves();
        DeviceArray added = residual == null || residual.array() == out.array() ? null : residual.array();
        DeviceArray room = workspace.forLibraries();
        recorder.library("convolution", (g, id, a) -> {
            Object[] arrays = {a.array(in), a.array(filter), a.array(room), a.array(y), a.array(bias)};
            Object r = added == null ? null : a.array(added);
            g.libraryTask(
                    id,
                    call -> NvidiaLibraries.convolution(call, arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], r),
                    c);
        });
        if (!aligned) {
            Dims d = new Dims()
                    .put(NarrowDims.ELEMENTS, out.elements())
                    .put(NarrowDims.Y_CHANNELS, w.outputs())
                    .put(NarrowDims.X_CHANNELS, outputs)
                    .put(NarrowDims.Y_OFFSET, out.offset());
            recorder.launch(
                    "narrow",
                    Grid.elements(out.elements()),
                    (g, id, a) -> g.task(
                            id,
                            LayoutKernels::narrow,
                            Recorder.CONTEXT,
                            a.dims(d),
                            a.halves(y),
                            a.halves(out.array())));
        }
    }
}
