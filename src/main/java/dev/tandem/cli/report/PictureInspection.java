package dev.tandem.cli.report;

import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.file.PictureFacts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a picture is that no command here has made. */
public record PictureInspection(Path path, PictureFacts facts) implements Report {
    public static PictureInspection of(Path path) throws IOException {
        return new PictureInspection(path, ImageFiles.facts(path));
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path.toString());
        json.put("kind", "picture");
        json.put("format", facts.format());
        json.put("width", facts.width());
        json.put("height", facts.height());
        json.put("alpha", facts.alpha());
        json.put("orientation", facts.orientation());
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        out.println(path + ": " + facts.format() + " picture, " + facts.width() + "×" + facts.height());
        facts.remarks().forEach(remark -> out.println("  " + remark));
    }
}
