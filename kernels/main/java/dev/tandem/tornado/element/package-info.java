/** What is done to elements one by one; loads and stores by type, and activations, that all kernels share. */
package dev.tandem.tornado.element;
