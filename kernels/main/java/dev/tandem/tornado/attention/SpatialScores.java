package dev.tandem.tornado.attention;

import dev.tandem.tornado.attention.SoftmaxKernels.SoftmaxDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.Workspace;

/**
 * What the VQ-VAE's attention puts between its two products.
 *
 * @param scores [pictures, pixels, pixels] in fp32
 * @param weights as many, in fp16
 */
public record SpatialScores(Recorder recorder, long rows, int pixels, DeviceArray scores, DeviceArray weights) {
    static SpatialScores of(Workspace workspace, Recorder recorder, int pictures, int pixels) {
        long rows = (long) pictures * pixels;
        return new SpatialScores(
                recorder,
                rows,
                pixels,
                workspace.scratch("scores", DeviceArray.Type.F32, rows * pixels),
                workspace.scratch("attention weights", DeviceArray.Type.F16, rows * pixels));
    }

    /** Makes weights of scores times a factor. */
    void softmax(float scale) {
        recorder.launch(
                "softmax",
                Grid.groups(rows, SoftmaxKernels.LANES),
                (g, id, a) -> g.task(
                        id,
                        SoftmaxKernels::softmax,
                        Recorder.CONTEXT,
                        a.dims(new Dims().put(SoftmaxDims.LENGTH, pixels)),
                        a.values(scale),
                        a.floats(scores),
                        a.halves(weights)));
    }
}
