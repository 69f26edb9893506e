package dev.tandem.convert;

import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Tells a transformer's dimensions from its tensors. */
final class VarRecognition {
    private static final int LARGEST = 1 << 20;
    private static final int USUAL_HEAD = 64;
    private static final double USUAL_NORM_EPS = 1e-6;

    private final SourcePart part;
    private final Hints hints;
    private final int depth;

    private VarRecognition(SourcePart part, Hints hints) {
        this.part = part;
        this.hints = hints;
        this.depth = Indices.count(part, "blocks.");
    }

    static VarConfig of(SourcePart part, Hints hints) {
        return new VarRecognition(part, hints).config();
    }

    private VarConfig config() {
        if (depth == 0) {
            throw wrong("it has no blocks");
        }
        int width = width();
        boolean l2Norm = anyBlock("attn.scale_mul_1H11");
        Votes codeSize = new Votes(part).add("word_embed.weight", 1);
        Votes vocabulary = new Votes(part).add("head.weight", 0).add("head.bias", 0);
        Votes classRows = new Votes(part).add("class_emb.weight", 0);
        int classes = classRows.winner("number of classes", LARGEST) - 1;
        if (classes < 1) {
            throw wrong("class_emb.weight has a single row, that of no class");
        }
        return new VarConfig(
                depth,
                width,
                heads(width, l2Norm),
                hidden(),
                vocabulary.winner("vocabulary", LARGEST),
                codeSize.winner("code size", LARGEST),
                classes,
                scales(),
                part.has("shared_ada_lin.1.weight") || anyBlock("ada_gss"),
                l2Norm,
                Hints.first(hints.varNormEps(), USUAL_NORM_EPS).floatValue());
    }

    private int width() {
        Votes votes = new Votes(part)
                .add("word_embed.weight", 0)
                .add("word_embed.bias", 0)
                .add("class_emb.weight", 1)
                .add("lvl_embed.weight", 1)
                .add("pos_start", 2)
                .add("pos_1LC", 2)
                .add("head.weight", 1);
        for (int i = 0; i < depth; i++) {
            votes.add("blocks." + i + ".attn.mat_qkv.weight", 1).add("blocks." + i + ".attn.proj.weight", 0);
        }
        return votes.winner("width", LARGEST);
    }

    private int hidden() {
        Votes votes = new Votes(part);
        for (int i = 0; i < depth; i++) {
            String ffn = "blocks." + i + ".ffn.";
            votes.add(ffn + "fc1.weight", 0).add(ffn + "fc1.bias", 0).add(ffn + "fc2.weight", 1);
        }
        return votes.winner("feed-forward width", LARGEST);
    }

    private int heads(int width, boolean l2Norm) {
        int heads;
        if (l2Norm) {
            Votes votes = new Votes(part);
            for (int i = 0; i < depth; i++) {
                votes.add("blocks." + i + ".attn.scale_mul_1H11", 1);
            }
            heads = votes.winner("number of heads", LARGEST);
            if (hints.heads() != null && hints.heads() != heads) {
                throw wrong("it has " + heads + " heads, not " + hints.heads());
            }
        } else if (hints.heads() != null) {
            heads = hints.heads();
        } else if (width % USUAL_HEAD == 0) {
            heads = width / USUAL_HEAD;
        } else {
            throw wrong("its number of heads can't be told without scale_mul_1H11; give --heads");
        }
        if (heads < 1 || width % heads != 0) {
            throw wrong("its width " + width + " is not a multiple of " + heads + " heads");
        }
        return heads;
    }

    private Scales scales() {
        if (hints.patchNums() != null) {
            return PatchNums.scales(part.origin(), hints.patchNums());
        }
        if (!part.has("lvl_1L")) {
            throw new FormatException(part.origin(), "tensor 'lvl_1L' is missing (with --patch-nums it may be)");
        }
        Tensor levels = part.get("lvl_1L");
        List<Integer> patchNums = new ArrayList<>();
        long length = levels.shape().elements();
        long from = 0;
        for (long at = 1; at <= length; at++) {
            if (at == length || levels.longAt(at) != levels.longAt(from)) {
                long count = at - from;
                long side = Math.round(Math.sqrt((double) count));
                if (levels.longAt(from) != patchNums.size() || side * side != count) {
                    throw wrong("tensor 'lvl_1L' is no list of square scales: " + count + " positions of scale "
                            + levels.longAt(from) + " from position " + from);
                }
                patchNums.add((int) side);
                from = at;
            }
        }
        return PatchNums.scales(part.origin(), patchNums);
    }

    private boolean anyBlock(String tensor) {
        for (int i = 0; i < depth; i++) {
            if (part.has("blocks." + i + "." + tensor)) {
                return true;
            }
        }
        return false;
    }

    private FormatException wrong(String what) {
        return new FormatException(part.origin(), what);
    }
}
