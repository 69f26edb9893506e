package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The samples of guided-diffusion: one array of bytes [pictures, height, width, 3], read in a stream. */
final class PictureArray implements PictureSource {
    private final NpzFile file;
    private final NpyReader array;
    private final Shape shape;
    private long next;

    private PictureArray(NpzFile file, NpyReader array) {
        this.file = file;
        this.array = array;
        this.shape = array.header().shape();
        if (array.header().dtype() != DType.U8
                || shape.rank() != 4
                || shape.dim(3) != RgbImage.CHANNELS
                || array.header().columnsFirst()) {
            throw new FormatException(
                    array.where(),
                    "holds " + array.header().dtype() + " of the shape " + shape
                            + "; samples are U8 of pictures × height × width × 3");
        }
        if (shape.elements() == 0) {
            throw new FormatException(array.where(), "holds no pictures");
        }
    }

    /** @throws FormatException where the array of that name holds something else */
    static PictureArray open(Path path, String name) throws IOException {
        NpzFile file = NpzFile.open(path);
        try {
            return new PictureArray(file, file.open(name));
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
            byte[] rgb = new byte[Math.toIntExact(shape.dim(1) * shape.dim(2) * shape.dim(3))];
            array.read(rgb);
            pictures.add(new RgbImage(shape.size(2), shape.size(1), rgb));
            next++;
        }
        return pictures;
    }

    @Override
    public void close() throws IOException {
        array.close();
        file.close();
    }
}
