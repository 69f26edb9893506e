package dev.tandem.study;

import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.Schedule;
import java.util.Arrays;
import java.util.Map;

/**
 * How a plan did.
 *
 * @param parts nanoseconds of the conditioning, of every stage and of the decoder, for all pictures
 * @param equal per scale, share of tokens that are the reference's
 * @param kl per scale, mean divergence of the reference's distributions from this plan's, in nats
 * @param psnr mean over pictures, against the reference's; infinite where all are equal
 * @param ssim likewise
 * @param frechet distance of the pictures from the target's, null where nobody measured it
 */
public record SweepResult(
        Schedule schedule,
        int pictures,
        Map<String, Long> parts,
        MemoryEstimate memory,
        double[] equal,
        double[] kl,
        double psnr,
        double ssim,
        Double frechet) {

    public double seconds() {
        return parts.values().stream().mapToLong(Long::longValue).sum() / 1e9;
    }

    public double imagesPerSecond() {
        return pictures / seconds();
    }

    public double meanEqual() {
        return Arrays.stream(equal).average().orElse(Double.NaN);
    }

    public double meanKl() {
        return Arrays.stream(kl).average().orElse(Double.NaN);
    }
}
