/** Pools of the classifiers that judge pictures. */
package dev.tandem.tornado.pool;
