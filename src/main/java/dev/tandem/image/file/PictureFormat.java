package dev.tandem.image.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Formats of pictures, told by how files begin; their names don't count. */
public enum PictureFormat {
    PNG("PNG", PngDecoder::decode, "png", "apng"),
    JPEG("JPEG", JpegDecoder::decode, "jpg", "jpeg", "jpe", "jfif", "jif", "pjpeg", "pjp", "mpo"),
    GIF("GIF", GifDecoder::decode, "gif"),
    BMP("BMP", BmpDecoder::decode, "bmp", "dib"),
    TIFF("TIFF", TiffDecoder::decode, "tif", "tiff"),
    WEBP("WebP", WebpDecoder::decode, "webp"),
    PNM("PNM", PnmDecoder::decode, "ppm", "pgm", "pbm", "pnm", "pam"),
    HEIF("AVIF or HEIC", null, "avif", "avifs", "heic", "heics", "heif", "heifs", "hif"),
    JPEG_2000("JPEG 2000", null, "jp2", "j2k", "j2c", "jpc", "jpf", "jpx"),
    JPEG_XL("JPEG XL", null, "jxl"),
    PSD("Photoshop", null, "psd", "psb"),
    ICO("Windows icon", null, "ico", "cur"),
    EXR("OpenEXR", null, "exr"),
    HDR("Radiance", null, "hdr"),
    DDS("DDS", null, "dds"),
    QOI("QOI", null, "qoi"),
    PFM("floating-point PNM", null, "pfm"),
    OTHER(
            "another", null, "tga", "pcx", "svg", "svgz", "sgi", "xbm", "xpm", "wbmp", "dng", "cr2", "cr3", "nef",
            "arw", "raf", "orf", "rw2");

    /** How many bytes at the beginning of a file tell its format. */
    public static final int HEAD = 16;

    private static final Set<PictureFormat> SURE = EnumSet.of(PNG, JPEG, GIF, TIFF, WEBP, HEIF, JPEG_2000, PSD);

    private static final String READ = "PNG, JPEG, GIF, BMP, TIFF, WebP, PNM";

    /** Turns a whole file into pixels. */
    @FunctionalInterface
    private interface Decoder {
        Decoded decode(byte[] file) throws IOException;
    }

    private final String label;
    private final Decoder decoder;
    private final Set<String> endings;

    PictureFormat(String label, Decoder decoder, String... endings) {
        this.label = label;
        this.decoder = decoder;
        this.endings = Set.of(endings);
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** Whether a file's name says that it is a picture, be it of a format that is read or not. */
    public static boolean named(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        for (PictureFormat format : values()) {
            if (format.endings.contains(ending)) {
                return true;
            }
        }
        return false;
    }

    /** The format of a file that begins so; empty where it is no picture. */
    public static Optional<PictureFormat> of(byte[] head) {
        String text = new String(head, 0, Math.min(head.length, HEAD), StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        } else if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        } else if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return Optional.of(GIF);
        } else if (text.startsWith("BM")) {
            return Optional.of(BMP);
        } else if (text.matches("(?s)(II[*+]\0|MM\0[*+]).*")) {
            return Optional.of(TIFF);
        } else if (text.matches("(?s)RIFF.{4}WEBP.*")) {
            return Optional.of(WEBP);
        } else if (text.matches("(?s)P[1-7][ \t\r\n#].*")) {
            return Optional.of(PNM);
        }
        return unread(text);
    }

    /** Whether no other file begins so, by chance or as text; unlike short signatures, as BMP's. */
    public static boolean isSure(byte[] head) {
        return of(head).filter(SURE::contains).isPresent();
    }

    private static Optional<PictureFormat> unread(String text) {
        if (text.matches("(?s).{4}ftyp(avi|hei|hev|mif|msf).*")) {
            return Optional.of(HEIF);
        } else if (text.matches("(?s)(\0\0\0\fjP  |\u00ffO\u00ffQ).*")) {
            return Optional.of(JPEG_2000);
        } else if (text.matches("(?s)(\0\0\0\fJXL |\u00ff\n).*")) {
            return Optional.of(JPEG_XL);
        } else if (text.startsWith("8BPS")) {
            return Optional.of(PSD);
        } else if (text.matches("(?s)\0\0[\u0001\u0002]\0[^\0]\0.*")) {
            return Optional.of(ICO);
        } else if (text.startsWith("v/1\u0001")) {
            return Optional.of(EXR);
        } else if (text.startsWith("#?RADIANCE") || text.startsWith("#?RGBE")) {
            return Optional.of(HDR);
        } else if (text.startsWith("DDS ")) {
            return Optional.of(DDS);
        } else if (text.startsWith("qoif")) {
            return Optional.of(QOI);
        } else if (text.matches("(?s)P[Ff]\\s.*")) {
            return Optional.of(PFM);
        }
        return Optional.empty();
    }

    /** @throws IOException where it is no whole picture of a format that is read; says what is wrong, without its name */
    static Decoded decode(byte[] file) throws IOException {
        if (file.length == 0) {
            throw new DamagedPictureException("is empty");
        }
        PictureFormat format = of(file).orElseThrow(() -> new DamagedPictureException(
                new String(file, 0, Math.min(file.length, 64), StandardCharsets.ISO_8859_1)
                                .startsWith("version https://git-lfs")
                        ? "is a pointer of Git LFS, not the picture itself; `git lfs pull` fetches it"
                        : "is no picture of a known format (" + READ + ")"));
        if (format.decoder == null) {
            throw new DamagedPictureException(
                    "is a picture of a format that is not read (" + format.label + "); convert it to one of " + READ);
        }
        return format.decoder.decode(file);
    }
}
