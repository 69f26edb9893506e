/** Pictures into files: a grid, a folder, an npz file, frames; and what the files say about themselves. */
package dev.tandem.output;
