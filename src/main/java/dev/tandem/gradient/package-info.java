/** Records the one forward as it runs, and goes the way back over what it recorded. */
package dev.tandem.gradient;
