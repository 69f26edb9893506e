package dev.tandem.study;

import dev.tandem.analysis.Divergence;
import dev.tandem.analysis.Psnr;
import dev.tandem.analysis.Ssim;
import dev.tandem.decode.Generator;
import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.GenerateJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Watches a plan at work: times its parts and compares what it draws with the reference. */
public final class SweepMeter implements GenerateJob.Watcher {
    private static final String CONDITION = "condition";
    private static final String DECODE = "decode";

    private final Schedule schedule;
    private final VqVaeConfig vae;
    private final SweepReference reference;
    private final boolean isReference;
    private final Map<String, Long> parts = new LinkedHashMap<>();
    private final long[] equal;
    private final double[] kl;
    private int pictures;
    private double psnr;
    private double ssim;

    /** @param isReference whether this plan makes what others are compared with */
    public SweepMeter(Schedule schedule, VqVaeConfig vae, SweepReference reference, boolean isReference) {
        this.schedule = schedule;
        this.vae = vae;
        this.reference = reference;
        this.isReference = isReference;
        this.equal = new long[schedule.scales()];
        this.kl = new double[schedule.scales()];
        parts.put(CONDITION, 0L);
        schedule.stages().forEach(s -> parts.put(s.toString(), 0L));
        parts.put(DECODE, 0L);
    }

    @Override
    public void conditioned(String model, long nanos) {
        parts.merge(CONDITION, nanos, Long::sum);
    }

    @Override
    public void madePixels(int n, long nanos) {
        parts.merge(DECODE, nanos, Long::sum);
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        parts.merge(schedule.stages().get(step.stage()).toString(), nanos, Long::sum);
        float[] logits = generator.readLogits(step.scale());
        try {
            if (isReference) {
                reference.write(logits);
            } else {
                float[] theirs = reference.read(logits.length);
                for (int at = 0; at < logits.length; at += vae.vocabulary()) {
                    kl[step.scale()] += Divergence.klOfLogits(theirs, at, logits, at, vae.vocabulary());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (step.scale() == schedule.scales() - 1) {
            compareTokens(generator.readTokens());
        }
    }

    private void compareTokens(int[] tokens) {
        Scales scales = vae.scales();
        for (int b = 0; b < tokens.length / scales.length(); b++) {
            int[] own = java.util.Arrays.copyOfRange(tokens, b * scales.length(), (b + 1) * scales.length());
            if (isReference) {
                reference.tokens.add(own);
            }
            int[] theirs = reference.tokens.get(pictures + b);
            for (int i = 0; i < scales.count(); i++) {
                for (int p = scales.start(i); p < scales.start(i + 1); p++) {
                    equal[i] += own[p] == theirs[p] ? 1 : 0;
                }
            }
        }
    }

    /** The next picture of the job. */
    public void picture(RgbImage image) {
        if (isReference) {
            reference.images.add(image);
        }
        float[] own = image.levels();
        float[] theirs = reference.images.get(pictures).levels();
        psnr += Psnr.of(own, theirs, RgbImage.MOST);
        ssim += Ssim.of(own, theirs, image.height(), image.width(), RgbImage.CHANNELS, RgbImage.MOST);
        pictures++;
    }

    public SweepResult result(MemoryEstimate memory, Double frechet) {
        double[] shares = new double[equal.length];
        double[] divergences = new double[equal.length];
        for (int i = 0; i < equal.length; i++) {
            double tokens = (double) pictures * vae.scales().tokens(i);
            shares[i] = equal[i] / tokens;
            divergences[i] = kl[i] / tokens;
        }
        return new SweepResult(
                schedule, pictures, parts, memory, shares, divergences, psnr / pictures, ssim / pictures, frechet);
    }
}
