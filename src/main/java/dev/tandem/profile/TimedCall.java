package dev.tandem.profile;

/**
 * One operation of a run.
 *
 * @param nanos that it took by itself
 */
public record TimedCall(Work work, long nanos) {}
