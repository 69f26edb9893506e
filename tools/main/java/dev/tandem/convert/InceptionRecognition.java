package dev.tandem.convert;

import dev.tandem.model.InceptionConfig;
import dev.tandem.model.InceptionConfig.Pooling;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;

/** Tells which Inception-v3 a checkpoint holds. */
final class InceptionRecognition {
    /** ImageNet's classes and eight that Google's graph has beside them. */
    private static final int CLASSES_OF_FID = 1008;

    private static final int INPUT = 299;
    private static final float NORM_EPS = 1e-3f;

    private InceptionRecognition() {}

    static InceptionConfig of(SourcePart part) {
        if (!part.has("fc.weight")) {
            throw new FormatException(part.origin(), "tensor 'fc.weight' is missing");
        }
        Shape fc = part.header("fc.weight").shape();
        if (fc.rank() != 2) {
            throw new FormatException(part.origin(), "tensor 'fc.weight' has the shape " + fc + ", expected a matrix");
        }
        // the two networks differ in nothing that is stored but this
        Pooling pooling = fc.dim(0) == CLASSES_OF_FID ? Pooling.FID : Pooling.TORCHVISION;
        return new InceptionConfig(fc.size(0), fc.size(1), INPUT, NORM_EPS, pooling);
    }

    /** Whether a tensor serves training only: the auxiliary classifier, and counters. */
    static boolean ignores(String name) {
        return name.startsWith("AuxLogits.") || name.endsWith(".num_batches_tracked");
    }
}
