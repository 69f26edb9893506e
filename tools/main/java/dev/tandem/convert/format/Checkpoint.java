package dev.tandem.convert.format;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a checkpoint. They are views of mapped files and die with the arena that it was opened in.
 *
 * @param path the file that was named; of sharded checkpoints the index
 * @param stem its file name without what tells format and shard: {@code var_d30}
 * @param format for people: "torch zip"
 * @param dicts in the file's order; a plain state_dict has one, with an empty path
 */
public record Checkpoint(Path path, String stem, String format, List<Dict> dicts) {
    /**
     * The tensors of one dictionary inside of the file.
     *
     * @param path keys that lead there, joined by dots: {@code trainer.var_wo_ddp}
     */
    public record Dict(String path, Tensors tensors) {}

    /** What is known of a tensor without its elements. */
    public record Header(DType dtype, Shape shape) {
        public long bytes() {
            return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
        }
    }

    /** Tensors that may have a checksum beside them. */
    public interface Tensors extends TensorSource {
        /**
         * Type and shape of a tensor that is there, without touching its elements.
         *
         * @throws dev.tandem.tensor.FormatException where they can't be read: it is sparse, has no data, …
         */
        default Header header(String name) {
            Tensor tensor = get(name);
            return new Header(tensor.dtype(), tensor.shape());
        }

        /**
         * Compares the stored bytes of a tensor with their checksum; does nothing where the format has none.
         *
         * @throws dev.tandem.tensor.FormatException where they differ
         */
        default void verify(String name) {}

        /** What stands under further names in place of tensors, continuing "'x'": "is an object of 'numpy.ndarray'". */
        default Map<String, String> others() {
            return Map.of();
        }
    }

    public Checkpoint {
        dicts = List.copyOf(dicts);
    }
}
