/** The way back, losses and the optimiser on a CPU. */
package dev.tandem.cpu.backward;
