/**
 * Attention of the transformer and of the VQ-VAE: the portable kernels, those on tensor cores, and NVIDIA's libraries.
 */
package dev.tandem.tornado.attention;
