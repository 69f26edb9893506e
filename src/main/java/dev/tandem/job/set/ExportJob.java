package dev.tandem.job.set;

import dev.tandem.image.Npz;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.Reading;
import dev.tandem.output.FolderSink;
import dev.tandem.output.NpzSink;
import dev.tandem.output.PictureSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Turns a set of pictures into another form: a folder into an npz file or the other way around, with its classes. Files
 * are read as an evaluation reads them, so that either form gives the same numbers.
 *
 * @param side that every picture is scaled and cut to; null to leave all as they are
 */
public record ExportJob(Path from, Path to, Integer side) {
    /** Is told how far the job is. */
    @FunctionalInterface
    public interface Progress {
        void done(int pictures, int total);
    }

    /**
     * What became of it.
     *
     * @param classes how many there are, 0 where none are known
     * @param notes what was passed over and may have been meant
     */
    public record Result(int pictures, int classes, List<String> notes) {}

    public Result run(Progress progress) throws IOException {
        if (from.toAbsolutePath().normalize().equals(to.toAbsolutePath().normalize())) {
            throw new IOException("cannot write " + to + ": it is the set that is read");
        }
        try (PictureSet set = PictureSet.open(from, Reading.AS_STORED)) {
            // the first tells what size all must have
            RgbImage first = sized(set.next());
            try (PictureSink sink = open(set, first)) {
                accept(sink, set, 0, first, first);
                progress.done(1, set.count());
                for (int i = 1; i < set.count(); i++) {
                    accept(sink, set, i, sized(set.next()), first);
                    progress.done(i + 1, set.count());
                }
                sink.finish();
            }
            int classes = set.labels() == null
                    ? 0
                    : (int) Arrays.stream(set.labels()).distinct().count();
            return new Result(set.count(), classes, set.notes());
        }
    }

    private PictureSink open(PictureSet set, RgbImage first) throws IOException {
        if (PictureSet.isNpz(to)) {
            return new NpzSink(to, new Npz.Shape(set.count(), first.height(), first.width()), set.labels());
        }
        SetFolder.requireNoOthers(to, set);
        return new FolderSink(to);
    }

    private RgbImage sized(RgbImage image) {
        return side == null ? image : Resize.centreSquare(image, side);
    }

    private void accept(PictureSink sink, PictureSet set, int i, RgbImage image, RgbImage first) throws IOException {
        if (PictureSet.isNpz(to) && (image.width() != first.width() || image.height() != first.height())) {
            throw new IOException(from + ": " + set.name(i) + " has " + image.width() + "×" + image.height()
                    + " pixels, " + set.name(0) + " has " + first.width() + "×" + first.height()
                    + "; an array takes one size, ‹side› N brings all to it");
        }
        sink.accept(image, SetFolder.file(set, i), Map.of());
    }
}
