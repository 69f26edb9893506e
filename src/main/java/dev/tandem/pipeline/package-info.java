/** A loaded model at work: what computes, how many pictures at a time, who listens, how long it takes. */
package dev.tandem.pipeline;
