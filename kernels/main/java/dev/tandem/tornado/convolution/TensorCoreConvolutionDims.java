package dev.tandem.tornado.convolution;

/** Dimensions of {@link TensorCoreConvolutionKernels#convolve}. */
final class TensorCoreConvolutionDims {
    /** Pixels of all pictures. */
    static final int ROWS = 0;

    static final int OUTPUTS = 1;

    /** Of an input's pixel. */
    static final int PIXEL_LONGS = 2;

    static final int X_HEIGHT = 3;
    static final int X_WIDTH = 4;
    static final int Y_HEIGHT = 5;
    static final int Y_WIDTH = 6;

    /** Of the window, and of a line of it. */
    static final int TAPS = 7;

    static final int LINE_TAPS = 8;
    static final int STRIDE = 9;
    static final int PAD_TOP = 10;
    static final int PAD_LEFT = 11;

    /** In longs. */
    static final int X_OFFSET = 12;

    static final int Y_OFFSET = 13;
    static final int RESIDUAL_OFFSET = 14;
    static final int Y_CHANNELS = 15;

    /** What an index of a pair of fp16 is off by. */
    static final int HEADER_SHIFT = 16;

    private TensorCoreConvolutionDims() {}
}
