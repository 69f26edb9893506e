package dev.tandem.image.file;

import dev.tandem.image.RgbImage;

/** Cyan, magenta, yellow and black to RGB by Pillow's formula, which knows no profile. */
final class Inks {
    private Inks() {}

    static RgbImage rgb(int width, int height, byte[] cyan, byte[] magenta, byte[] yellow, byte[] black) {
        return Samples.interleaved(width, height, under(cyan, black), under(magenta, black), under(yellow, black));
    }

    /** What an ink leaves of the light that black lets through. */
    private static byte[] under(byte[] ink, byte[] black) {
        byte[] out = new byte[ink.length];
        for (int i = 0; i < out.length; i++) {
            int light = RgbImage.MOST - (black[i] & 0xff);
            int taken = (ink[i] & 0xff) * light + 128;
            out[i] = (byte) Math.max(0, light - (taken + (taken >> 8) >> 8));
        }
        return out;
    }
}
