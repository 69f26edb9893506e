package dev.tandem.tornado.nvidia;

/**
 * A convolution of stride 1 with zeros around, fp16 and channels-last: y = conv(x) + bias (+ residual).
 *
 * @param side of the window, odd
 * @param xOffset of x's first element in its array; likewise of y and the residual
 * @param residual whether a map of y's shape is added
 */
public record Convolution(
        int pictures,
        int height,
        int width,
        int inputs,
        int outputs,
        int side,
        long xOffset,
        long yOffset,
        long residualOffset,
        boolean residual) {}
