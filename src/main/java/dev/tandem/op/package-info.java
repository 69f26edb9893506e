/** The operations that everything is made of, and buffers, weights and caches as back-ends hold them. */
package dev.tandem.op;
