/** The multi-scale quantizer: look-up, resizing, nearest code. */
package dev.tandem.tornado.quantizer;
