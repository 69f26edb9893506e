/** Products of activations with weights that stay as they are stored, on the machine's vectors. */
package dev.tandem.cpu.product;
