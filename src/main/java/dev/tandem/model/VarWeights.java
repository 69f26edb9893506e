package dev.tandem.model;

import dev.tandem.op.InputWeights;
import dev.tandem.op.Linear;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The parameters of a VAR transformer, named as in the checkpoint.
 *
 * @param classEmb [classes + 1, C]
 * @param input word_embed, pos_start, lvl_embed + pos_1LC
 * @param sharedAdaLin [6C, C], null without shared AdaLN
 * @param blocks one per layer
 * @param headNm head_nm.ada_lin.1: [2C, C], scale before shift
 * @param head [V, C]
 */
record VarWeights(
        Weight classEmb, InputWeights input, Linear sharedAdaLin, List<Block> blocks, Linear headNm, Linear head) {

    /** exp of more than this is not learned: the original clamps scale_mul at ln 100. */
    private static final double MAX_SCALE_MUL = Math.log(100);

    /**
     * A block.
     *
     * @param adaLin [6C, C], null with shared AdaLN
     * @param adaGss [6C], null without
     */
    record Block(Linear adaLin, Weight adaGss, QkvWeights attn, Linear proj, Linear fc1, Linear fc2) {}

    static VarWeights load(VarConfig c, Params p) {
        int width = c.width();
        List<Block> blocks = IntStream.range(0, c.depth())
                .mapToObj(i -> block(c, p.at("blocks", i)))
                .toList();
        return new VarWeights(
                p.weight("class_emb.weight", c.classes() + 1, width),
                new InputWeights(
                        p.linear("word_embed", c.codeSize(), width),
                        p.weight("pos_start", 1, c.scales().tokens(0), width),
                        lvlPos(c, p)),
                c.sharedAdaLn() ? p.linear("shared_ada_lin.1", width, 6 * width) : null,
                blocks,
                p.linear("head_nm.ada_lin.1", width, 2 * width),
                p.linear("head", width, c.vocabulary()));
    }

    private static Block block(VarConfig c, Params p) {
        int width = c.width();
        Params attn = p.at("attn");
        return new Block(
                c.sharedAdaLn() ? null : p.linear("ada_lin.1", width, 6 * width),
                c.sharedAdaLn() ? p.weight("ada_gss", 1, 1, 6, width) : null,
                new QkvWeights(
                        attn.weight("mat_qkv.weight", 3 * width, width),
                        attn.weight("q_bias", width),
                        attn.weight("v_bias", width),
                        c.attnL2Norm() ? qScale(c, attn) : null),
                attn.linear("proj", width, width),
                p.linear("ffn.fc1", width, c.hidden()),
                p.linear("ffn.fc2", c.hidden(), width));
    }

    private static Weight qScale(VarConfig c, Params attn) {
        float[] mul = attn.tensor("scale_mul_1H11", 1, c.heads(), 1, 1).toFloats();
        for (int h = 0; h < mul.length; h++) {
            mul[h] = (float) Math.exp(Math.min(mul[h], MAX_SCALE_MUL));
        }
        return attn.derived("q_scale", Shape.of(c.heads()), mul);
    }

    private static Weight lvlPos(VarConfig c, Params p) {
        Scales scales = c.scales();
        int width = c.width();
        float[] level = p.tensor("lvl_embed.weight", scales.count(), width).toFloats();
        float[] sum = p.tensor("pos_1LC", 1, scales.length(), width).toFloats();
        for (int i = 0; i < scales.count(); i++) {
            for (int at = scales.start(i) * width; at < scales.start(i + 1) * width; at++) {
                sum[at] += level[i * width + at % width];
            }
        }
        return p.derived("lvl_pos", Shape.of(scales.length(), width), sum);
    }
}
