/** The CPU back-ends: the scalar reference and Java's vectors. */
package dev.tandem.cpu;
