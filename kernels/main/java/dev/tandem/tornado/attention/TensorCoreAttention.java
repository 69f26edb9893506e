package dev.tandem.tornado.attention;

import dev.tandem.op.KeyEnds;
import dev.tandem.tornado.element.LayoutKernels;
import dev.tandem.tornado.launch.Dims;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoKvCache;
import java.util.stream.IntStream;

/** Attention by {@link TensorCoreAttentionKernels}: fp16 in and out, scores in fp32, weights in fp16. */
public final class TensorCoreAttention {
    private final Recorder recorder;

    public TensorCoreAttention(Recorder recorder) {
        this.recorder = recorder;
    }

    /** Whether these sizes and types suit the kernel. */
    static boolean suits(TornadoBuffer q, TornadoKvCache kv) {
        return q.half() == 1
                && kv.headSize() == TensorCoreAttentionKernels.SIZE
                && q.offset() % LayoutKernels.HALVES == 0;
    }

    void attention(TornadoBuffer q, TornadoKvCache kv, KeyEnds ends, float scale, TornadoBuffer out) {
        int from = kv.start() * kv.headSize() / LayoutKernels.HALVES;
        Dims d = new Dims()
                .put(TensorCoreAttentionDims.WIDTH, q.size(2))
                .put(TensorCoreAttentionDims.HEADS, kv.heads())
                .put(TensorCoreAttentionDims.POSITIONS, q.size(1))
                .put(TensorCoreAttentionDims.LENGTH, kv.length())
                .put(TensorCoreAttentionDims.Q_OFFSET, q.offset() / LayoutKernels.HALVES)
                .put(TensorCoreAttentionDims.KEYS_OFFSET, from)
                .put(TensorCoreAttentionDims.VALUES_OFFSET, from)
                .put(TensorCoreAttentionDims.OUT_OFFSET, out.offset());
        int[] keyEnds = IntStream.range(0, q.size(1)).map(ends::of).toArray();
        Grid grid = Grid.groups(
                Grid.blocks(q.size(1), TensorCoreAttentionKernels.QUERIES),
                (long) q.size(0) * kv.heads(),
                TensorCoreAttentionKernels.LANES);
        recorder.launch(
                "tensorAttend",
                grid,
                (g, id, a) -> g.task(
                        id,
                        TensorCoreAttentionKernels::attend,
                        Recorder.CONTEXT,
                        a.dims(d),
                        a.dims(keyEnds),
                        a.values(scale),
                        a.longs(q.array()),
                        a.longs(kv.keys()),
                        a.longs(kv.values()),
                        a.halves(out.array())));
    }
}
