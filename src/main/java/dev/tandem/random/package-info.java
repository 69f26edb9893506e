/** Models of the public sizes without their weights, to time. */
package dev.tandem.random;
