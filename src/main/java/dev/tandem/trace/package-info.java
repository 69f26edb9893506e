/** Tensors of the way, to and from safetensors. */
package dev.tandem.trace;
