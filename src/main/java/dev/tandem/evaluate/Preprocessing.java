package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;

/**
 * How a picture becomes a network's input: bilinear to a square, each colour to about [−1, 1]. Neither widens its filter
 * when it shrinks, which costs quality but is what published distances were computed with.
 */
public enum Preprocessing {
    /** As pytorch-fid: pixels' centres are mapped, colours are 2·v/255 − 1. */
    PYTORCH {
        @Override
        float position(int index, float ratio) {
            return Math.max(0, (index + 0.5f) * ratio - 0.5f);
        }

        @Override
        float colour(float value) {
            return 2 * (value / 255) - 1;
        }
    },
    /** As TensorFlow's graph of 2015, which the guided-diffusion evaluator runs: corners are mapped, (v − 128)/128. */
    TENSORFLOW {
        @Override
        float position(int index, float ratio) {
            return index * ratio;
        }

        @Override
        float colour(float value) {
            return (value - 128) / 128;
        }
    };

    /** Where in the source the pixel of that index is taken from. */
    abstract float position(int index, float ratio);

    abstract float colour(float value);

    /** [side, side, 3] at {@code at} of {@code out}. */
    public void apply(RgbImage image, int side, float[] out, int at) {
        int channels = RgbImage.CHANNELS;
        float down = (float) image.height() / side;
        float across = (float) image.width() / side;
        int to = at;
        for (int y = 0; y < side; y++) {
            float row = position(y, down);
            int top = (int) row;
            float below = row - top;
            int upper = top * image.width();
            int lower = Math.min(top + 1, image.height() - 1) * image.width();
            for (int x = 0; x < side; x++) {
                float column = position(x, across);
                int left = (int) column;
                float beside = column - left;
                int right = Math.min(left + 1, image.width() - 1);
                for (int c = 0; c < channels; c++) {
                    float first = mix(image, (upper + left) * channels + c, (upper + right) * channels + c, beside);
                    float second = mix(image, (lower + left) * channels + c, (lower + right) * channels + c, beside);
                    out[to++] = colour(first + (second - first) * below);
                }
            }
        }
    }

    private static float mix(RgbImage image, int a, int b, float share) {
        float first = image.rgb()[a] & 0xff;
        float second = image.rgb()[b] & 0xff;
        return first + (second - first) * share;
    }
}
