/** Launches of kernels as they are recorded, and their arguments. */
package dev.tandem.tornado.launch;
