/** Pictures as bytes: PNG, npz, grids, resizing, PSNR. Knows nothing of models. */
package dev.tandem.image;
