package dev.tandem.study;

import dev.tandem.analysis.RadialSpectrum;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.GenerateJob;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Adds up the spectra of what each scale does, over all pictures. */
public final class SpectrumMeter implements GenerateJob.Watcher {
    /** What a scale adds to f_hat. */
    public static final String CONTRIBUTION = "f_hat";
    /** What the transformer's head sees. */
    public static final String FEATURES = "features";
    /** What f_hat looks like after a scale. */
    public static final String PICTURES = "pictures";

    private final VqVaeConfig vae;
    private final Map<String, List<RadialSpectrum>> spectra = new LinkedHashMap<>();
    private float[] before;
    private int pictures;

    /** @param transformer whether there is one whose features count */
    public SpectrumMeter(VqVaeConfig vae, boolean transformer) {
        this.vae = vae;
        Scales scales = vae.scales();
        spectra.put(CONTRIBUTION, perScale(i -> scales.side()));
        if (transformer) {
            spectra.put(FEATURES, perScale(scales::patchNum));
        }
        spectra.put(PICTURES, perScale(i -> vae.imageSide()));
    }

    private List<RadialSpectrum> perScale(java.util.function.IntUnaryOperator side) {
        return IntStream.range(0, vae.scales().count())
                .mapToObj(i -> new RadialSpectrum(side.applyAsInt(i), side.applyAsInt(i)))
                .toList();
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        int scale = step.scale();
        int batch = generator.batch();
        float[] fHat = generator.readFHat();
        if (scale == 0) {
            before = new float[fHat.length];
            pictures += batch;
        }
        add(CONTRIBUTION, scale, difference(fHat, before), batch);
        add(FEATURES, scale, generator.readFeatures(scale), batch);
        generator.decodeSoFar();
        add(PICTURES, scale, generator.readImage(), batch);
        before = fHat;
    }

    /** Adds a picture that was encoded. */
    public void add(RgbImage image, Reconstructor reconstructor) {
        List<float[]> fHats = reconstructor.encode(image.toPixels()).fHats();
        float[] last = new float[fHats.getFirst().length];
        for (int scale = 0; scale < fHats.size(); scale++) {
            add(CONTRIBUTION, scale, difference(fHats.get(scale), last), 1);
            add(PICTURES, scale, reconstructor.decode(fHats.get(scale)), 1);
            last = fHats.get(scale);
        }
        pictures++;
    }

    private void add(String kind, int scale, float[] maps, int batch) {
        int size = maps.length / batch;
        for (int b = 0; b < batch; b++) {
            spectra.get(kind).get(scale).add(Arrays.copyOfRange(maps, b * size, (b + 1) * size));
        }
    }

    private static float[] difference(float[] a, float[] b) {
        float[] out = new float[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] - b[i];
        }
        return out;
    }

    SpectrumResult result(String what, int unreadable) {
        return new SpectrumResult(what, pictures, unreadable, spectra);
    }

    int pictures() {
        return pictures;
    }
}
