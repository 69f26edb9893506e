package dev.tandem.model;

import dev.tandem.model.InceptionBlock.Branch;
import dev.tandem.model.InceptionBlock.Conv;
import dev.tandem.model.InceptionBlock.MaxPool;
import dev.tandem.model.InceptionBlock.MeanPool;
import dev.tandem.model.InceptionBlock.Step;
import dev.tandem.op.Linear;
import dev.tandem.op.Window;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds the blocks from a checkpoint; the names are torchvision's. Widths come from the tensors.
 *
 * @see "Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015, table 1"
 * @see "torchvision: inception.py; pytorch-fid: inception.py (FIDInceptionA, C, E_1, E_2)"
 */
final class InceptionWeights {
    private static final Window POOL = Window.square(3, 1);
    private static final Window HALVE = new Window(3, 3, 2, 0, 0);

    /** Google's mixed_6; its first branch is mixed_6/conv, after ReLU. */
    private static final String SPATIAL_BLOCK = "Mixed_6d";
    /** As many as back-ends like; one more than is used. */
    private static final int SPATIAL_ROWS = 8;

    private final InceptionConfig config;
    private final Params root;
    private final List<InceptionBlock> blocks = new ArrayList<>();
    /** What spatial features are taken of, and how many blocks come before. */
    private Conv spatial;

    private int beforeSpatial;
    /** Channels of the map that the next block takes. */
    private int channels = 3;

    private InceptionWeights(InceptionConfig config, Params root) {
        this.config = config;
        this.root = root;
    }

    static InceptionWeights load(InceptionConfig config, Params root) {
        InceptionWeights w = new InceptionWeights(config, root);
        w.stem();
        for (String name : List.of("Mixed_5b", "Mixed_5c", "Mixed_5d")) {
            w.blockA(root.at(name));
        }
        w.blockB(root.at("Mixed_6a"));
        for (String name : List.of("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e")) {
            if (name.equals(SPATIAL_BLOCK)) {
                w.beforeSpatial = w.blocks.size();
                w.spatial = w.conv(root.at(name), "branch1x1", w.channels, Window.square(1, 0), SPATIAL_ROWS);
            }
            w.blockC(root.at(name));
        }
        w.blockD(root.at("Mixed_7a"));
        w.blockE(root.at("Mixed_7b"), w.meanPool());
        w.blockE(root.at("Mixed_7c"), fid(config) ? new MaxPool(POOL) : w.meanPool());
        if (w.channels != config.features()) {
            throw new FormatException(
                    root.path("fc.weight"), "takes " + config.features() + " features, the blocks give " + w.channels);
        }
        return w;
    }

    List<InceptionBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** The convolution that spatial features are taken of, of its first channels alone. */
    Conv spatial() {
        return spatial;
    }

    int beforeSpatial() {
        return beforeSpatial;
    }

    private static boolean fid(InceptionConfig config) {
        return config.pooling() == InceptionConfig.Pooling.FID;
    }

    private Step meanPool() {
        return new MeanPool(POOL, !fid(config));
    }

    private void add(Branch... branches) {
        InceptionBlock block = InceptionBlock.of(branches);
        blocks.add(block);
        channels = block.output(new InceptionBlock.Extent(0, 0, channels)).channels();
    }

    private void stem() {
        add(Branch.of(conv(root, "Conv2d_1a_3x3", channels, HALVE)));
        add(Branch.of(conv(root, "Conv2d_2a_3x3", channels, Window.square(3, 0))));
        add(Branch.of(conv(root, "Conv2d_2b_3x3", channels, Window.square(3, 1))));
        add(Branch.of(new MaxPool(HALVE)));
        add(Branch.of(conv(root, "Conv2d_3b_1x1", channels, Window.square(1, 0))));
        add(Branch.of(conv(root, "Conv2d_4a_3x3", channels, Window.square(3, 0))));
        add(Branch.of(new MaxPool(HALVE)));
    }

    /** Convolutions after each other, named in order. */
    private Branch chain(Params p, String[] names, Window... windows) {
        return Branch.of(steps(p, names, windows));
    }

    private Step[] steps(Params p, String[] names, Window... windows) {
        Step[] steps = new Step[names.length];
        int inputs = channels;
        for (int i = 0; i < names.length; i++) {
            steps[i] = conv(p, names[i], inputs, windows[i]);
            inputs = steps[i].outputs(inputs);
        }
        return steps;
    }

