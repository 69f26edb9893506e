package dev.tandem.api;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.output.PictureNames;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.ClassNames;
import dev.tandem.request.Drawing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model and how it draws where a request says nothing.
 *
 * @param demo where the model was copied to, null for one that somebody named
 * @param usual what a request that says nothing comes to
 * @param batch pictures at a time, at most
 */
record OpenModel(ModelFolder folder, DemoModel demo, Drawing usual, Compute compute, int batch)
        implements AutoCloseable {
    VqVaeConfig vae() {
        return usual.vae();
    }

    Schedule schedule() {
        return usual.schedule();
    }

    ClassNames classes() {
        return usual.classes();
    }

    SamplingSettings settings(Request request) {
        return request.sampling()
                .settings(
                        folder.config().sampling(),
                        schedule().stages().size() > 1,
                        vae().scales().count());
    }

    Drawing drawing(Request request) {
        return new Drawing(folder, vae(), schedule(), settings(request), classes());
    }

    /** What a request's pictures say about themselves. */
    PictureNames names(Request request) {
        Map<String, String> words = new LinkedHashMap<>();
        if (demo == null) {
            Path path = folder.path();
            words.put("model", path.toString());
        }
        // their places; a picture's own values come later
        words.put("class", "");
        words.put("seed", "");
        words.putAll(Recipe.options(schedule(), settings(request), compute));
        return new PictureNames(classes(), new Recipe(words));
    }

    @Override
    public void close() {
        folder.close();
        if (demo != null) {
            try {
                demo.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
