/** Model folders: config.json and one safetensors file per part. */
package dev.tandem.folder;
