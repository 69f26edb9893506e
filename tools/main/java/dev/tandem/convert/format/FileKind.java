package dev.tandem.convert.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is by its first bytes, and what to say of one that is no checkpoint. */
enum FileKind {
    ZIP(null),
    PICKLE(null),
    SAFETENSORS(null),
    EMPTY("is empty"),
    ZEROS("begins with zeros: a download that was never finished?"),
    LFS_POINTER("is a Git LFS pointer, not the file itself (git lfs pull gets it)"),
    WEB_PAGE("is a web page, not a checkpoint (a failed download?)"),
    JSON_TEXT("is JSON, not a checkpoint (a failed download?): "),
    TEXT("is a text, not a checkpoint (a failed download?): "),
    GGUF("is GGUF, whose tensors are quantised; take the .pth or .safetensors it was made from"),
    HDF5("is HDF5 (Keras), not a checkpoint of torch"),
    TORCH_TAR("is a tar archive as torch 0.1 wrote it; load it with an old torch and save it again:"
            + " torch.save(torch.load('FILE'), 'NEW.pth')"),
    TAR("is a tar archive; unpack it"),
    GZIP("is compressed by gzip; unpack it (gunzip)"),
    BZIP2("is compressed by bzip2; unpack it (bunzip2)"),
    XZ("is compressed by xz; unpack it (unxz)"),
    ZSTD("is compressed by zstd; unpack it (unzstd)"),
    SEVEN_ZIP("is a 7-Zip archive; unpack it"),
    RAR("is a RAR archive; unpack it"),
    NPY("is an array of NumPy, not a checkpoint"),
    DISTRIBUTED("is of a distributed checkpoint (DCP); make one file of its folder:"
            + " python -m torch.distributed.checkpoint.format_utils dcp_to_torch"),
    UNKNOWN("is neither a torch checkpoint nor safetensors");

    private static final int START = 512;
    private static final int TAR_MAGIC = 257;
    private static final int LONGEST_QUOTE = 80;
    /** The first entry of torch's own tar archives. */
    private static final String TORCH_TAR_ENTRY = "sys_info";

    private final String what;

    FileKind(String what) {
        this.what = what;
    }

    /** Continues a file's name in an error message. */
    String what() {
        return what;
    }

    static FileKind of(MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return EMPTY;
        }
        byte[] start = bytes.asSlice(0, Math.min(START, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
            return ZIP;
        }
        if (text.length() > 8 && text.charAt(8) == '{' && text.charAt(7) == 0) {
            return SAFETENSORS;
        }
        if (text.startsWith("ustar", TAR_MAGIC)) {
            return text.startsWith(TORCH_TAR_ENTRY) ? TORCH_TAR : TAR;
        }
        FileKind magic = byMagic(text);
        return magic != null ? magic : byText(start, text);
    }

    private static FileKind byMagic(String text) {
        if (text.startsWith("GGUF") || text.startsWith("ggml") || text.startsWith("lmgg") || text.startsWith("tjgg")) {
            return GGUF;
        }
        if (text.startsWith("\u0089HDF\r\n")) {
            return HDF5;
        }
        if (text.startsWith("\u001f\u008b")) {
            return GZIP;
        }
        if (text.startsWith("BZh")) {
            return BZIP2;
        }
        if (text.startsWith("\u00fd7zXZ")) {
            return XZ;
        }
        if (text.startsWith("(\u00b5/\u00fd")) {
            return ZSTD;
        }
        if (text.startsWith("7z\u00bc\u00af")) {
            return SEVEN_ZIP;
        }
        if (text.startsWith("Rar!")) {
            return RAR;
        }
        if (text.startsWith("\u0093NUMPY")) {
            return NPY;
        }
        if (text.charAt(0) == '\u0080') {
            return text.contains("torch.distributed.checkpoint") ? DISTRIBUTED : PICKLE;
        }
        return text.chars().allMatch(c -> c == 0) ? ZEROS : null;
    }

    private static FileKind byText(byte[] start, String text) {
        String visible = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
        visible = visible.stripLeading().toLowerCase(Locale.ROOT);
        if (visible.startsWith("version https://git-lfs")) {
            return LFS_POINTER;
        }
        if (!isText(start)) {
            return UNKNOWN;
        }
        if (visible.startsWith("<")) {
            return WEB_PAGE;
        }
        return visible.startsWith("{") || visible.startsWith("[") || visible.startsWith("\"") ? JSON_TEXT : TEXT;
    }

    /** Whether bytes are UTF-8 without the codes that no text has; the last character may be cut in two. */
    private static boolean isText(byte[] start) {
        for (byte b : start) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
                return false;
            }
        }
        for (int cut = 0; cut < Math.min(4, start.length); cut++) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(start, 0, start.length - cut));
                return true;
            } catch (CharacterCodingException e) {
                // perhaps in the middle of a character
            }
        }
        return false;
    }

    /** The first line of a text, for an error message. */
    static String start(MemorySegment bytes) {
        byte[] start = bytes.asSlice(0, Math.min(START, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(start, StandardCharsets.UTF_8).strip();
        String line = text.lines().findFirst().orElse("").strip();
        return "'" + (line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line) + "'";
    }
}
