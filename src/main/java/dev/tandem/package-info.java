/** Tandem: visual autoregressive image models (VAR) and their collaborative decoding (CoDe). */
package dev.tandem;
