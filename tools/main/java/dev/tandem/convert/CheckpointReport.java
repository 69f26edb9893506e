package dev.tandem.convert;

import dev.tandem.convert.format.Checkpoint.Header;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.Part;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint or a model folder is.
 *
 * @param format for people: "torch zip", "sharded safetensors", "model folder"
 * @param groups dictionaries of tensors; of a model folder its parts
 * @param models what was recognised in them
 * @param config of a model folder, null of a checkpoint
 */
public record CheckpointReport(Path path, String format, List<Group> groups, List<Model> models, ModelConfig config) {
    /**
     * Tensors that stand together.
     *
     * @param path where in the file: {@code trainer.var_wo_ddp}, empty at the top; of a folder the part's name
     * @param tensors by name
     * @param unreadable what is wrong with the others, by name: sparse ones, ones without data
     */
    public record Group(String path, Map<String, Header> tensors, Map<String, String> unreadable) {
        public long bytes() {
            return tensors.values().stream().mapToLong(Header::bytes).sum();
        }

        /** Number of values, buffers included. */
        public long values() {
            return tensors.values().stream()
                    .mapToLong(h -> h.shape().elements())
                    .sum();
        }
    }

    /**
     * A recognised model.
     *
     * @param what for people: "VAR transformer"
     * @param location where in the file, as in {@link Group}
     * @param part its configuration; null where it can't be told
     * @param parameters number of learned values, 0 where the configuration can't be told
     * @param problem why it can't be converted, null where nothing is wrong; elements were not looked at
     */
    public record Model(String what, String location, Part part, long parameters, String problem) {}

    /** Bytes of all tensors. */
    public long bytes() {
        return groups.stream().mapToLong(Group::bytes).sum();
    }

    /** Learned values of all models. */
    public long parameters() {
        return models.stream().mapToLong(Model::parameters).sum();
    }
}
