package dev.tandem.convert.format;

/**
 * A tensor as a torch checkpoint describes it: a window on a storage. Nothing is checked yet.
 *
 * @param offset first element, in the storage
 * @param strides in elements, one per size
 * @param negative whether every element counts with the opposite sign (torch's negative view)
 * @param problem why there are no elements that could be read, null where nothing is wrong; then the rest means nothing
 */
record TorchTensor(TorchStorage storage, long offset, long[] sizes, long[] strides, boolean negative, String problem) {
    private static final long[] NONE = {};

    /** @param problem continues "tensor 'x'": "is sparse" */
    static TorchTensor unreadable(String problem) {
        return new TorchTensor(null, 0, NONE, NONE, false, problem);
    }

    TorchTensor negated() {
        return new TorchTensor(storage, offset, sizes, strides, !negative, problem);
    }
}
