package dev.tandem.image.file;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import dev.tandem.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** What the first directory of a TIFF file says of its samples. */
final class TiffTags {
    static final int PALETTE = 3;
    static final int CMYK = 5;
    private static final int YCC = 6;
    private static final int BIG = 43;
    private static final int UNSIGNED = 1;
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int COMPRESSION = 259;
    private static final int LAST_COMPRESSION = 32946;
    private static final int SAMPLES = 277;
    private static final int MOST_BITS = 16;

    private final Directory directory;
    private final int photometric;

    private TiffTags(Directory directory) throws IOException {
        this.directory = directory;
        this.photometric = number(TIFF.TAG_PHOTOMETRIC_INTERPRETATION, 1);
        if (photometric < 0 || photometric > YCC || photometric == 4) {
            throw new DamagedPictureException("is a TIFF of colours that are not read (photometric interpretation "
                    + photometric + "); grey, RGB, palettes, CMYK and YCbCr are");
        }
        int compression = number(COMPRESSION, 1);
        if (compression > LAST_COMPRESSION) {
            throw new DamagedPictureException("is a TIFF whose compression (" + compression
                    + ") is not read; none, LZW," + " deflate, PackBits, JPEG and those of fax are");
        }
    }

    /** @throws DamagedPictureException where a part of its pixels lies beyond the file's end */
    static TiffTags read(byte[] file) throws IOException {
        checkDirectory(file);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Directory all = new TIFFReader().read(in);
            TiffTags tags = new TiffTags(all instanceof CompoundDirectory several ? several.getDirectory(0) : all);
            tags.check(TIFF.TAG_STRIP_OFFSETS, TIFF.TAG_STRIP_BYTE_COUNTS, file.length);
            tags.check(TIFF.TAG_TILE_OFFSETS, TIFF.TAG_TILE_BYTE_COUNTS, file.length);
            return tags;
        }
    }

    /** The reader does without entries that are cut off. */
    private static void checkDirectory(byte[] file) throws IOException {
        Bytes bytes = new Bytes(file, file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        boolean big = bytes.u16(2) == BIG;
        long at = big ? bytes.i64(8) : bytes.u32(4);
        long entries = big ? bytes.i64(at) : bytes.u16(at);
        bytes.require(at, Math.min(entries, file.length) * (big ? 20 : 12) + (big ? 8 : 2));
    }

    private void check(int offsets, int counts, long length) throws IOException {
        long[] at = numbers(offsets);
        long[] size = numbers(counts);
        for (int i = 0; i < Math.min(at.length, size.length); i++) {
            if (at[i] < 0 || size[i] < 0 || at[i] > length - size[i]) {
                throw DamagedPictureException.cutOff();
            }
        }
    }

    private long[] numbers(int tag) {
        Entry entry = directory.getEntryById(tag);
        if (entry == null) {
            return new long[0];
        }
        Object value = entry.getValue();
        if (value instanceof Number one) {
            return new long[] {one.longValue()};
        }
        if (!value.getClass().isArray()) {
            return new long[0];
        }
        long[] all = new long[Array.getLength(value)];
        for (int i = 0; i < all.length; i++) {
            all[i] = ((Number) Array.get(value, i)).longValue();
        }
        return all;
    }

    private int number(int tag, int usual) {
        long[] all = numbers(tag);
        return all.length == 0 ? usual : (int) all[0];
    }

    long width() {
        return number(WIDTH, 0);
    }

    long height() {
        return number(HEIGHT, 0);
    }

    int photometric() {
        return photometric;
    }

    boolean isGrey() {
        return photometric <= 1;
    }

    /** How many channels are colours, once the reader has made RGB of brightness and two colours. */
    int colours() {
        return switch (photometric) {
            case CMYK -> 4;
            case 2 -> RgbImage.CHANNELS;
            case YCC -> number(SAMPLES, RgbImage.CHANNELS) < RgbImage.CHANNELS ? 1 : RgbImage.CHANNELS;
            default -> 1;
        };
    }

    int bits() {
        return number(TIFF.TAG_BITS_PER_SAMPLE, 1);
    }

    /** Whether samples go from nothing to as bright as can be: true of whole numbers without sign of 16 bits at most. */
    boolean hasRange() {
        return number(TIFF.TAG_SAMPLE_FORMAT, UNSIGNED) == UNSIGNED && bits() <= MOST_BITS || bits() <= Byte.SIZE;
    }

    /** Four samples of RGB without a word on the fourth have alpha, as for Pillow. */
    boolean hasAlpha() {
        long[] extra = numbers(TIFF.TAG_EXTRA_SAMPLES);
        return extra.length == 0 ? photometric == 2 : extra[0] != 0;
    }

    boolean premultiplied() {
        return number(TIFF.TAG_EXTRA_SAMPLES, 0) == 1;
    }

    int[] colourMap() {
        return java.util.Arrays.stream(numbers(TIFF.TAG_COLOR_MAP))
                .mapToInt(v -> (int) v)
                .toArray();
    }

    Orientation orientation() {
        return Orientation.ofTag(directory.getEntryById(TIFF.TAG_ORIENTATION));
    }
}
