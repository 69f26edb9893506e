package dev.tandem.convert;

import dev.tandem.convert.format.Checkpoint;
import dev.tandem.tensor.Tensor;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A VQ-VAE, a transformer or an Inception-v3 inside of a checkpoint, with its tensors under the names that the original modules give
 * them, whatever stood before these in the file.
 */
final class SourcePart implements Checkpoint.Tensors {
    /** What a part is. */
    enum Kind {
        VQVAE("VQ-VAE"),
        VAR("VAR transformer"),
        INCEPTION("Inception-v3");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** How often each code was hit in training: inference does not use it. */
    static final String HITS = "quantize.ema_vocab_hit_SV";

    private final Kind kind;
    private final String location;
    private final Checkpoint.Tensors dict;
    private final Map<String, String> nameInDict;
    /** Has the buffers that this one lacks, or null. */
    private final SourcePart completion;

    /**
     * @param location where in the file it stood, with dots: {@code trainer.var_wo_ddp}; empty at the top
     * @param nameInDict the original modules' names of its tensors, each with its name in the dictionary
     */
    SourcePart(Kind kind, String location, Checkpoint.Tensors dict, Map<String, String> nameInDict) {
        this.kind = kind;
        this.location = location;
        this.dict = dict;
        this.nameInDict = nameInDict;
        this.completion = null;
    }

    private SourcePart(SourcePart part, SourcePart completion) {
        this.kind = part.kind;
        this.location = part.location;
        this.dict = part.dict;
        this.nameInDict = part.nameInDict;
        this.completion = completion;
    }

    /** This one, with the buffers of another where it has none. */
    SourcePart completedBy(SourcePart other) {
        return new SourcePart(this, other);
    }

    /** Whether a tensor follows from the configuration, or is of no use after training. */
    static boolean isBuffer(String name) {
        return name.equals("lvl_1L")
                || name.equals("attn_bias_for_masking")
                || name.endsWith(".zero_k_bias")
                || name.equals(HITS);
    }

    Kind kind() {
        return kind;
    }

    String location() {
        return location;
    }

    boolean has(String name) {
        return nameInDict.containsKey(name) || completes(name);
    }

    private boolean completes(String name) {
        return completion != null && isBuffer(name) && !nameInDict.containsKey(name) && completion.has(name);
    }

    @Override
    public Set<String> names() {
        if (completion == null) {
            return nameInDict.keySet();
        }
        Set<String> all = new LinkedHashSet<>(nameInDict.keySet());
        completion.names().stream().filter(this::completes).forEach(all::add);
        return all;
    }

    /** The name that a tensor has in the checkpoint's dictionary. */
    String fullName(String name) {
        return nameInDict.getOrDefault(name, name);
    }

    /** What the dictionary has in place of a tensor that is missing: "is an object of …". */
    Optional<String> insteadOf(String name) {
        return dict.others().entrySet().stream()
                .filter(e -> ("." + Wrappers.without(e.getKey())).endsWith("." + name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public Optional<Tensor> find(String name) {
        if (completes(name)) {
            return completion.find(name);
        }
        return Optional.ofNullable(nameInDict.get(name))
                .flatMap(dict::find)
                .map(t -> new Tensor(name, t.dtype(), t.shape(), t.data()));
    }

    @Override
    public Checkpoint.Header header(String name) {
        return completes(name) ? completion.header(name) : dict.header(fullName(name));
    }

    @Override
    public void verify(String name) {
        if (completes(name)) {
            completion.verify(name);
        } else {
            dict.verify(fullName(name));
        }
    }

    @Override
    public String origin() {
        return location.isEmpty() ? dict.origin() : dict.origin() + ": " + location;
    }
}
