package dev.tandem.cli.report;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.image.PngText;
import dev.tandem.output.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a PNG file says about how it was made. */
public record PngInspection(Path path) {
    public void print(Terminal terminal, VerbosityOptions verbosity) throws IOException {
        PngText png;
        try {
            png = PngText.read(path);
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
        Recipe recipe = Recipe.ofText(png.text());
        String command = Recipe.command(png.text(), path.getFileName().toString());
        if (verbosity.json) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("path", path.toString());
            json.put("kind", "png");
            json.put("width", png.width());
            json.put("height", png.height());
            json.put("text", png.text());
            json.put("parameters", recipe.options());
            json.put("command", command);
            terminal.json(json);
            return;
        }
        terminal.out().println(path + ": PNG picture, " + png.width() + "×" + png.height());
        png.text().forEach((key, value) -> {
            if (!key.startsWith(Recipe.PREFIX)) {
                terminal.out().println("  " + key + ": " + value);
            }
        });
        recipe.options().forEach((option, value) -> terminal.out()
                .println("  " + option + (value.isEmpty() ? "" : ": " + value)));
        terminal.out().println(command == null ? "  made by another program" : "made by: " + command);
    }
}
