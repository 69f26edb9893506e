package dev.tandem.tornado;

import dev.tandem.op.KeyEnds;
import dev.tandem.tornado.kernels.LayoutKernels;
import dev.tandem.tornado.kernels.LibraryKernels;
import dev.tandem.tornado.nvidia.Gemm;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;

/** Attention by cuDNN, scale by scale, which needs no mask; and the VQ-VAE's as two products around a softmax. */
final class LibraryAttention {
    /** The algorithm of the VQ-VAE's products is chosen for this many pictures. */
    private static final int USUAL_PICTURES = 8;

    private final TornadoSession session;
    private final Recorder recorder;
    private final LibraryLinear linear;

    LibraryAttention(TornadoSession session, Recorder recorder, LibraryLinear linear) {
        this.session = session;
        this.recorder = recorder;
        this.linear = linear;
    }

    static boolean suits(TornadoBuffer q, TornadoKvCache kv, TornadoBuffer out) {
        return q.half() == 1 && kv.headSize() % LibraryLinear.ALIGNMENT == 0 && q.offset() % LayoutKernels.HALVES == 0 && out.offset() % LayoutKernels.HALVES == 0;
    }

    /** Scale by scale, each as one call over all of its keys. */
    void attention(TornadoBuffer q, TornadoKvCache kv, KeyEnds ends, float scale, TornadoBuffer out) {
        int[] queryEnds = ends.queryEnds();
        int[] keyEnds = ends.keyEnds();
        int first = 0;
        for (int s = 0; s < queryEnds.length; s++) {
            segment(q, kv, first, queryEnds[s] - first, keyEnds[s], scale, out);
            first = queryEnds[s];
        }
    }

    private void segment(
            TornadoBuffer q, TornadoKvCache kv, int first, int count, int keys, float scale, TornadoBuffer out) {
        int rows = kv.rows();
        int heads = kv.heads();
        int size = kv.headSize();
        long queries = (long) rows * heads * count * size;
        DeviceArray packedQ = session.scratch("queries by head", DeviceArray.Type.F16, queries);
        DeviceArray packedOut = session.scratch("attended by head", DeviceArray.Type.F16, queries);
        int longs = Math.toIntExact(queries / LayoutKernels.HALVES);
        int part = size / LayoutKernels.HALVES;
        boolean full = keys == kv.capacity();
        int packed = full ? 0 : Math.multiplyExact(rows * heads, keys * part);
        DeviceArray k = full ? kv.keys() : session.scratch("keys packed", DeviceArray.Type.F16, (long) packed * LayoutKernels.HALVES);
        DeviceArray v = full ? kv.values() : session.scratch("values packed", DeviceArray.Type.F16, (long) packed * LayoutKernels.HALVES);
        int[] d = {
            longs, part, count, heads, q.size(1), first, q.offset() / LayoutKernels.HALVES, packed, keys * part, kv.capacity() * part
        };
        recorder.launch("pack", Grid.elements((long) longs + packed), (g, id, a) -> g.task(
                id,
                LayoutKernels::pack,
                Recorder.CONTEXT,
                a.dims(d),
                a.longs(q.array()),
                a.longs(kv.keys()),
                a.longs(kv.values()),
                a.longs(packedQ),
                full ? a.longs(null) : a.longs(k),
                full ? a.longs(null) : a.longs(v)));
        recorder.library("sdpa", (g, id, a) -> {
            Object[] arrays = {a.array(packedQ), a.array(k), a.array(v), a.array(packedOut)};
            g.libraryTask(
                    id, f -> sdpa(arrays, rows, heads, count, keys, size, f), scale);
        });
        int[] back = {longs, part, count, heads, q.size(1), first, out.offset() / LayoutKernels.HALVES};
        recorder.launch("joinHeads", Grid.elements(longs), (g, id, a) -> g.task(
                id, LayoutKernels::joinHeads, Recorder.CONTEXT, a.dims(back), a.longs(packedOut), a.longs(out.array())));
    }

    /** TornadoVM's own task for cuDNN. */
    private static LibraryTaskDescriptor sdpa(
            Object[] arrays, int rows, int heads, int queries, int keys, int size, float scale) {
        Object[] parameters = {arrays[0], arrays[1], arrays[2], arrays[3], rows, heads, queries, keys, size, scale, false};
        Access[] access = new Access[parameters.length];
        Arrays.fill(access, Access.READ_ONLY);
        access[3] = Access.WRITE_ONLY;
        return new LibraryTaskDescriptor()
                .withLibrary("nvidia/cudnn")
                .withFunction("sdpaForward")
                .withParameters(parameters)
                .withAccess(access);
    }

    static boolean suitsSpatial(TornadoBuffer qkv, TornadoBuffer out) {
        return qkv.half() == 1
                && out.half() == 1
                && out.size(3) % LibraryLinear.ALIGNMENT == 0
                && out.size(1) * out.size(2) % LibraryLinear.ALIGNMENT == 0
                && qkv.offset() % LibraryLinear.ALIGNMENT == 0
                && out.offset() % LibraryLinear.ALIGNMENT == 0;
    }

    /** One head over all pixels. */
    void spatial(TornadoBuffer qkv, float scale, TornadoBuffer out) {
        int pictures = out.size(0);
        int pixels = out.size(1) * out.size(2);
        int channels = out.size(3);
        int pitch = 3 * channels;
        long picture = (long) pixels * pitch;
        long square = (long) pixels * pixels;
        DeviceArray scores = session.scratch("scores", DeviceArray.Type.F32, square * pictures);
        DeviceArray weights = session.scratch("attention weights", DeviceArray.Type.F16, square * pictures);
        Gemm.View q = new Gemm.View(qkv.offset(), pitch, picture);
        Gemm.View k = new Gemm.View(qkv.offset() + channels, pitch, picture);
        Gemm.View v = new Gemm.View(qkv.offset() + 2L * channels, pitch, picture);
        Gemm.View s = new Gemm.View(0, pixels, square);
        Gemm.View o = new Gemm.View(out.offset(), channels, (long) pixels * channels);
        linear.multiply(
                new Gemm(pixels, pixels, channels, pixels, q, k, false, s, false, Gemm.Epilogue.NONE, scale, pictures, USUAL_PICTURES),
                qkv.array(),
                qkv.array(),
                null,
                scores);
        recorder.launch(
                "softmax", Grid.groups((long) pictures * pixels, LibraryKernels.LANES), (g, id, a) -> g.task(
                        id, LibraryKernels::softmax, Recorder.CONTEXT, a.dims(pixels), a.floats(scores), a.halves(weights)));
        linear.multiply(
                new Gemm(pixels, channels, pixels, pixels, s, v, true, o, true, Gemm.Epilogue.NONE, 1, pictures, USUAL_PICTURES),
                weights,
                qkv.array(),
                null,
                out.array());
    }
}
