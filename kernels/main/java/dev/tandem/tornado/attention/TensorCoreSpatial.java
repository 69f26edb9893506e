package dev.tandem.tornado.attention;

import dev.tandem.tornado.attention.TensorCoreSpatialKernels.ScoreDims;
import dev.tandem.tornado.attention.TensorCoreSpatialKernels.SumDims;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.Workspace;

/** The VQ-VAE's attention by {@link TensorCoreSpatialKernels}: fp16 in and out, scores in fp32, weights in fp16. */
public final class TensorCoreSpatial {
    private final Workspace workspace;
    private final Recorder recorder;

    public TensorCoreSpatial(Workspace workspace, Recorder recorder) {
        this.workspace = workspace;
        this.recorder = recorder;
    }

    /** Whether these sizes and types suit the kernels. */
    public static boolean suits(TornadoBuffer qkv, TornadoBuffer out) {
        return qkv.half() == 1
                && out.half() == 1
                && out.size(1) * out.size(2) % TensorCoreSpatialKernels.SIDE == 0
                && out.size(3) % TensorCoreSpatialKernels.SIDE == 0
                && qkv.offset() % 2 == 0;
    }

    /** One head over all pixels. */
    public void attention(TornadoBuffer qkv, float scale, TornadoBuffer out) {
        int pictures = out.size(0);
        int pixels = out.size(1) * out.size(2);
        int channels = out.size(3);
        int shift = DeviceArray.Type.F16.headerShift();
        SpatialScores between = SpatialScores.of(workspace, recorder, pictures, pixels);
        Dims first = new Dims()
                .put(ScoreDims.PIXELS, pixels)
                .put(ScoreDims.CHANNELS, channels)
                .put(ScoreDims.QKV_OFFSET, qkv.offset() + shift)
                .put(ScoreDims.SCORES_OFFSET, DeviceArray.Type.F32.headerShift());
        recorder.launch(
                "tensorScores",
                grid(pixels, pixels, pictures),
                (g, id, a) -> g.task(
                        id,
                        TensorCoreSpatialKernels::scores,
                        Recorder.CONTEXT,
                        a.dims(first),
                        a.halves(qkv.array()),
                        a.floats(between.scores())));
        between.softmax(scale);
        Dims second = new Dims()
                .put(SumDims.PIXELS, pixels)
                .put(SumDims.CHANNELS, channels)
                .put(SumDims.WEIGHTS_OFFSET, shift)
                .put(SumDims.QKV_OFFSET, qkv.offset() + shift)
                .put(SumDims.OUT_OFFSET, out.offset());
        recorder.launch(
                "tensorSums",
                grid(channels, pixels, pictures),
                (g, id, a) -> g.task(
                        id,
                        TensorCoreSpatialKernels::sums,
                        Recorder.CONTEXT,
                        a.dims(second),
                        a.halves(between.weights()),
                        a.halves(qkv.array()),
                        a.halves(out.array())));
    }

    private static Grid grid(int across, int down, int pictures) {
        int side = TensorCoreSpatialKernels.SIDE;
        return new Grid(across / side, down / side, pictures, TensorCoreSpatialKernels.LANES, 1);
    }
}
