/** NumPy's files: single arrays (.npy) and archives of them (.npz). Knows what numbers look like, not what they mean. */
package dev.tandem.npy;