    private static String[] names(String... names) {
        return names;
    }

    private Branch pooled(Params p, Step pool) {
        return Branch.of(pool, conv(p, "branch_pool", channels, Window.square(1, 0)));
    }

    private void blockA(Params p) {
        Window one = Window.square(1, 0);
        Window three = Window.square(3, 1);
        add(
                chain(p, names("branch1x1"), one),
                chain(p, names("branch5x5_1", "branch5x5_2"), one, Window.square(5, 2)),
                chain(p, names("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"), one, three, three),
                pooled(p, meanPool()));
    }

    private void blockB(Params p) {
        add(
                chain(p, names("branch3x3"), HALVE),
                chain(
                        p,
                        names("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"),
                        Window.square(1, 0),
                        Window.square(3, 1),
                        HALVE),
                Branch.of(new MaxPool(HALVE)));
    }

    private void blockC(Params p) {
        Window one = Window.square(1, 0);
        Window across = new Window(1, 7, 1, 0, 3);
        Window down = new Window(7, 1, 1, 3, 0);
        add(
                chain(p, names("branch1x1"), one),
                chain(p, names("branch7x7_1", "branch7x7_2", "branch7x7_3"), one, across, down),
                chain(
                        p,
                        names("branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"),
                        one,
                        down,
                        across,
                        down,
                        across),
                pooled(p, meanPool()));
    }

    private void blockD(Params p) {
        Window one = Window.square(1, 0);
        add(
                chain(p, names("branch3x3_1", "branch3x3_2"), one, HALVE),
                chain(
                        p,
                        names("branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"),
                        one,
                        new Window(1, 7, 1, 0, 3),
                        new Window(7, 1, 1, 3, 0),
                        HALVE),
                Branch.of(new MaxPool(HALVE)));
    }

    private void blockE(Params p, Step pool) {
        Window one = Window.square(1, 0);
        add(
                chain(p, names("branch1x1"), one),
                forked(p, "branch3x3_2", steps(p, names("branch3x3_1"), one)),
                forked(
                        p,
                        "branch3x3dbl_3",
                        steps(p, names("branch3x3dbl_1", "branch3x3dbl_2"), one, Window.square(3, 1))),
                pooled(p, pool));
    }

    /** A branch that ends in a row and a column beside each other. */
    private Branch forked(Params p, String heads, Step... trunk) {
        int inputs = channels;
        for (Step step : trunk) {
            inputs = step.outputs(inputs);
        }
        return new Branch(
                List.of(trunk),
                List.of(
                        conv(p, heads + "a", inputs, new Window(1, 3, 1, 0, 1)),
                        conv(p, heads + "b", inputs, new Window(3, 1, 1, 1, 0))));
    }

    private Conv conv(Params parent, String name, int inputs, Window window) {
        return conv(parent, name, inputs, window, Integer.MAX_VALUE);
    }

    /** Folds γ·(conv(x) − mean)/√(variance + ε) + β into a convolution with bias, of the first {@code most} channels. */
    private Conv conv(Params parent, String name, int inputs, Window window, int most) {
        Params p = parent.at(name);
        Shape stored = p.shape("conv.weight");
        if (stored.rank() != 4) {
            throw new FormatException(p.path("conv.weight"), "is no convolution, its shape is " + stored);
        }
        int outputs = stored.size(0);
        Shape shape = Shape.of(outputs, inputs, window.height(), window.width());
        float[] weight = p.values("conv.weight", shape.dims());
        float[] bias = p.values("bn.bias", outputs);
        float[] gamma = p.values("bn.weight", outputs);
        float[] mean = p.values("bn.running_mean", outputs);
        float[] variance = p.values("bn.running_var", outputs);
        int row = weight.length / Math.max(1, outputs);
        for (int n = 0; n < outputs; n++) {
            double factor = gamma[n] / Math.sqrt((double) variance[n] + config.normEps());
            for (int i = n * row; i < (n + 1) * row; i++) {
                weight[i] = (float) (weight[i] * factor);
            }
            bias[n] = (float) (bias[n] - mean[n] * factor);
        }
        if (most < outputs) {
            shape = Shape.of(most, inputs, window.height(), window.width());
            weight = Arrays.copyOf(weight, most * row);
            bias = Arrays.copyOf(bias, most);
        }
        Linear folded = new Linear(p.derived("weight", shape, weight), p.derived("bias", Shape.of(bias.length), bias));
        return new Conv(folded, window);
    }
}
