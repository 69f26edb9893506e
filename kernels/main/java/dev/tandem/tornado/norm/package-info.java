/** Layer norm and group norm, and the gated residual add that a norm may take over. */
package dev.tandem.tornado.norm;
