/** Convolutions: the portable kernel, the one on tensor cores, and NVIDIA's libraries. */
package dev.tandem.tornado.convolution;
