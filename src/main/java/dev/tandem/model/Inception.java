package dev.tandem.model;

import dev.tandem.engine.Session;
import dev.tandem.model.InceptionBlock.Extent;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.tensor.TensorSource;
import java.util.List;

/**
 * Inception-v3, which pictures are compared by: its last features before the classifier, and the classifier's scores.
 *
 * @see "Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015"
 */
public final class Inception {
    private static final int RGB = 3;

    private final InceptionConfig config;
    /** Of the spatial features: what sFID is defined by. */
    private static final int SPATIAL_CHANNELS = 7;

    private final List<InceptionBlock> blocks;
    private final InceptionBlock.Conv spatial;
    private final int beforeSpatial;
    private final Linear fc;

    private Inception(InceptionConfig config, Params params) {
        this.config = config;
        InceptionWeights weights = InceptionWeights.load(config, params);
        this.blocks = weights.blocks();
        this.spatial = weights.spatial();
        this.beforeSpatial = weights.beforeSpatial();
        // the scores that are usual with each of the two networks
        boolean biased = config.pooling() == InceptionConfig.Pooling.TORCHVISION;
        this.fc = new Linear(
                params.weight("fc.weight", config.classes(), config.features()),
                biased ? params.weight("fc.bias", config.classes()) : null);
    }

    public static Inception load(InceptionConfig config, TensorSource source, Session session) {
        return new Inception(config, new Params(session, source));
    }

    public InceptionConfig config() {
        return config;
    }

    /**
     * The dimensions of the map that spatial features are the first {@link #spatialChannels} channels of.
     *
     * @param side of the pictures
     */
    public long[] spatialShape(int pictures, int side) {
        Extent at = new Extent(side, side, RGB);
        for (InceptionBlock block : blocks.subList(0, beforeSpatial)) {
            at = block.output(at);
        }
        at = at.after(spatial);
        return new long[] {pictures, at.height(), at.width(), at.channels()};
    }

    /** @see "Nash et al., Generating Images with Sparse Representations, 2021; guided-diffusion: evaluator.py" */
    public int spatialChannels() {
        return Math.min(SPATIAL_CHANNELS, spatial.outputs(0));
    }

    /** Memory for a number of pictures of one size at a time. */
    public static final class State {
        private final Buffer[] between;
        private final Buffer[] inside;

        public State(Session session, Inception model, int pictures, int side) {
            Extent at = new Extent(side, side, RGB);
            long largest = 0;
            long largestInside = 1;
            for (InceptionBlock block : model.blocks) {
                largestInside = Math.max(largestInside, block.largestInside(at));
                at = block.output(at);
                largest = Math.max(largest, at.elements());
            }
            if (at.height() < 1) {
                throw new IllegalArgumentException("pictures of " + side + " pixels are too small for Inception-v3");
            }
            between = pair(session, "between", pictures * largest);
            inside = pair(session, "inside", pictures * largestInside);
        }

        private static Buffer[] pair(Session session, String name, long elements) {
            return new Buffer[] {session.activations(name + "0", elements), session.activations(name + "1", elements)};
        }
    }

    /**
     * Computes features.
     *
     * @param pictures activations [B, side, side, 3] in [−1, 1]
     * @param features out, floats [B, features]
     * @param map out, activations as {@link #spatialShape} has it
     */
    public void features(Ops ops, Buffer pictures, State state, Buffer features, Buffer map) {
        Buffer x = pictures;
        int turn = 0;
        for (InceptionBlock block : blocks) {
            if (turn == beforeSpatial) {
                spatial.run(ops, x, 0, map);
            }
            Extent next = block.output(InceptionBlock.extent(x));
            Buffer out = state.between[turn++ % 2].view(pictures.size(0), next.height(), next.width(), next.channels());
            block.run(ops, x, state.inside, out);
            x = out;
        }
        ops.globalMean(x, features);
    }

    /**
     * Scores of the classes for given features.
     *
     * @param features floats [B, features]
     * @param scores out, floats [B, classes]
     */
    public void classify(Ops ops, Buffer features, Buffer scores) {
        ops.linear(features, fc, scores);
    }
}
