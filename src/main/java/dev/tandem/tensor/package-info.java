/** Element types, shapes, tensors as views of memory, safetensors files. */
package dev.tandem.tensor;
