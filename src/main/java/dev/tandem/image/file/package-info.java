/** Picture files of every format become RGB here, and nowhere else: the pixels that Pillow's {@code convert("RGB")} gives. */
package dev.tandem.image.file;
