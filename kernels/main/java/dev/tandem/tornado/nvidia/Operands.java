package dev.tandem.tornado.nvidia;

/** Where a product's arrays begin on the device; {@code bias} is 0 without such an epilogue. */
public record Operands(long x, long w, long y, long bias, long workspace) {
    public Operands {
        workspace = NvidiaLibraries.aligned(workspace);
    }

    /** Where the matrices themselves begin. */
    Operands of(Gemm g) {
        return new Operands(
                x + 2 * g.x().offset(), w + 2 * g.w().offset(), y + g.y().offset() * g.bytes(), bias, workspace);
    }

    /** The result elsewhere. */
    Operands into(long other) {
        return new Operands(x, w, other, bias, workspace);
    }
}
