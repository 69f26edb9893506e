package dev.tandem.cli.report;

import dev.tandem.analysis.Nearness;
import java.util.Locale;

/** How near one picture comes to another, as reports say it. */
final class Decibels {
    private Decibels() {}

    static String text(double psnr) {
        return Double.isInfinite(psnr) ? "no difference" : String.format(Locale.ROOT, "PSNR %.2f dB", psnr);
    }

    /** {@code mean of 18: PSNR 24.10 dB, SSIM 0.8123}. */
    static String mean(Nearness nearness) {
        String text = "mean of " + nearness.pictures() + ": " + text(nearness.meanPsnr());
        if (nearness.equal() > 0 && nearness.differing() > 0) {
            text += " of the " + nearness.differing() + " that differ";
        }
        return Double.isNaN(nearness.meanSsim())
                ? text
                : text + String.format(Locale.ROOT, ", SSIM %.4f", nearness.meanSsim());
    }

    /** JSON knows no infinity. */
    static Double finite(double psnr) {
        return Double.isFinite(psnr) ? psnr : null;
    }
}
