/** Buffers, weights and caches in the memory of a CPU. */
package dev.tandem.cpu.memory;
