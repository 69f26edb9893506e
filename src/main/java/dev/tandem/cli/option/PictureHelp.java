package dev.tandem.cli.option;

/** What help says of how pictures are read. */
public final class PictureHelp {
    public static final String FORMATS = "PNG, JPEG, GIF, BMP, TIFF, WebP or PNM";

    public static final String SEEN = "Pictures (" + FORMATS + ") are taken as someone sees them: turned upright";
    public static final String SEEN_TOO =
            "by their EXIF orientation, what is transparent on white, whatever colour profile they have.";

    public static final String STORED = "Pictures (" + FORMATS + ") are taken as pytorch-fid takes them, by Pillow's";
    public static final String STORED_TOO =
            "convert(\"RGB\"): as they lie in the file, without alpha and colour profile; of grey in 16 bits the upper byte.";
    public static final String LINKS =
            "Links in folders are followed; hidden files are passed over, which is said. Damaged pictures are refused.";

    private PictureHelp() {}
}
