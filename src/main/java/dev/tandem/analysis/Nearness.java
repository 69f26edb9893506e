package dev.tandem.analysis;

/**
 * How near pictures come to others in the mean, as sums that a job can write down and go on with.
 *
 * @param differing pictures that differ: equal ones have no finite PSNR, so they are counted and left out of its mean
 * @param psnr sum over those
 * @param equal pictures that do not differ
 * @param ssim sum over all; not a number where pictures are too small for it
 */
public record Nearness(long differing, double psnr, long equal, double ssim) {
    /** Of no pictures. */
    public static final Nearness NONE = new Nearness(0, 0, 0, 0);

    /**
     * One picture more.
     *
     * @param a [height, width, 3]
     * @param range of the values
     */
    public Nearness and(float[] a, float[] b, int height, int width, double range) {
        double decibels = Psnr.of(a, b, range);
        boolean same = Double.isInfinite(decibels);
        double similarity = Ssim.fits(height, width)
                ? Ssim.of(a, b, height, width, a.length / (height * width), range)
                : Double.NaN;
        return new Nearness(
                differing + (same ? 0 : 1), psnr + (same ? 0 : decibels), equal + (same ? 1 : 0), ssim + similarity);
    }

    public long pictures() {
        return differing + equal;
    }

    /** In decibels, of the pictures that differ; infinite where none does, not a number without any picture. */
    public double meanPsnr() {
        return differing == 0 && equal > 0 ? Double.POSITIVE_INFINITY : psnr / differing;
    }

    /** Not a number where it could not be computed. */
    public double meanSsim() {
        return ssim / pictures();
    }
}
