package dev.tandem.study;

import dev.tandem.analysis.RadialSpectrum;
import java.util.List;
import java.util.Map;

/**
 * The spectra of some pictures.
 *
 * @param what whose spectra they are, for people
 * @param pictures how many there were
 * @param unreadable files that were left out
 * @param spectra by kind, see {@link SpectrumMeter}, one for every scale
 */
public record SpectrumResult(String what, int pictures, int unreadable, Map<String, List<RadialSpectrum>> spectra) {}
