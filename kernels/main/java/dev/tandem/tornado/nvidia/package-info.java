/**
 * NVIDIA's libraries as library tasks of TornadoVM: cuBLASLt for products of matrices, cuDNN for convolutions, called
 * through the foreign function interface so that views, strides and a fixed choice of algorithm are possible.
 */
package dev.tandem.tornado.nvidia;
