package dev.tandem.tornado.convolution;

import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.element.LayoutKernels.EnlargeDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.Workspace;

/** A map twice as high and wide, for convolutions that don't enlarge while they read. */
final class EnlargedMap {
    private EnlargedMap() {}

    /** The buffer's map, from the array's first element on. */
    static DeviceArray of(Workspace workspace, Recorder recorder, TornadoBuffer x) {
        DeviceArray larger = workspace.scratch("enlarged", DeviceArray.Type.F16, 4L * x.elements());
        int longs = Math.toIntExact(4L * x.elements() / LayoutKernels.HALVES);
        Dims d = new Dims()
                .put(EnlargeDims.ELEMENTS, longs)
                .put(EnlargeDims.CHANNELS, x.size(3) / LayoutKernels.HALVES)
                .put(EnlargeDims.X_HEIGHT, x.size(1))
                .put(EnlargeDims.X_WIDTH, x.size(2))
                .put(EnlargeDims.X_OFFSET, x.offset() / LayoutKernels.HALVES);
        recorder.launch(
                "enlarge",
                Grid.elements(longs),
                (g, id, a) -> g.task(
                        id, LayoutKernels::enlarge, Recorder.CONTEXT, a.dims(d), a.longs(x.array()), a.longs(larger)));
        return larger;
    }
}
