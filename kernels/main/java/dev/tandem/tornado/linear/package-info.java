/** Products with weights: the portable kernels, those on tensor cores, and NVIDIA's libraries. */
package dev.tandem.tornado.linear;
