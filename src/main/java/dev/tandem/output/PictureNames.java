package dev.tandem.output;

import dev.tandem.decode.Prompt;
import dev.tandem.image.Grid;
import dev.tandem.request.ClassNames;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What generated pictures are called, what their files say about them, and how many stand in a row. */
public record PictureNames(ClassNames classes, Recipe recipe) {
    private static final int MOST_NAMES = 8;

    /** {@code 009-heart-5.png}: sorted by class, and unique in a job. */
    public String file(Prompt p) {
        String name =
                classes.name(p.label()).split(",")[0].toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
        String id = String.format(Locale.ROOT, "%03d", p.label());
        return (name.equals(String.valueOf(p.label())) ? id : id + "-" + name) + "-" + p.seed() + ".png";
    }

    /** The text chunks of a picture's own file. */
    public Map<String, String> text(Prompt p) {
        return recipe.with("class", classes.format(List.of(p.label())))
                .with("count", null)
                .with("columns", null)
                .with("seed", String.valueOf(p.seed()))
                .toText(describe(List.of(p)));
    }

    /** The text chunks of a file with all pictures. */
    public Map<String, String> text(List<Prompt> all) {
        return recipe.toText(describe(all));
    }

    private String describe(List<Prompt> pictures) {
        List<String> names = pictures.stream()
                .map(p -> classes.name(p.label()))
                .distinct()
                .limit(MOST_NAMES + 1L)
                .toList();
        return names.size() > MOST_NAMES
                ? String.join(", ", names.subList(0, MOST_NAMES)) + ", …"
                : String.join(", ", names);
    }

    /** A row per class where that is neither narrow nor wide, else near a square. */
    public static int columns(int pictures, int count) {
        boolean rowPerClass = count > 1 && count <= OutputForm.MOST_COLUMNS && pictures > count;
        return rowPerClass ? count : Grid.squareColumns(pictures, OutputForm.MOST_COLUMNS);
    }
}
