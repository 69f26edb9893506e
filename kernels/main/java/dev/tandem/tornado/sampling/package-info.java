/** From logits to codes: guidance, filters, draws, random numbers that are the same on every device. */
package dev.tandem.tornado.sampling;
