package dev.tandem.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureMathTest {
    private final Golden golden = new Golden();
    private final float[] picture = Formula.values("quality/image", 24 * 20 * 3, 127.5, 127.5);

    private float[] noisy() {
        float[] noise = Formula.values("quality/noise", picture.length, 60, 0);
        for (int i = 0; i < noise.length; i++) {
            noise[i] += picture[i];
        }
        return noise;
    }

    @Test
    void structuralSimilarityAgreesWithScipy() {
        Golden.close(golden.number("ssim"), Ssim.of(picture, noisy(), 24, 20, 3, 255), 1e-6);
        assertEquals(1, Ssim.of(picture, picture, 24, 20, 3, 255), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> Ssim.of(new float[300], new float[300], 10, 30, 1, 255));
    }

    @Test
    void signalToNoise() {
        Golden.close(golden.number("psnr"), Psnr.of(picture, noisy(), 255), 1e-6);
        assertEquals(Double.POSITIVE_INFINITY, Psnr.of(picture, picture, 255));
        assertThrows(IllegalArgumentException.class, () -> Psnr.of(picture, new float[3], 255));
    }

    @Test
    void signalToNoiseOfMarkedPixels() {
        float[] a = {10, 10, 10, 10};
        float[] b = {15, 15, 90, 90};
        assertEquals(20 * Math.log10(255 / 5.0), Psnr.within(a, b, 255, new boolean[] {true, false}), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> Psnr.within(a, b, 255, new boolean[3]));
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "12, 12", "13, 10", "7, 32"})
    void spectrumAgreesWithNumpy(int height, int width) {
        RadialSpectrum spectrum = new RadialSpectrum(height, width);
        spectrum.add(Formula.values("quality/map" + height + "x" + width, height * width * 2, 1, 0.3));
        Golden.close(golden.numbers("spectrum_" + height + "x" + width), spectrum.amplitudes(), 1e-6);
    }

    @Test
    void aWaveStandsAtItsFrequency() {
        float[] wave = new float[12 * 12];
        for (int i = 0; i < wave.length; i++) {
            wave[i] = (float) Math.cos(2 * Math.PI * 3 * (i % 12) / 12);
        }
        RadialSpectrum spectrum = new RadialSpectrum(12, 12);
        spectrum.add(wave);
        double[] a = spectrum.amplitudes();
        for (int bin = 0; bin < a.length; bin++) {
            assertTrue(bin == 3 ? a[bin] > 1 : a[bin] < 1e-4, bin + ": " + a[bin]);
        }
    }

    @Test
    void relativeToTheLowestFrequency() {
        RadialSpectrum flat = new RadialSpectrum(8, 8);
        float[] impulse = new float[64];
        impulse[9] = 2;
        flat.add(impulse);
        for (double v : flat.relativeLogAmplitudes()) {
            assertEquals(0, v, 1e-12);
        }
        assertEquals(0, flat.frequencies()[0]);
        assertEquals(1, flat.frequencies()[4]);
        RadialSpectrum constant = new RadialSpectrum(8, 8);
        constant.add(new float[64]);
        assertEquals(0, constant.relativeLogAmplitudes()[4]);
    }

    @Test
    void equalPicturesAreCountedAndLeftOutOfAMeanOfDecibels() {
        float[] grey = new float[11 * 12 * 3];
        float[] brighter = new float[grey.length];
        java.util.Arrays.fill(brighter, 51);
        Nearness nearness = Nearness.NONE.and(grey, brighter, 11, 12, 255).and(grey, grey.clone(), 11, 12, 255);
        // a fifth of the range
        assertEquals(20 * Math.log10(5), nearness.meanPsnr(), 1e-9);
        assertEquals(1, nearness.equal());
        double luminance = 0.01 * 255 * 0.01 * 255;
        assertEquals((1 + luminance / (51 * 51 + luminance)) / 2, nearness.meanSsim(), 1e-9);
        assertEquals(
                Double.POSITIVE_INFINITY,
                Nearness.NONE.and(grey, grey, 11, 12, 255).meanPsnr());
        assertTrue(Double.isNaN(Nearness.NONE.and(grey, brighter, 4, 33, 255).meanSsim()));
    }
}
