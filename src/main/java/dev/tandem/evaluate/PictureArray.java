package dev.tandem.evaluate;

import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyRows;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The samples of guided-diffusion: one array of bytes [pictures, height, width, 3], read in a stream. */
public final class PictureArray implements PictureSource {
    private static final String FORM = "; samples are bytes (uint8) of pictures × height × width × 3";

    private final NpzFile file;
    private final NpyRows array;
    private final Shape shape;
    private long next;

    private PictureArray(NpzFile file, NpyRows array) {
        this.file = file;
        this.array = array;
        this.shape = array.header().shape();
        DType dtype = array.header().dtype();
        if (shape.rank() != 4 || shape.dim(3) != RgbImage.CHANNELS) {
            boolean planes = shape.rank() == 4 && shape.dim(1) == RgbImage.CHANNELS;
            throw new FormatException(
                    array.where(),
                    "holds " + dtype + " of the shape " + shape + FORM
                            + (planes ? " (numpy.transpose(a, (0, 2, 3, 1)) brings the channels to the end)" : ""));
        }
        if (dtype.floating() || dtype == DType.BOOL) {
            throw new FormatException(
                    array.where(), "holds " + dtype + ", which does not tell what is black and what is white" + FORM);
        }
        if (shape.elements() == 0) {
            throw new FormatException(array.where(), "holds no pictures");
        }
    }

    /** @throws FormatException where the file's samples are something else */
    public static PictureArray open(Path path) throws IOException {
        NpzFile file = NpzFile.open(path);
        try {
            NpyRows array = NpyRows.open(file, Npz.PICTURES);
            return new PictureArray(file, array);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public long count() {
        return shape.dim(0);
    }

    @Override
    public List<RgbImage> next(int most, UnreadableListener unreadable) throws IOException {
        List<RgbImage> pictures = new ArrayList<>();
        while (pictures.size() < most && next < count()) {
            pictures.add(new RgbImage(shape.size(2), shape.size(1), colours(array.next())));
            next++;
        }
        return pictures;
    }

    /** Passes over pictures. */
    public void skip(long pictures) throws IOException {
        array.skip(pictures);
        next += pictures;
    }

    /** Integers of any width, as long as they are colours. */
    private byte[] colours(byte[] row) {
        if (array.header().dtype() == DType.U8) {
            return row;
        }
        byte[] out = new byte[row.length / array.header().dtype().bytes()];
        ByteBuffer elements = ByteBuffer.wrap(row).order(array.header().order());
        for (int i = 0; i < out.length; i++) {
            double value = array.header().element(elements);
            if (value < 0 || value > RgbImage.MOST) {
                throw new FormatException(
                        array.where(), "holds " + (long) value + " in picture " + next + "; colours are 0 to 255");
            }
            out[i] = (byte) value;
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        array.close();
        file.close();
    }
}
