package dev.tandem.job.set;

import dev.tandem.analysis.Nearness;
import dev.tandem.decode.Reconstructor;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.FolderLock;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.Reading;
import dev.tandem.job.GrowingNpz;
import dev.tandem.job.OutputLock;
import dev.tandem.job.SampleIdentity;
import dev.tandem.job.SampleIndex;
import dev.tandem.job.SampleJob;
import dev.tandem.job.Shard;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Encodes and decodes a whole set, one picture after the other, so that a run that was stopped goes on where it was.
 *
 * @param to FILE.npz or a folder; null where the pictures are only measured
 * @param side of the model's pictures
 */
public record ReconstructionJob(Path from, Path to, ModelFolder model, int side, Compute compute) {
    /** So many pictures are written down as done at a time. */
    private static final int STEP = 16;

    /**
     * How far a run came.
     *
     * @param nearness of all pictures so far, earlier runs' included
     * @param notes what was passed over and may have been meant
     */
    public record Result(SampleJob.Result progress, Nearness nearness, List<String> notes) {}

    /**
     * Reconstructs what is missing.
     *
     * @param most how many in this run, null for all
     * @param fresh whether what an earlier run left is thrown away
     */
    public Result run(Integer most, boolean fresh, SampleJob.Listener listener) throws IOException {
        try (PictureSet set = PictureSet.open(from, Reading.AS_SEEN)) {
            if (to == null) {
                return new Run(set, null, SetOutput.none()).go(most, listener);
            }
            if (from.toAbsolutePath().normalize().equals(to.toAbsolutePath().normalize())) {
                throw new IOException("cannot write " + to + ": it is the set that is read");
            }
            Path indexFile = SampleIndex.beside(to, Shard.ALL);
            try (FolderLock _ = OutputLock.take(indexFile, to)) {
                if (fresh) {
                    if (PictureSet.isNpz(to)) {
                        GrowingNpz.delete(to);
                    } else {
                        SetFolder.requireNoOthers(to, set);
                    }
                    Files.deleteIfExists(indexFile);
                }
                try (SampleIndex index = SampleIndex.open(indexFile, head(set));
                        SetOutput out = PictureSet.isNpz(to)
                                ? SetOutput.npz(to, set, side, index.done())
                                : SetOutput.folder(to, set, index.done())) {
                    return new Run(set, index, out).go(most, listener);
                }
            }
        }
    }

    private SampleIndex.Head head(PictureSet set) throws IOException {
        Map<String, String> job = new LinkedHashMap<>();
        job.put("set", set.identity());
        job.putAll(SampleIdentity.parts(model, List.of()));
        job.put("backend", compute.provider().name());
        if (compute.options().precision() != null) {
            job.put("precision", compute.options().precision().name().toLowerCase(Locale.ROOT));
        }
        List<Integer> labels = set.labels() == null
                ? List.of()
                : Arrays.stream(set.labels()).mapToObj(l -> (int) l).toList();
        List<String> files = PictureSet.isNpz(to)
                ? List.of()
                : IntStream.range(0, set.count())
                        .mapToObj(i -> SetFolder.file(set, i))
                        .toList();
        return new SampleIndex.Head(job, set.count(), side, side, Shard.ALL, labels, files);
    }

    /** One process's work. */
    private final class Run {
        private final PictureSet set;
        private final SampleIndex index;
        private final SetOutput out;
        private Nearness nearness;
        private int done;

        /** @param index null where nothing is written */
        Run(PictureSet set, SampleIndex index, SetOutput out) {
            this.set = set;
            this.index = index;
            this.out = out;
            this.done = index == null ? 0 : index.done();
            this.nearness = index == null || done == 0 ? Nearness.NONE : nearness(index.sums());
        }

        private static Nearness nearness(double[] sums) {
            return sums.length < 4 ? Nearness.NONE : new Nearness((long) sums[0], sums[1], (long) sums[2], sums[3]);
        }

        Result go(Integer most, SampleJob.Listener listener) throws IOException {
            long start = System.nanoTime();
            int before = done;
            int end = most == null ? set.count() : Math.min(set.count(), before + most);
            if (done < end) {
                listener.begins(set.count(), before);
                set.skip(done);
                try (Pipeline pipeline = Pipeline.open(compute, model)) {
                    Reconstructor reconstructor = pipeline.reconstructor();
                    while (done < end) {
                        reconstruct(reconstructor);
                        if (done % STEP == 0 || done == end) {
                            writeDown();
                        }
                        listener.done(done);
                    }
                }
            }
            if (done == set.count()) {
                out.finish();
            }
            SampleJob.Result progress = new SampleJob.Result(to, set.count(), before, done, System.nanoTime() - start);
            return new Result(progress, nearness, set.notes());
        }

        private void reconstruct(Reconstructor reconstructor) throws IOException {
            RgbImage original = Resize.centreSquare(set.next(), side);
            float[] pixels = reconstructor.decode(
                    reconstructor.encode(original.toPixels()).fHat());
            RgbImage again = RgbImage.ofPixels(pixels, 0, side, side);
            nearness = nearness.and(original.levels(), again.levels(), side, side, RgbImage.MOST);
            out.accept(done, again);
            done++;
        }

        private void writeDown() throws IOException {
            out.flush();
            if (index != null) {
                index.done(done, nearness.differing(), nearness.psnr(), nearness.equal(), nearness.ssim());
            }
        }
    }
}
