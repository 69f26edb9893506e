/** Arrays on the device: buffers, weights, caches, and scratch memory of operations. */
package dev.tandem.tornado.memory;
