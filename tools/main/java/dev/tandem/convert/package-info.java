/** From public checkpoints to model folders: recognition, validation, conversion, writing. */
package dev.tandem.convert;
