package dev.tandem.output;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Schedule;
import dev.tandem.host.AtomicFile;
import dev.tandem.image.ApngWriter;
import dev.tandem.image.Grid;
import dev.tandem.image.PngWriter;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.image.ScaleStrip;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.GenerateJob;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Watches pictures grow: decodes f_hat after every scale, and writes a PNG for each, an animated one for all, and one with
 * all side by side at half their size.
 */
public final class GrowthFrames implements GenerateJob.Watcher {
    private static final int DELAY = 400;
    private static final int LAST_DELAY = 2000;
    private static final int GAP = 4;

    private final Path folder;
    private final Schedule schedule;
    private final VqVaeConfig vae;
    private final List<Prompt> prompts;
    private final PictureNames names;
    private final ScaleStrip strip;
    private final List<List<RgbImage>> grown = new ArrayList<>();
    private int first;

    /** @param prompts of the whole job, in order */
    public GrowthFrames(Path folder, Schedule schedule, VqVaeConfig vae, List<Prompt> prompts, PictureNames names)
            throws IOException {
        this.folder = folder;
        this.schedule = schedule;
        this.vae = vae;
        this.prompts = prompts;
        this.names = names;
        List<String> models = List.copyOf(schedule.models());
        this.strip = new ScaleStrip(schedule.steps().stream()
                .mapToInt(s -> models.indexOf(s.model()))
                .toArray());
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    @Override
    public void batchBegins(int count) {
        first += grown.size();
        grown.clear();
        for (int i = 0; i < count; i++) {
            grown.add(new ArrayList<>());
        }
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        generator.decodeSoFar();
        byte[] rgb = generator.readPictures();
        int side = vae.imageSide();
        for (int b = 0; b < grown.size(); b++) {
            RgbImage image = RgbImage.ofBytes(rgb, b * RgbImage.CHANNELS * side * side, side, side);
            grown.get(b).add(image);
        }
    }

    @Override
    public void batchDone(Generator generator) throws IOException {
        for (int b = 0; b < grown.size(); b++) {
            write(prompts.get(first + b), grown.get(b));
        }
    }

    private void write(Prompt prompt, List<RgbImage> images) throws IOException {
        String stem = names.file(prompt).replaceFirst("\\.png$", "");
        List<ApngWriter.Frame> frames = new ArrayList<>();
        List<RgbImage> sideBySide = new ArrayList<>();
        for (Schedule.Step step : schedule.steps()) {
            int drawn = step.scale() + 1;
            RgbImage image = strip.below(images.get(step.scale()), drawn);
            sideBySide.add(strip.below(Resize.centreSquare(images.get(step.scale()), vae.imageSide() / 2), drawn));
            frames.add(new ApngWriter.Frame(image, step.scale() < images.size() - 1 ? DELAY : LAST_DELAY));
            Map<String, String> text = new LinkedHashMap<>(names.text(prompt));
            int pn = vae.scales().patchNum(step.scale());
            text.put("Scale", drawn + " of " + schedule.scales() + ", " + pn + "x" + pn + " tokens");
            text.put("Model", step.model());
            String name = String.format(Locale.ROOT, "%s-scale-%02d.png", stem, drawn);
            save(name, out -> PngWriter.write(out, image, text));
        }
        Map<String, String> text = new LinkedHashMap<>(names.text(prompt));
        text.put("Model", schedule.plan());
        save(stem + "-growing.png", out -> ApngWriter.write(out, frames, text));
        RgbImage row = new Grid(sideBySide.size(), GAP).lay(sideBySide);
        save(stem + "-strip.png", out -> PngWriter.write(out, row, text));
    }

    private interface Body {
        void write(OutputStream out) throws IOException;
    }

    private void save(String name, Body body) throws IOException {
        Path target = folder.resolve(name);
        try (AtomicFile file = new AtomicFile(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.temporary()))) {
                body.write(out);
            } catch (IOException e) {
                throw AtomicFile.failure(target, e);
            }
            file.commit();
        }
    }
}
