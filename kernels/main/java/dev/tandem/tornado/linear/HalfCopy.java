package dev.tandem.tornado.linear;

import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.element.LayoutKernels.HalveDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.Workspace;

/** fp32 in fp16, as products want it. */
public final class HalfCopy {
    private HalfCopy() {}

    /** The buffer's elements, from the array's first on. */
    static DeviceArray of(Workspace workspace, Recorder recorder, TornadoBuffer x) {
        DeviceArray half = workspace.scratch("in fp16", DeviceArray.Type.F16, x.elements());
        recorder.launch(
                "halve",
                Grid.elements(x.elements()),
                (g, id, a) -> g.task(
                        id,
                        LayoutKernels::halve,
                        Recorder.CONTEXT,
                        a.dims(new Dims().put(HalveDims.ELEMENTS, x.elements()).put(HalveDims.X_OFFSET, x.offset())),
                        a.floats(x.array()),
                        a.halves(half)));
        return half;
    }
}
