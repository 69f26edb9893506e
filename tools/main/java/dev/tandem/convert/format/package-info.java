/** File formats of checkpoints: torch's zip and legacy containers, pickles, sharded safetensors. They know no models. */
package dev.tandem.convert.format;
