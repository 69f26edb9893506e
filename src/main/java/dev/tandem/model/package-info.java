/** The models: the transformer, the quantizer, the tokenizer's encoder and decoder, and their configurations. */
package dev.tandem.model;
