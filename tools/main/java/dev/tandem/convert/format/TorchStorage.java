package dev.tandem.convert.format;

import dev.tandem.tensor.DType;

/**
 * A reference to a storage of a torch checkpoint.
 *
 * @param type name of its element type ({@code FloatStorage})
 * @param dtype the element type, null where it is one that we can't represent, or untyped
 * @param elementBytes bytes of an element, 1 where untyped
 * @param key the name of its data in the file
 * @param elements number of elements of the whole storage of that key
 * @param viewOffset where this storage begins in that, in elements
 * @param viewElements number of its elements
 */
record TorchStorage(
        String type, DType dtype, int elementBytes, String key, long elements, long viewOffset, long viewElements) {

    /** The same bytes with another element type. */
    TorchStorage as(TorchType other) {
        return other.bytes() == elementBytes
                ? new TorchStorage(other.name(), other.dtype(), elementBytes, key, elements, viewOffset, viewElements)
                : new TorchStorage(
                        other.name(),
                        other.dtype(),
                        other.bytes(),
                        key,
                        elements * elementBytes / other.bytes(),
                        viewOffset * elementBytes / other.bytes(),
                        viewElements * elementBytes / other.bytes());
    }
}
