package dev.tandem.tornado.attention;

import dev.tandem.op.KeyEnds;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.linear.LibraryLinear;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoKvCache;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.nvidia.Attention;
import dev.tandem.tornado.nvidia.Gemm;
import dev.tandem.tornado.nvidia.NvidiaLibraries;

/** Attention by cuDNN, scale by scale, which needs no mask; and the VQ-VAE's as two products around a softmax. */
public final class LibraryAttention {
    /** The algorithm of the VQ-VAE's products is chosen for this many pictures. */
    private static final int USUAL_PICTURES = 8;

    private final Workspace workspace;
    private final Recorder recorder;
    private final LibraryLinear linear;

    public LibraryAttention(Workspace workspace, Recorder recorder, LibraryLinear linear) {
        this.workspace = workspace;
        this.recorder = recorder;
        this.linear = linear;
    }

    static boolean suits(TornadoBuffer q, TornadoKvCache kv, TornadoBuffer out) {
        return q.half() == 1
                && kv.headSize() % NvidiaLibraries.ALIGNMENT == 0
                && q.offset() % NvidiaLibraries.ALIGNMENT == 0
                && out.offset() % NvidiaLibraries.ALIGNMENT == 0;
    }

    /** Scale by scale, each as one call over all of its keys. */
    void attention(TornadoBuffer q, TornadoKvCache kv, KeyEnds ends, float scale, TornadoBuffer out) {
        int[] queryEnds = ends.queryEnds();
        int[] keyEnds = ends.keyEnds();
        long strip = (long) kv.length() * kv.headSize();
        Attention.Strides keys =
                new Attention.Strides((long) kv.start() * kv.headSize(), kv.heads() * strip, strip, kv.headSize());
        DeviceArray room = workspace.forLibraries();
        int first = 0;
        for (int s = 0; s < queryEnds.length; s++) {
            Attention a = new Attention(
                    kv.rows(),
                    kv.heads(),
                    queryEnds[s] - first,
                    keyEnds[s],
                    kv.headSize(),
                    scale,
                    byHead(q, kv, first),
                    keys,
                    byHead(out, kv, first));
            recorder.library("attention", (g, id, args) -> {
                Object[] arrays = {
                    args.array(q.array()),
                    args.array(kv.keys()),
                    args.array(kv.values()),
                    args.array(room),
                    args.array(out.array())
                };
                g.libraryTask(
                        id,
                        call -> NvidiaLibraries.attention(call, arrays[0], arrays[1], arrays[2], arrays[3], arrays[4]),
                        a);
            });
            first = queryEnds[s];
        }
    }

    /** Positions from {@code first} on of [rows, positions, heads · size]. */
    private static Attention.Strides byHead(TornadoBuffer b, TornadoKvCache kv, int first) {
        long width = (long) kv.heads() * kv.headSize();
        return new Attention.Strides(b.offset() + first * width, b.size(1) * width, kv.headSize(), width);
    }

    public static boolean suitsSpatial(TornadoBuffer qkv, TornadoBuffer out) {
        return qkv.half() == 1
                && out.half() == 1
                && out.size(3) % NvidiaLibraries.ALIGNMENT == 0
                && out.size(1) * out.size(2) % NvidiaLibraries.ALIGNMENT == 0
                && qkv.offset() % NvidiaLibraries.ALIGNMENT == 0
                && out.offset() % NvidiaLibraries.ALIGNMENT == 0;
    }

    /** One head over all pixels. */
    public void spatial(TornadoBuffer qkv, float scale, TornadoBuffer out) {
        int pictures = out.size(0);
        int pixels = out.size(1) * out.size(2);
        int channels = out.size(3);
        int pitch = 3 * channels;
        long picture = (long) pixels * pitch;
        long square = (long) pixels * pixels;
        SpatialScores between = SpatialScores.of(workspace, recorder, pictures, pixels);
        Gemm.View q = new Gemm.View(qkv.offset(), pitch, picture);
        Gemm.View k = new Gemm.View(qkv.offset() + channels, pitch, picture);
        Gemm.View v = new Gemm.View(qkv.offset() + 2L * channels, pitch, picture);
        Gemm.View s = new Gemm.View(0, pixels, square);
        Gemm.View o = new Gemm.View(out.offset(), channels, (long) pixels * channels);
        linear.multiply(
                new Gemm(
                        pixels,
                        pixels,
                        channels,
                        pixels,
                        q,
                        k,
                        false,
                        s,
                        false,
                        Gemm.Epilogue.NONE,
                        pictures,
                        USUAL_PICTURES),
                qkv.array(),
                qkv.array(),
                null,
                between.scores());
        between.softmax(scale);
        linear.multiply(
                new Gemm(
                        pixels,
                        channels,
                        pixels,
                        pixels,
                        s,
                        v,
                        true,
                        o,
                        true,
                        Gemm.Epilogue.NONE,
                        pictures,
                        USUAL_PICTURES),
                between.weights(),
                qkv.array(),
                null,
                out.array());
    }
}
