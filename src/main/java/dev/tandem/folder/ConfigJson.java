package dev.tandem.folder;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.InceptionConfig;
import dev.tandem.model.InceptionConfig.Pooling;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code config.json}, read and written; the keys are those of the original's constructors. */
public final class ConfigJson {
    private static final String FORMAT = "tandem-1";
    private static final long LARGEST = 1 << 26;

    private ConfigJson() {}

    /** Reads and parses a file. */
    public static ModelConfig read(Path file) throws IOException {
        return parse(text(file), file.toString());
    }

    /** The top level of a JSON file, which must be an object. */
    public static Fields root(Path file) throws IOException {
        return root(text(file), file.toString());
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new FormatException(file.toString(), "is too large for a configuration");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new FormatException(file.toString(), "is not UTF-8", e);
        } catch (NoSuchFileException e) {
            throw new FormatException(file.toString(), "there is no such file", e);
        }
    }

    /** @param where what an error message calls the text */
    public static ModelConfig parse(String text, String where) {
        Fields root = root(text, where);
        if (!root.has("format")) {
            throw new FormatException(where, "is not a model folder's (tandem convert makes one)");
        }
        String format = root.text("format");
        if (!format.equals(FORMAT)) {
            throw new FormatException(where, "format '" + format + "' is not '" + FORMAT + "'");
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        Fields all = root.object("parts");
        for (String name : all.names()) {
            parts.put(name, part(all.object(name)));
        }
        return new ModelConfig(
                root.text("name"),
                root.texts("classes"),
                parts,
                root.has("sampling") ? sampling(root.object("sampling")) : SamplingDefaults.NONE,
                root.has("code") ? pair(root.object("code")) : null);
    }

    /** The top level of a JSON text, which must be an object. */
    public static Fields root(String text, String where) {
        try {
            if (text.stripLeading().startsWith("{")) {
                return new Fields(where, "", JSON.std.mapFrom(text));
            }
        } catch (IOException e) {
            throw new FormatException(where, "is not JSON", e);
        }
        throw new FormatException(where, "is not a JSON object");
    }

    private static Part part(Fields f) {
        String type = f.text("type");
        try {
            return switch (type) {
                case "vqvae" -> new VaePart(file(f), f.text("dtype"), vae(f));
                case "var" ->
                    new VarPart(
                            file(f), f.text("dtype"), var(f), f.has("draft_steps") ? f.integer("draft_steps") : null);
                case "inception" -> new InceptionPart(f.text("file"), f.text("dtype"), inception(f));
                default -> throw f.wrong("type", "'vqvae', 'var' or 'inception'");
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new FormatException(f.where(), f.path() + ": " + e.getMessage(), e);
        }
    }

    /** A part's file lies in the folder itself. */
    private static String file(Fields f) {
        String file = f.text("file");
        if (file.isBlank() || file.equals("..") || file.chars().anyMatch(c -> c == '/' || c == '\\' || c == 0)) {
            throw f.wrong("file", "the name of a file in the folder");
        }
        return file;
    }

    private static VqVaeConfig vae(Fields f) {
        return new VqVaeConfig(
                f.integer("vocab_size"),
                f.integer("z_channels"),
                f.integer("ch"),
                f.integers("ch_mult"),
                f.integer("num_res_blocks"),
                new Scales(f.integers("patch_nums")),
                f.integer("share_quant_resi"),
                (float) f.number("quant_resi"),
                f.integer("norm_groups"),
                (float) f.number("norm_eps"),
                f.flag("using_znorm"));
    }

    private static VarConfig var(Fields f) {
        return new VarConfig(
                f.integer("depth"),
                f.integer("embed_dim"),
                f.integer("num_heads"),
                f.integer("ffn_hidden"),
                f.integer("vocab_size"),
                f.integer("z_channels"),
                f.integer("num_classes"),
                new Scales(f.integers("patch_nums")),
                f.flag("shared_aln"),
                f.flag("attn_l2_norm"),
                (float) f.number("norm_eps"));
    }

    private static InceptionConfig inception(Fields f) {
        return new InceptionConfig(
                f.integer("num_classes"),
                f.integer("num_features"),
                f.integer("input_side"),
                (float) f.number("norm_eps"),
                pooling(f));
    }

    private static Pooling pooling(Fields f) {
        for (Pooling p : Pooling.values()) {
            if (p.label().equals(f.text("pooling"))) {
                return p;
            }
        }
        throw f.wrong("pooling", "'fid' or 'torchvision'");
    }

    /** Recommended settings, from an object with the keys {@code cfg}, {@code top_k}, … */
    public static SamplingDefaults sampling(Fields f) {
        return new SamplingDefaults(
                f.has("cfg") ? f.numbers("cfg") : null,
                f.has("top_k") ? f.numbers("top_k") : null,
                f.has("top_p") ? f.numbers("top_p") : null,
                f.has("temperature") ? f.numbers("temperature") : null,
                f.has("more_smooth") ? (Boolean) f.flag("more_smooth") : null);
    }

    private static Pair pair(Fields f) {
        return new Pair(f.text("drafter"), f.text("refiner"), f.integer("draft_steps"));
    }

    /** As text, with a line break at the end. */
    public static String format(ModelConfig c) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("name", c.name());
        if (!c.classNames().isEmpty()) {
            json.put("classes", c.classNames());
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        c.parts().forEach((name, part) -> parts.put(name, part(part)));
        json.put("parts", parts);
        Map<String, Object> sampling = new LinkedHashMap<>();
        putUnlessNull(sampling, "cfg", c.sampling().cfg());
        putUnlessNull(sampling, "top_k", c.sampling().topK());
        putUnlessNull(sampling, "top_p", c.sampling().topP());
        putUnlessNull(sampling, "temperature", c.sampling().temperature());
        putUnlessNull(sampling, "more_smooth", c.sampling().smooth());
        if (!sampling.isEmpty()) {
            json.put("sampling", sampling);
        }
        if (c.pair() != null) {
            Map<String, Object> pair = new LinkedHashMap<>();
            pair.put("drafter", c.pair().drafter());
            pair.put("refiner", c.pair().refiner());
            pair.put("draft_steps", c.pair().draftSteps());
            json.put("code", pair);
        }
        try {
            return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json) + "\n";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void putUnlessNull(Map<String, Object> json, String key, Object value) {
        if (value != null) {
            json.put(key, value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value);
        }
    }

    private static Map<String, Object> part(Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        switch (part) {
            case VaePart p -> {
                VqVaeConfig c = p.config();
                json.put("type", "vqvae");
                json.put("file", p.file());
                json.put("dtype", p.dtype());
                json.put("vocab_size", c.vocabulary());
                json.put("z_channels", c.codeSize());
                json.put("ch", c.channels());
                json.put("ch_mult", c.multipliers());
                json.put("num_res_blocks", c.resBlocks());
                json.put("patch_nums", c.scales().patchNums());
                json.put("share_quant_resi", c.phiSharing());
                json.put("quant_resi", c.phiRatio());
                json.put("norm_groups", c.normGroups());
                json.put("norm_eps", c.normEps());
                json.put("using_znorm", c.normalisedCodes());
            }
            case VarPart p -> {
                VarConfig c = p.config();
                json.put("type", "var");
                json.put("file", p.file());
                json.put("dtype", p.dtype());
                json.put("depth", c.depth());
                json.put("embed_dim", c.width());
                json.put("num_heads", c.heads());
                json.put("ffn_hidden", c.hidden());
                json.put("vocab_size", c.vocabulary());
                json.put("z_channels", c.codeSize());
                json.put("num_classes", c.classes());
                json.put("patch_nums", c.scales().patchNums());
                json.put("shared_aln", c.sharedAdaLn());
                json.put("attn_l2_norm", c.attnL2Norm());
                json.put("norm_eps", c.normEps());
                putUnlessNull(json, "draft_steps", p.draftSteps());
            }
            case InceptionPart p -> {
                InceptionConfig c = p.config();
                json.put("type", "inception");
                json.put("file", p.file());
                json.put("dtype", p.dtype());
                json.put("num_classes", c.classes());
                json.put("num_features", c.features());
                json.put("input_side", c.inputSide());
                json.put("norm_eps", c.normEps());
                json.put("pooling", c.pooling().label());
            }
        }
        return json;
    }
}
