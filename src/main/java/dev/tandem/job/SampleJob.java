package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.FolderLock;
import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.output.PictureNames;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One process's part of a set of pictures, drawn so that a run that was stopped goes on where it was. */
public final class SampleJob {
    private final Drawing drawing;
    private final Compute compute;
    private final List<Prompt> prompts;
    private final PictureNames names;
    private final SampleIndex.Head head;
    private final boolean npz;
    private final Path target;
    private final Path indexFile;

    /**
     * What is to be drawn.
     *
     * @param labels every one of them is drawn {@code perClass} times
     * @param seed of each class's first picture, and of the order
     * @param output FILE.npz or a folder
     */
    public record Order(List<Integer> labels, int perClass, long seed, String output, Shard shard) {
        public Order {
            Path place = Path.of(output);
            if (output.equals("-") || Files.exists(place) && !Files.isRegularFile(place) && !Files.isDirectory(place)) {
                throw new InvalidRequestException(
                        "output",
                        "cannot write " + output
                                + ": samples are picked up again where a run ended, so an output is FILE.npz or a folder");
            }
            if (!output.matches("(?i).*\\.npz|.*[/\\\\]|[^.]*|.*[/\\\\][^.]*") && !Files.isDirectory(Path.of(output))) {
                throw new InvalidRequestException(
                        "output", "cannot write " + output + ": an output is FILE.npz or a folder");
            }
        }
    }

    /** Hears how the job goes on. */
    public interface Listener {
        /** Work begins; so many of all are there already. */
        void begins(int total, int before);

        /** So many are safe, earlier ones included. */
        void done(int pictures);
    }

    /**
     * How far a run came.
     *
     * @param total pictures of this part
     * @param before how many earlier runs made
     * @param done how many there are now
     */
    public record Result(Path target, int total, int before, int done, long nanos) {}

    /**
     * Settles what is drawn, and where to.
     *
     * @param folder the drawing's model, whose files tell one job from another
     * @param recipe what a folder's files say about themselves
     */
    public SampleJob(Order order, ModelFolder folder, Drawing drawing, Compute compute, Recipe recipe)
            throws IOException {
        this.drawing = drawing;
        this.compute = compute;
        List<Prompt> all = SampleOrder.prompts(order.labels(), order.perClass(), order.seed());
        Shard shard = order.shard();
        prompts = shard.part(all);
        int side = drawing.vae().imageSide();
        Map<String, String> identity = SampleIdentity.of(
                folder,
                drawing.schedule(),
                drawing.classes().format(order.labels()),
                order.perClass(),
                order.seed(),
                Recipe.options(drawing.schedule(), drawing.settings(), compute));
        npz = order.output().toLowerCase(Locale.ROOT).endsWith(".npz");
        names = new PictureNames(drawing.classes(), recipe);
        head = new SampleIndex.Head(
                identity,
                all.size(),
                side,
                side,
                shard,
                prompts.stream().map(Prompt::label).toList(),
                npz ? List.of() : prompts.stream().map(names::file).toList());
        target = Path.of(npz ? shard.name(order.output()) : order.output());
        indexFile = SampleIndex.beside(Path.of(order.output()), shard);
    }

    /** Pictures of this part. */
    public int pictures() {
        return prompts.size();
    }

    private SampleIndex open(boolean fresh) throws IOException {
        if (fresh) {
            clear();
        }
        return SampleIndex.open(indexFile, head);
    }

    private void clear() throws IOException {
        if (npz) {
            GrowingNpz.delete(target);
        } else if (Files.isDirectory(target)) {
            throw new InvalidRequestException(
                    "fresh", "‹fresh› deletes no folder of pictures; remove " + target + " yourself");
        }
        Files.deleteIfExists(indexFile);
    }

    /**
     * Draws what is missing.
     *
     * @param batch pictures at a time
     * @param most how many to draw in this run, null for all
     * @param fresh whether what an earlier run left is thrown away
     */
    public Result run(int batch, Integer most, boolean fresh, Listener listener) throws IOException {
        int side = drawing.vae().imageSide();
        try (FolderLock _ = OutputLock.take(indexFile, target);
                SampleIndex index = open(fresh);
                SampleOutput out = npz
                        ? new SampleNpz(target, new Npz.Shape(prompts.size(), side, side), prompts, index.done())
                        : new SampleFolder(target, names, prompts)) {
            long start = System.nanoTime();
            List<Prompt> missing = out.missing();
            List<Prompt> now = most == null ? missing : missing.subList(0, Math.min(most, missing.size()));
            int before = prompts.size() - missing.size();
            Recorder recorder = new Recorder(index, out, before, listener);
            if (!now.isEmpty()) {
                listener.begins(prompts.size(), before);
                try (Pipeline pipeline = Pipeline.open(compute, drawing)) {
                    pipeline.generating(drawing, batch).run(now, recorder, recorder);
                }
            }
            if (recorder.done == prompts.size()) {
                out.finish();
                if (index.done() < prompts.size()) {
                    index.done(prompts.size());
                }
            }
            return new Result(target, prompts.size(), before, recorder.done, System.nanoTime() - start);
        }
    }

    /** Hands pictures on, and writes down after every batch that they are safe. */
    private static final class Recorder implements GenerateJob.Receiver, GenerateJob.Watcher {
        private final SampleIndex index;
        private final SampleOutput out;
        private final Listener listener;
        private int done;
        private int leftOfBatch;

        Recorder(SampleIndex index, SampleOutput out, int before, Listener listener) {
            this.index = index;
            this.out = out;
            this.done = before;
            this.listener = listener;
        }

        @Override
        public void batchBegins(int pictures) {
            leftOfBatch = pictures;
        }

        @Override
        public void accept(Prompt prompt, RgbImage image) throws IOException {
            out.accept(prompt, image);
            done++;
            if (--leftOfBatch == 0) {
                out.flush();
                index.done(done);
                listener.done(done);
            }
        }
    }
}
