package dev.tandem.tornado.nvidia;

/** Where a product's arrays begin on the device; {@code bias} is 0 without such an epilogue. */
public record Operands(long x, long w, long y, long bias, long workspace) {
    public Operands {
        workspace = NvidiaLibraries.aligned(workspace);
    }
}
