package dev.tandem.output;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.host.BuildInfo;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.ScheduleChoice;
import dev.tandem.text.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters that determine a picture or a grid of them, as options of {@code generate}. PNG files carry it as text
 * chunks; it says nothing of when, how fast or in which batch they were made, so the same command gives the same file.
 *
 * @param options by long name without dashes, in the order of the command line; flags have an empty value
 */
public record Recipe(Map<String, String> options) {
    /** What the keyword of every chunk of ours begins with. */
    public static final String PREFIX = "tandem:";

    public static final String SOFTWARE = "Software";
    /** The keyword of a chunk that has the whole command but its output, where it is another than {@code generate}. */
    public static final String COMMAND = "Comment";

    private static final String TANDEM = "Tandem ";
    private static final String DESCRIPTION = "Description";

    public Recipe {
        options = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** The options that say how to draw, whatever is drawn. */
    public static Map<String, String> options(Schedule schedule, SamplingSettings s, Compute compute) {
        Map<String, String> options = new LinkedHashMap<>(ScheduleChoice.parameters(schedule));
        options.put("cfg", Numbers.plain(s.cfg()));
        options.put("top-k", Numbers.plain(s.topK()));
        options.put("top-p", Numbers.plain(s.topP()));
        options.put("temperature", Numbers.plain(s.temperature()));
        options.put(s.smooth() ? "smooth" : "no-smooth", "");
        options.put("backend", compute.provider().name());
        if (compute.options().device() != null) {
            options.put("device", compute.options().device());
        }
        if (compute.options().precision() != null) {
            options.put("precision", compute.options().precision().name().toLowerCase(Locale.ROOT));
        }
        return options;
    }

    /** The same with one option set, or taken away where the value is null. */
    Recipe with(String option, String value) {
        Map<String, String> changed = new LinkedHashMap<>(options);
        if (value == null) {
            changed.remove(option);
        } else {
            changed.put(option, value);
        }
        return new Recipe(changed);
    }

    /** Text chunks. */
    Map<String, String> toText(String description) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put(SOFTWARE, software());
        text.put(DESCRIPTION, description);
        options.forEach((option, value) -> text.put(PREFIX + option, value));
        return text;
    }

    /** What wrote a file. */
    public static String software() {
        return TANDEM + BuildInfo.version();
    }

    /** The command that makes a file with these text chunks again; null where they are none of ours. */
    public static String command(Map<String, String> text, String output) {
        Recipe recipe = ofText(text);
        if (!recipe.options().isEmpty()) {
            return quoted(recipe.command(output));
        }
        return text.getOrDefault(SOFTWARE, "").startsWith(TANDEM) && text.containsKey(COMMAND)
                ? text.get(COMMAND) + " -o " + quoted(List.of(output))
                : null;
    }

    /** From text chunks; without options where there are none of ours. */
    public static Recipe ofText(Map<String, String> text) {
        Map<String, String> options = new LinkedHashMap<>();
        text.forEach((keyword, value) -> {
            if (keyword.startsWith(PREFIX)) {
                options.put(keyword.substring(PREFIX.length()), value);
            }
        });
        return new Recipe(options);
    }

    /** The words of a command that makes the file again. */
    public List<String> command(String output) {
        List<String> words = new java.util.ArrayList<>(List.of("tandem", "generate"));
        words.addAll(words());
        words.add("-o");
        words.add(output);
        return words;
    }

    /** The options as words. */
    public List<String> words() {
        List<String> words = new java.util.ArrayList<>();
        options.forEach((option, value) -> {
            words.add("--" + option);
            if (!value.isEmpty()) {
                words.add(value);
            }
        });
        return words;
    }

    /** Words as a shell takes them. */
    public static String quoted(List<String> words) {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            line.append(line.isEmpty() ? "" : " ")
                    .append(word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'");
        }
        return line.toString();
    }
}
