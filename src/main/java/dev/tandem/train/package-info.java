/** Fine-tuning of transformers: objectives, the optimiser's recipe, and steps over batches of codes. */
package dev.tandem.train;
