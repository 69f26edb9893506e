package dev.tandem.cli.report;

import dev.tandem.image.PngText;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.output.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a PNG file says about how it was made. */
public record PngInspection(Path path, PngText png) implements Report {
    public static PngInspection of(Path path) throws IOException {
        try {
            return new PngInspection(path, PngText.read(path));
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private Recipe recipe() {
        return Recipe.ofText(png.text());
    }

    /** The command that makes it again; null where another program made it. */
    private String command() {
        return Recipe.command(png.text(), path.getFileName().toString());
    }

    private List<String> remarks() {
        try {
            return ImageFiles.facts(path).remarks();
        } catch (IOException e) {
            return List.of(e.getMessage());
        }
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path.toString());
        json.put("kind", "png");
        json.put("width", png.width());
        json.put("height", png.height());
        json.put("text", png.text());
        json.put("parameters", recipe().options());
        json.put("command", command());
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        out.println(path + ": PNG picture, " + png.width() + "×" + png.height());
        png.text().forEach((key, value) -> {
            if (!key.startsWith(Recipe.PREFIX)) {
                out.println("  " + key + ": " + value);
            }
        });
        recipe().options()
                .forEach((option, value) -> out.println("  " + option + (value.isEmpty() ? "" : ": " + value)));
        if (command() != null) {
            out.println("made by: " + command());
            return;
        }
        out.println("  made by another program");
        remarks().forEach(remark -> out.println("  " + remark));
    }
}
