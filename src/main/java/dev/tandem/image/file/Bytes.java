package dev.tandem.image.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Numbers in a file, at places that may lie beyond its end. */
final class Bytes {
    private final byte[] file;
    private final ByteBuffer view;

    Bytes(byte[] file, ByteOrder order) {
        this.file = file;
        this.view = ByteBuffer.wrap(file).order(order);
    }

    int length() {
        return file.length;
    }

    int u8(long at) throws DamagedPictureException {
        require(at, 1);
        return file[(int) at] & 0xff;
    }

    int u16(long at) throws DamagedPictureException {
        require(at, 2);
        return view.getShort((int) at) & 0xffff;
    }

    int i32(long at) throws DamagedPictureException {
        require(at, 4);
        return view.getInt((int) at);
    }

    long u32(long at) throws DamagedPictureException {
        return i32(at) & 0xffffffffL;
    }

    long i64(long at) throws DamagedPictureException {
        require(at, 8);
        return view.getLong((int) at);
    }

    boolean startsWith(long at, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        return at >= 0
                && at + wanted.length <= file.length
                && java.util.Arrays.equals(file, (int) at, (int) at + wanted.length, wanted, 0, wanted.length);
    }

    String text(long at, int length) throws DamagedPictureException {
        require(at, length);
        return new String(file, (int) at, length, StandardCharsets.ISO_8859_1);
    }

    /** @throws DamagedPictureException where the file ends before */
    void require(long at, long length) throws DamagedPictureException {
        if (at < 0 || length < 0 || at > file.length - length) {
            throw DamagedPictureException.cutOff();
        }
    }
}
