package dev.tandem.pipeline;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import dev.tandem.request.EditRegion;
import java.io.IOException;
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

    public Result run(EditRegion region, List<Prompt> prompts, GenerateJob.Watcher watcher) throws IOException {
        int side = models.vae().config().imageSide();
        Reconstructor reconstructor = new Reconstructor(models.session(), models.vae());
        Reconstructor.Encoding encoding = reconstructor.encode(region.image().toPixels());
        RgbImage reconstruction = RgbImage.ofPixels(reconstructor.decode(encoding.fHat()), 0, side, side);
        List<RgbImage> edited = new ArrayList<>();
        new GenerateJob(models, schedule, settings, batch, BatchSize.DECODE)
                .run(prompts, n -> keeping(encoding, region, n), (prompt, image) -> edited.add(image), watcher);
        return new Result(reconstruction, Collections.unmodifiableList(edited));
    }

    private Generator keeping(Reconstructor.Encoding encoding, EditRegion region, int n) {
        Generator generator = new Generator(models, schedule, settings, n, BatchSize.DECODE, true);
        generator.keep(
                encoding.fHats().stream().map(f -> repeated(f, n)).toList(),
                repeated(region.patches().toFloats(), n));
        return generator;
    }

    private static float[] repeated(float[] x, int times) {
        float[] out = new float[times * x.length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(x, 0, out, i * x.length, x.length);
        }
        return out;
    }
}
