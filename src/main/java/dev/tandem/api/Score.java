package dev.tandem.api;

import java.util.List;

/**
 * How well a transformer foretells the codes of pictures.
 *
 * @param transformer which one was asked
 * @param crossEntropy mean over all positions, in nats
 * @param top1 share of positions where the likeliest code is the picture's
 * @param scales the same by scale
 */
public record Score(String transformer, double crossEntropy, double top1, List<Scale> scales) {
    /**
     * One scale.
     *
     * @param number from 1
     */
    public record Scale(int number, double crossEntropy, double top1) {}
}
