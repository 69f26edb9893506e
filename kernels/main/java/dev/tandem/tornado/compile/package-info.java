/** Machine code of kernels: compiled side by side, kept on disk for the next process. */
package dev.tandem.tornado.compile;
