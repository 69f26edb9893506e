package dev.tandem.image.file;

import dev.tandem.image.RgbImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads pictures: PNG, JPEG, GIF, BMP, TIFF, WebP and PNM, told by what is in the file. Of several frames, the first. */
public final class ImageFiles {
    private ImageFiles() {}

    /**
     * Reads a picture as someone sees it.
     *
     * @throws IOException where it cannot be read; says which file and why
     */
    public static RgbImage read(Path file) throws IOException {
        return read(file, Reading.AS_SEEN);
    }

    /** @throws IOException where it cannot be read, or is not whole; says which file and why */
    public static RgbImage read(Path file, Reading reading) throws IOException {
        return read(file, bytes -> PictureFormat.decode(bytes).as(reading));
    }

    /** @throws IOException as reading it does */
    public static PictureFacts facts(Path file) throws IOException {
        return read(file, bytes -> {
            Decoded decoded = PictureFormat.decode(bytes);
            return new PictureFacts(
                    PictureFormat.of(bytes).orElseThrow().label(),
                    decoded.rgb().width(),
                    decoded.rgb().height(),
                    decoded.alpha() != null,
                    decoded.orientation().number());
        });
    }

    /** Makes something of a file's bytes. */
    @FunctionalInterface
    private interface Use<T> {
        T of(byte[] bytes) throws IOException;
    }

    private static <T> T read(Path file, Use<T> use) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file
                    + (Files.isReadable(file)
                            ? ": is a folder, not a picture"
                            : ": is a folder whose files may not be read"));
        }
        Links.check(file);
        try {
            return use.of(Files.readAllBytes(file));
        } catch (FileSystemException e) {
            throw e;
        } catch (DamagedPictureException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (EOFException e) {
            throw new IOException(file + ": " + DamagedPictureException.cutOff().getMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + ": is damaged or cut off (" + e.getMessage() + ")", e);
        } catch (RuntimeException e) {
            // readers throw many things at a damaged file
            throw new IOException(file + ": is damaged or cut off", e);
        } catch (OutOfMemoryError e) {
            throw new IOException(file + ": is too large to be read", e);
        }
    }
}
