package dev.tandem.image;

/** The two orders in which pictures and feature maps lie in memory. */
public final class Planes {
    private Planes() {}

    /** [B, pixels, C] to [B, C, pixels]. */
    public static float[] channelsFirst(float[] x, int pictures, int channels) {
        int pixels = x.length / pictures / channels;
        float[] out = new float[x.length];
        for (int b = 0; b < pictures; b++) {
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    out[(b * channels + c) * pixels + p] = x[(b * pixels + p) * channels + c];
                }
            }
        }
        return out;
    }

    /** [B, C, pixels] to [B, pixels, C]. */
    public static float[] channelsLast(float[] x, int pictures, int channels) {
        int pixels = x.length / pictures / channels;
        float[] out = new float[x.length];
        for (int b = 0; b < pictures; b++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    out[(b * pixels + p) * channels + c] = x[(b * channels + c) * pixels + p];
                }
            }
        }
        return out;
    }
}
