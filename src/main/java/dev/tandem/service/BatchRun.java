package dev.tandem.service;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.Timings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Makes one batch, tells its requests how it goes, and hands each its pictures. */
final class BatchRun implements GenerateJob.Watcher {
    /** Ends a batch that nobody waits for. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final Batch batch;
    private final Generator generator;
    private final Timings timings;
    private final int side;

    BatchRun(Batch batch, Generator generator, Schedule schedule, int side) {
        this.batch = batch;
        this.generator = generator;
        this.timings = new Timings(schedule);
        this.side = side;
    }

    void run() {
        byte[] rgb;
        try {
            rgb = generator.generate(
                    batch.items().stream().map(Batch.Item::prompt).toList(),
                    batch.items().stream().map(Batch.Item::settings).toList(),
                    this);
        } catch (Abandoned e) {
            return;
        }
        int[] tokens = generator.readTokens();
        int length = tokens.length / batch.size();
        for (int b = 0; b < batch.size(); b++) {
            Batch.Item item = batch.items().get(b);
            int[] own = Arrays.copyOfRange(tokens, b * length, (b + 1) * length);
            item.of().made(item.picture(), new Drawn(item.prompt(), image(rgb, b), own, timings, batch.size()));
        }
    }

    private RgbImage image(byte[] rgb, int b) {
        return RgbImage.ofBytes(rgb, b * RgbImage.CHANNELS * side * side, side, side);
    }

    @Override
    public void conditioned(String model, long nanos) {
        timings.conditioned(model, nanos);
        goOn();
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator by, long nanos) {
        timings.decodedScale(step, by, nanos);
        Preview preview = new Preview();
        for (PendingDrawing request : batch.requests()) {
            if (!request.over()) {
                tell(request, step, preview);
            }
        }
        goOn();
    }

    /** A listener that fails ends its own request alone. */
    private void tell(PendingDrawing request, Schedule.Step step, Preview preview) {
        List<Integer> pictures = IntStream.range(0, batch.size())
                .filter(b -> batch.items().get(b).of() == request)
                .mapToObj(b -> batch.items().get(b).picture())
                .toList();
        try {
            request.listener().drawn(new DrawnScale(step, pictures, picture -> preview.of(request, picture)));
        } catch (RuntimeException e) {
            request.future().completeExceptionally(e);
        }
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        timings.madePixels(pictures, nanos);
        goOn();
    }

    private void goOn() {
        if (batch.over()) {
            throw new Abandoned();
        }
    }

    /** The batch as it stands, decoded when it is first looked at. */
    private final class Preview {
        private byte[] rgb;

        RgbImage of(PendingDrawing request, int picture) {
            if (rgb == null) {
                generator.decodeSoFar();
                rgb = generator.readPictures();
            }
            return image(rgb, batch.items().indexOf(new Batch.Item(request, picture)));
        }
    }
}
