package dev.tandem.pipeline;

import dev.tandem.cli.option.RegionOptions;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Draws part of a picture anew, any number of times; the picture's own f_hat stands in the rest at every scale. */
public record EditJob(Ensemble models, Schedule schedule, SamplingSettings settings, int batch) {

    /**
     * Edited pictures.
     *
     * @param reconstruction what the tokenizer makes of the picture without an edit
     */
    public record Result(RgbImage reconstruction, List<RgbImage> edited) {}

    public Result run(RegionOptions.Prepared region, List<Prompt> pictures, GenerateJob.Watcher watcher) {
        int side = models.vae().config().imageSide();
        Reconstructor reconstructor = new Reconstructor(models.session(), models.vae());
        Reconstructor.Encoding encoding = reconstructor.encode(region.image().toPixels());
        RgbImage reconstruction = RgbImage.ofPixels(reconstructor.decode(encoding.fHat()), 0, side, side);
        List<RgbImage> edited = new ArrayList<>();
        Generator generator = null;
        for (int at = 0; at < pictures.size(); at += batch) {
            List<Prompt> some = pictures.subList(at, Math.min(at + batch, pictures.size()));
            int n = some.size();
            if (generator == null || generator.batch() != n) {
                generator = new Generator(models, schedule, settings, n, BatchSize.DECODE, true);
                generator.keep(
                        encoding.fHats().stream().map(f -> repeated(f, n)).toList(),
                        repeated(region.patches().toFloats(), n));
            }
            watcher.batchBegins(n);
            byte[] rgb = generator.generate(some, watcher);
            for (int b = 0; b < n; b++) {
                edited.add(RgbImage.ofBytes(rgb, b * RgbImage.CHANNELS * side * side, side, side));
            }
        }
        return new Result(reconstruction, Collections.unmodifiableList(edited));
    }

    private static float[] repeated(float[] x, int times) {
        float[] out = new float[times * x.length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(x, 0, out, i * x.length, x.length);
        }
        return out;
    }
}
