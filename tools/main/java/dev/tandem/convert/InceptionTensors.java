package dev.tandem.convert;

import dev.tandem.convert.Layout.Role;
import dev.tandem.model.InceptionConfig;

/**
 * The tensors of Inception-v3, in the order of its modules.
 *
 * @see "torchvision: inception.py"
 */
final class InceptionTensors {
    /** Takes a tensor's name, role and shape. */
    @FunctionalInterface
    interface Sink {
        void add(String name, Role role, long... shape);
    }

    private final Sink sink;

    private InceptionTensors(Sink sink) {
        this.sink = sink;
    }

    static void forEach(InceptionConfig c, Sink sink) {
        InceptionTensors t = new InceptionTensors(sink);
        t.conv("Conv2d_1a_3x3", 3, 32, 3, 3);
        t.conv("Conv2d_2a_3x3", 32, 32, 3, 3);
        t.conv("Conv2d_2b_3x3", 32, 64, 3, 3);
        t.conv("Conv2d_3b_1x1", 64, 80, 1, 1);
        t.conv("Conv2d_4a_3x3", 80, 192, 3, 3);
        t.blockA("Mixed_5b.", 192, 32);
        t.blockA("Mixed_5c.", 256, 64);
        t.blockA("Mixed_5d.", 288, 64);
        t.blockB("Mixed_6a.");
        t.blockC("Mixed_6b.", 128);
        t.blockC("Mixed_6c.", 160);
        t.blockC("Mixed_6d.", 160);
        t.blockC("Mixed_6e.", 192);
        t.blockD("Mixed_7a.");
        t.blockE("Mixed_7b.", 1280);
        t.blockE("Mixed_7c.", c.features());
        sink.add("fc.weight", Role.MATRIX, c.classes(), c.features());
        sink.add("fc.bias", Role.SMALL, c.classes());
    }

    private void conv(String name, int in, int out, int height, int width) {
        sink.add(name + ".conv.weight", Role.CONVOLUTION, out, in, height, width);
        sink.add(name + ".bn.weight", Role.SMALL, out);
        sink.add(name + ".bn.bias", Role.SMALL, out);
        sink.add(name + ".bn.running_mean", Role.MOMENTS, out);
        sink.add(name + ".bn.running_var", Role.MOMENTS, out);
    }

    private void blockA(String p, int in, int pool) {
        conv(p + "branch1x1", in, 64, 1, 1);
        conv(p + "branch5x5_1", in, 48, 1, 1);
        conv(p + "branch5x5_2", 48, 64, 5, 5);
        conv(p + "branch3x3dbl_1", in, 64, 1, 1);
        conv(p + "branch3x3dbl_2", 64, 96, 3, 3);
        conv(p + "branch3x3dbl_3", 96, 96, 3, 3);
        conv(p + "branch_pool", in, pool, 1, 1);
    }

    private void blockB(String p) {
        conv(p + "branch3x3", 288, 384, 3, 3);
        conv(p + "branch3x3dbl_1", 288, 64, 1, 1);
        conv(p + "branch3x3dbl_2", 64, 96, 3, 3);
        conv(p + "branch3x3dbl_3", 96, 96, 3, 3);
    }

    private void blockC(String p, int between) {
        conv(p + "branch1x1", 768, 192, 1, 1);
        conv(p + "branch7x7_1", 768, between, 1, 1);
        conv(p + "branch7x7_2", between, between, 1, 7);
        conv(p + "branch7x7_3", between, 192, 7, 1);
        conv(p + "branch7x7dbl_1", 768, between, 1, 1);
        conv(p + "branch7x7dbl_2", between, between, 7, 1);
        conv(p + "branch7x7dbl_3", between, between, 1, 7);
        conv(p + "branch7x7dbl_4", between, between, 7, 1);
        conv(p + "branch7x7dbl_5", between, 192, 1, 7);
        conv(p + "branch_pool", 768, 192, 1, 1);
    }

    private void blockD(String p) {
        conv(p + "branch3x3_1", 768, 192, 1, 1);
        conv(p + "branch3x3_2", 192, 320, 3, 3);
        conv(p + "branch7x7x3_1", 768, 192, 1, 1);
        conv(p + "branch7x7x3_2", 192, 192, 1, 7);
        conv(p + "branch7x7x3_3", 192, 192, 7, 1);
        conv(p + "branch7x7x3_4", 192, 192, 3, 3);
    }

    private void blockE(String p, int in) {
        conv(p + "branch1x1", in, 320, 1, 1);
        conv(p + "branch3x3_1", in, 384, 1, 1);
        conv(p + "branch3x3_2a", 384, 384, 1, 3);
        conv(p + "branch3x3_2b", 384, 384, 3, 1);
        conv(p + "branch3x3dbl_1", in, 448, 1, 1);
        conv(p + "branch3x3dbl_2", 448, 384, 3, 3);
        conv(p + "branch3x3dbl_3a", 384, 384, 1, 3);
        conv(p + "branch3x3dbl_3b", 384, 384, 3, 1);
        conv(p + "branch_pool", in, 192, 1, 1);
    }
}
