package dev.tandem.convert;

import dev.tandem.convert.format.Checkpoint;
import dev.tandem.tensor.Tensor;
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

    private final Kind kind;
    private final String location;
    private final Checkpoint.Tensors dict;
    private final Map<String, String> nameInDict;

    /**
     * @param location where in the file it stood, with dots: {@code trainer.var_wo_ddp}; empty at the top
     * @param nameInDict the original modules' names of its tensors, each with its name in the dictionary
     */
    SourcePart(Kind kind, String location, Checkpoint.Tensors dict, Map<String, String> nameInDict) {
        this.kind = kind;
        this.location = location;
        this.dict = dict;
        this.nameInDict = nameInDict;
    }

    Kind kind() {
        return kind;
    }

    String location() {
        return location;
    }

    boolean has(String name) {
        return nameInDict.containsKey(name);
    }

    @Override
    public Set<String> names() {
        return nameInDict.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(nameInDict.get(name))
                .flatMap(dict::find)
                .map(t -> new Tensor(name, t.dtype(), t.shape(), t.data()));
    }

    @Override
    public Checkpoint.Header header(String name) {
        return dict.header(nameInDict.getOrDefault(name, name));
    }

    @Override
    public void verify(String name) {
        dict.verify(nameInDict.getOrDefault(name, name));
    }

    @Override
    public String origin() {
        return location.isEmpty() ? dict.origin() : dict.origin() + ": " + location;
    }
}
