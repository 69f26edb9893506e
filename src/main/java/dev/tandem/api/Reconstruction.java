package dev.tandem.api;

import java.awt.image.BufferedImage;

/** What the tokenizer makes of a picture: its codes, and the picture that they decode to. */
public final class Reconstruction {
    private final BufferedImage picture;
    private final int[] tokens;
    private final double psnr;

    Reconstruction(BufferedImage picture, int[] tokens, double psnr) {
        this.picture = picture;
        this.tokens = tokens;
        this.psnr = psnr;
    }

    public BufferedImage picture() {
        return picture;
    }

    /** The codes of all scales, the first scale first. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** How near it comes, in decibels, to the picture as the model took it; infinite where there is no difference. */
    public double psnr() {
        return psnr;
    }
}
