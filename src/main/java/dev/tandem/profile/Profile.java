package dev.tandem.profile;

import java.util.List;

/**
 * One run, operation by operation.
 *
 * @param calls in the order in which they ran
 * @param waitNanos what launching and waiting for one took, which is taken off already
 */
public record Profile(List<TimedCall> calls, long waitNanos) {}
