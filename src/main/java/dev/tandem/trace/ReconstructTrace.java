package dev.tandem.trace;

import dev.tandem.decode.Reconstructor.Encoding;
import dev.tandem.image.Planes;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes what {@code reconstruct} computes; all pictures stand along the first dimension, maps are channels-first. */
public final class ReconstructTrace implements AutoCloseable {
    private final VqVaeConfig vae;
    private final int pictures;
    private final boolean encoded;
    private final TraceFile file;
    private final List<Encoding> encodings = new ArrayList<>();
    private final List<float[]> reconstructions = new ArrayList<>();

    /** @param encoded whether pictures are encoded, not only decoded */
    public ReconstructTrace(Path target, VqVaeConfig vae, int pictures, boolean encoded) throws IOException {
        this.vae = vae;
        this.pictures = pictures;
        this.encoded = encoded;
        this.file = new TraceFile(target, entries());
    }

    private List<Entry> entries() {
        Scales scales = vae.scales();
        int side = scales.side();
        List<Entry> entries = new ArrayList<>();
        if (encoded) {
            entries.add(TraceFile.floats("f", pictures, vae.codeSize(), side, side));
            for (int i = 0; i < scales.count(); i++) {
                entries.add(TraceFile.ints("s" + i + ".tokens", pictures, scales.tokens(i)));
                entries.add(TraceFile.floats("s" + i + ".f_hat", pictures, vae.codeSize(), side, side));
            }
        }
        entries.add(TraceFile.floats("reconstruction", pictures, 3, vae.imageSide(), vae.imageSide()));
        return entries;
    }

    /** @param pixels [H, W, 3] in [−1, 1] */
    public void add(Encoding encoding, float[] pixels) {
        encodings.add(encoding);
        reconstructions.add(pixels);
    }

    public void finish() throws IOException {
        Scales scales = vae.scales();
        int side = scales.side();
        if (encoded) {
            file.write("f", maps(encodings.stream().map(Encoding::f).toList()), pictures, vae.codeSize(), side, side);
            for (int i = 0; i < scales.count(); i++) {
                int scale = i;
                file.write("s" + i + ".tokens", tokens(scale), pictures, scales.tokens(i));
                file.write(
                        "s" + i + ".f_hat",
                        maps(encodings.stream().map(e -> e.fHats().get(scale)).toList()),
                        pictures,
                        vae.codeSize(),
                        side,
                        side);
            }
        }
        file.write(
                "reconstruction",
                Planes.channelsFirst(together(reconstructions), pictures, 3),
                pictures,
                3,
                vae.imageSide(),
                vae.imageSide());
        file.commit();
    }

    private int[] tokens(int scale) {
        int from = vae.scales().start(scale);
        int to = vae.scales().start(scale + 1);
        return encodings.stream()
                .flatMapToInt(e -> Arrays.stream(e.tokens(), from, to))
                .toArray();
    }

    private float[] maps(List<float[]> all) {
        return Planes.channelsFirst(together(all), pictures, vae.codeSize());
    }

    private static float[] together(List<float[]> all) {
        int size = all.getFirst().length;
        float[] out = new float[Math.multiplyExact(size, all.size())];
        for (int i = 0; i < all.size(); i++) {
            System.arraycopy(all.get(i), 0, out, i * size, size);
        }
        return out;
    }

    @Override
    public void close() {
        file.close();
    }
}
