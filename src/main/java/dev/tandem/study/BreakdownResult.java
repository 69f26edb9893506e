package dev.tandem.study;

import dev.tandem.profile.Breakdown;

/**
 * Where the time of a run goes.
 *
 * @param breakdown by operation, against what the machine could do
 * @param wholeNanos of runs between those that were timed by operation
 */
public record BreakdownResult(Breakdown breakdown, double wholeNanos) {}
