package dev.tandem.image.file;

/** What a picture is read for. Colour profiles and gamma are passed over by both, in every format. */
public enum Reading {
    /**
     * As someone sees it, for editing and encoding: turned upright by its EXIF orientation, what is transparent on white.
     */
    AS_SEEN,
    /** As pytorch-fid and Pillow's {@code convert("RGB")} take it, for statistics: as it lies in the file, alpha dropped. */
    AS_STORED
}
