package dev.tandem.trace;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.image.Planes;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.tensor.SafetensorsWriter.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes what {@code generate} computes at every scale, for a single batch; maps are channels-first in the file. */
public final class GenerateTrace implements GenerateJob.Watcher, AutoCloseable {
    /** What determines the tensors' shapes. */
    public record Shape(VqVaeConfig vae, Schedule schedule, int pictures) {
        boolean collaborative() {
            return schedule.stages().size() > 1;
        }

        int draftSteps() {
            return schedule.stages().getFirst().to();
        }

        /** What the tensors of a scale are called before their own name. */
        String prefix(Schedule.Step step) {
            String stage = !collaborative() ? "" : step.stage() == 0 ? "draft." : "refine.";
            return stage + "s" + step.scale() + ".";
        }

        /** Maps that the drafter hands over: those that feed scales 2 … N + 1. */
        public int handedOver() {
            return vae.scales().start(draftSteps() + 1) - vae.scales().tokens(0);
        }

        /** The first of them among a generator's maps. */
        public int firstMap() {
            return vae.scales().tokens(0) - 1;
        }
    }

    private final Shape shape;
    private final TraceFile file;

    public GenerateTrace(Path target, Shape shape) throws IOException {
        this.shape = shape;
        this.file = new TraceFile(target, entries(shape));
    }

    private static List<Entry> entries(Shape s) {
        Scales scales = s.vae().scales();
        int n = s.pictures();
        int side = scales.side();
        int pixels = s.vae().imageSide();
        List<Entry> entries = new ArrayList<>();
        entries.add(TraceFile.ints("label", n));
        entries.add(TraceFile.floats("cfg", 1));
        if (s.collaborative()) {
            entries.add(TraceFile.ints("draft_steps", 1));
        }
        for (Schedule.Step step : s.schedule().steps()) {
            String prefix = s.prefix(step);
            int tokens = scales.tokens(step.scale());
            entries.add(TraceFile.ints(prefix + "tokens", n, tokens));
            entries.add(TraceFile.floats(prefix + "logits", n, tokens, s.vae().vocabulary()));
            entries.add(TraceFile.floats(prefix + "f_hat", n, s.vae().codeSize(), side, side));
            if (s.collaborative() && step.scale() == s.draftSteps() - 1) {
                entries.add(
                        TraceFile.floats("token_hub", n, s.handedOver(), s.vae().codeSize()));
                entries.add(TraceFile.floats("f_hat_handover", n, s.vae().codeSize(), side, side));
            }
        }
        entries.add(TraceFile.floats("image", n, 3, pixels, pixels));
        return entries;
    }

    /** Writes what is known before the first scale; a guidance per scale is represented by the last one's. */
    public void begin(List<Prompt> pictures, SamplingSettings settings) throws IOException {
        int n = pictures.size();
        file.write("label", pictures.stream().mapToInt(Prompt::label).toArray(), n);
        file.write("cfg", new float[] {settings.cfg().getLast().floatValue()}, 1);
        if (shape.collaborative()) {
            file.write("draft_steps", new int[] {shape.draftSteps()}, 1);
        }
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator g, long nanos) {
        VqVaeConfig vae = shape.vae();
        Scales scales = vae.scales();
        int n = shape.pictures();
        int side = scales.side();
        int i = step.scale();
        String prefix = shape.prefix(step);
        try {
            file.write(
                    prefix + "tokens",
                    columns(g.readTokens(), n, scales.length(), scales.start(i), scales.start(i + 1)),
                    n,
                    scales.tokens(i));
            file.write(prefix + "logits", g.readLogits(i), n, scales.tokens(i), vae.vocabulary());
            float[] fHat = Planes.channelsFirst(g.readFHat(), n, vae.codeSize());
            file.write(prefix + "f_hat", fHat, n, vae.codeSize(), side, side);
            if (shape.collaborative() && i == shape.draftSteps() - 1) {
                file.write("token_hub", hub(g.readMaps()), n, shape.handedOver(), vae.codeSize());
                file.write("f_hat_handover", fHat, n, vae.codeSize(), side, side);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] columns(int[] rows, int n, int length, int from, int to) {
        int[] out = new int[n * (to - from)];
        for (int b = 0; b < n; b++) {
            System.arraycopy(rows, b * length + from, out, b * (to - from), to - from);
        }
        return out;
    }

    private float[] hub(float[] maps) {
        int n = shape.pictures();
        int size = shape.handedOver() * shape.vae().codeSize();
        float[] out = new float[n * size];
        for (int b = 0; b < n; b++) {
            int from = b * (maps.length / n) + shape.firstMap() * shape.vae().codeSize();
            System.arraycopy(maps, from, out, b * size, size);
        }
        return out;
    }

    @Override
    public void batchDone(Generator generator) throws IOException {
        float[] image = Planes.channelsFirst(generator.readImage(), shape.pictures(), 3);
        for (int i = 0; i < image.length; i++) {
            image[i] = (image[i] + 1) / 2;
        }
        int side = shape.vae().imageSide();
        file.write("image", image, shape.pictures(), 3, side, side);
    }

    public void finish() throws IOException {
        file.commit();
    }

    @Override
    public void close() {
        file.close();
    }
}
