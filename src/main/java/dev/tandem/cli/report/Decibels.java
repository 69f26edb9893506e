package dev.tandem.cli.report;

import java.util.Locale;

/** How near one picture comes to another, as reports say it. */
final class Decibels {
    private Decibels() {}

    static String text(double psnr) {
        return Double.isInfinite(psnr) ? "no difference" : String.format(Locale.ROOT, "PSNR %.2f dB", psnr);
    }

    /** JSON knows no infinity. */
    static Double finite(double psnr) {
        return Double.isFinite(psnr) ? psnr : null;
    }
}
