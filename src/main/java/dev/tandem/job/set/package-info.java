/** Sets of pictures as folders and as npz files, one turned into the other. */
package dev.tandem.job.set;
