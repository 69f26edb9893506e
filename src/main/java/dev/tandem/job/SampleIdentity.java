package dev.tandem.job;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelFolder;
import dev.tandem.output.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that determines the pictures of a job: two runs that agree in it may continue each other. */
public final class SampleIdentity {
    private SampleIdentity() {}

    /** @param options how to draw, see {@link Recipe#options} */
    public static Map<String, String> of(
            ModelFolder model, Schedule schedule, String labels, int perClass, long seed, Map<String, String> options)
            throws IOException {
        Map<String, String> job = parts(model, schedule.models());
        job.put("class", labels);
        job.put("per-class", String.valueOf(perClass));
        job.put("seed", String.valueOf(seed));
        options.forEach((option, value) -> {
            if (!option.equals("device")) {
                job.put(option, value);
            }
        });
        return job;
    }

    /** The files that a job works with: those of some transformers, and of the tokenizer. */
    public static Map<String, String> parts(ModelFolder model, Collection<String> transformers) throws IOException {
        Map<String, String> job = new LinkedHashMap<>();
        ModelConfig config = model.config();
        job.put("model", config.name());
        List<String> names = new ArrayList<>(transformers);
        config.tokenizer().ifPresent(t -> names.add(t.getKey()));
        for (String name : names) {
            // its place may differ from machine to machine, its size may not
            long bytes =
                    Files.size(model.path().resolve(config.parts().get(name).file()));
            job.put("part " + name, bytes + " bytes");
        }
        return job;
    }
}
