package dev.tandem.convert.format;

/**
 * A tensor as a torch checkpoint describes it: a window on a storage. Nothing is checked yet.
 *
 * @param offset first element, in the storage
 * @param strides in elements, one per size
 */
record TorchTensor(TorchStorage storage, long offset, long[] sizes, long[] strides) {}
