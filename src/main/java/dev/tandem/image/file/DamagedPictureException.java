package dev.tandem.image.file;

import java.io.IOException;

/** A file is a picture, but not a whole one, or one of a kind that is not read; says what is wrong, without its name. */
final class DamagedPictureException extends IOException {
    DamagedPictureException(String what) {
        super(what);
    }

    static DamagedPictureException cutOff() {
        return new DamagedPictureException("is damaged or cut off: it ends too early");
    }
}
