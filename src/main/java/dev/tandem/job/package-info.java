/** Large sets of pictures that are drawn in parts and go on after a stop. */
package dev.tandem.job;
