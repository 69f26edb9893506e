/** Labels and the first block's input. */
package dev.tandem.tornado.embedding;
