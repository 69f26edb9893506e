package dev.tandem.model;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Window;
import java.util.List;

/** A block of a network whose branches run beside each other on one map; their channels stand side by side after it. */
record InceptionBlock(List<Branch> branches) {
    /** What a branch does to a map. */
    sealed interface Step {
        Window window();

        /** Channels that come out where {@code inputs} go in. */
        int outputs(int inputs);

        void run(Ops ops, Buffer x, int firstChannel, Buffer out);
    }

    /** Convolution and ReLU, the batch norm between them folded into the weights. */
    record Conv(Linear linear, Window window) implements Step {
        @Override
        public int outputs(int inputs) {
            return linear.outputs();
        }

        @Override
        public void run(Ops ops, Buffer x, int firstChannel, Buffer out) {
            ops.convRelu(x, linear, window, firstChannel, out);
        }
    }

    record MaxPool(Window window) implements Step {
        @Override
        public int outputs(int inputs) {
            return inputs;
        }

        @Override
        public void run(Ops ops, Buffer x, int firstChannel, Buffer out) {
            ops.maxPool(x, window, firstChannel, out);
        }
    }

    record MeanPool(Window window, boolean countPadding) implements Step {
        @Override
        public int outputs(int inputs) {
            return inputs;
        }

        @Override
        public void run(Ops ops, Buffer x, int firstChannel, Buffer out) {
            ops.averagePool(x, window, countPadding, firstChannel, out);
        }
    }

    /**
     * Steps after each other.
     *
     * @param trunk all but the last
     * @param heads the last ones, beside each other on what the trunk gave
     */
    record Branch(List<Step> trunk, List<Step> heads) {
        /** A branch without a fork. */
        static Branch of(Step... steps) {
            List<Step> all = List.of(steps);
            return new Branch(all.subList(0, all.size() - 1), List.of(all.getLast()));
        }
    }

    /** Size of a map without its batch. */
    record Extent(int height, int width, int channels) {
        Extent after(Step step) {
            return new Extent(step.window().outHeight(height), step.window().outWidth(width), step.outputs(channels));
        }

        long elements() {
            return (long) height * width * channels;
        }
    }

    static InceptionBlock of(Branch... branches) {
        return new InceptionBlock(List.of(branches));
    }

    /** What comes out where {@code in} goes in. */
    Extent output(Extent in) {
        Extent last = in;
        int channels = 0;
        for (Branch branch : branches) {
            Extent at = trunkEnd(branch, in);
            for (Step head : branch.heads()) {
                last = at.after(head);
                channels += last.channels();
            }
        }
        return new Extent(last.height(), last.width(), channels);
    }

    private static Extent trunkEnd(Branch branch, Extent in) {
        Extent at = in;
        for (Step step : branch.trunk()) {
            at = at.after(step);
        }
        return at;
    }

    /** Elements of the largest map inside of a branch. */
    long largestInside(Extent in) {
        long largest = 0;
        for (Branch branch : branches) {
            Extent at = in;
            for (Step step : branch.trunk()) {
                at = at.after(step);
                largest = Math.max(largest, at.elements());
            }
        }
        return largest;
    }

    /** @param inside two buffers that take turns along a branch */
    void run(Ops ops, Buffer x, Buffer[] inside, Buffer out) {
        int first = 0;
        for (Branch branch : branches) {
            Buffer at = x;
            int turn = 0;
            for (Step step : branch.trunk()) {
                Extent next = extent(at).after(step);
                Buffer to = inside[turn++ % 2].view(x.size(0), next.height(), next.width(), next.channels());
                step.run(ops, at, 0, to);
                at = to;
            }
            for (Step head : branch.heads()) {
                head.run(ops, at, first, out);
                first += head.outputs(at.size(3));
            }
        }
    }

    static Extent extent(Buffer map) {
        return new Extent(map.size(1), map.size(2), map.size(3));
    }
}
