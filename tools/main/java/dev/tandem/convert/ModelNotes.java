package dev.tandem.convert;

import dev.tandem.folder.ConfigJson;
import dev.tandem.folder.Fields;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a person knows of a model that its tensors don't say; each null where nothing is said.
 *
 * @param name for people
 * @param classNames one per class
 * @param pair the usual drafter and refiner
 */
public record ModelNotes(
        String name, List<String> classNames, SamplingDefaults sampling, Hints hints, PairChoice pair) {
    public static final ModelNotes NONE = new ModelNotes(null, null, null, Hints.NONE);

    /** Notes without a pair. */
    public ModelNotes(String name, List<String> classNames, SamplingDefaults sampling, Hints hints) {
        this(name, classNames, sampling, hints, null);
    }

    /**
     * Reads a JSON file with any of {@code name}, {@code classes}, {@code sampling}, {@code patch_nums}, {@code vqvae}
     * (with {@code quant_resi}, {@code norm_groups}, {@code norm_eps}, {@code using_znorm}), {@code var} (with
     * {@code norm_eps}) and {@code code} (with {@code drafter}, {@code refiner}, {@code draft_steps}); other keys are passed over.
     */
    public static ModelNotes read(Path file) throws IOException {
        Fields root = ConfigJson.root(file);
        Hints hints = new Hints(
                root.has("patch_nums") ? root.integers("patch_nums") : null, null, null, null, null, null, null);
        if (root.has("vqvae")) {
            Fields vae = root.object("vqvae");
            hints = hints.or(new Hints(
                    null,
                    null,
                    vae.has("quant_resi") ? (Double) vae.number("quant_resi") : null,
                    vae.has("norm_groups") ? (Integer) vae.integer("norm_groups") : null,
                    vae.has("norm_eps") ? (Double) vae.number("norm_eps") : null,
                    vae.has("using_znorm") ? (Boolean) vae.flag("using_znorm") : null,
                    null));
        }
        if (root.has("var") && root.object("var").has("norm_eps")) {
            hints = hints.or(new Hints(
                    null, null, null, null, null, null, root.object("var").number("norm_eps")));
        }
        return new ModelNotes(
                root.has("name") ? root.text("name") : null,
                root.has("classes") ? root.texts("classes") : null,
                root.has("sampling") ? ConfigJson.sampling(root.object("sampling")) : null,
                hints,
                root.has("code") ? pair(root.object("code")) : null);
    }

    private static PairChoice pair(Fields f) {
        return new PairChoice(
                f.text("drafter"), f.text("refiner"), f.has("draft_steps") ? f.integer("draft_steps") : null);
    }

    /** These, and where nothing is said those of {@code other}. */
    public ModelNotes or(ModelNotes other) {
        return new ModelNotes(
                Hints.first(name, other.name),
                Hints.first(classNames, other.classNames),
                Hints.first(sampling, other.sampling),
                hints.or(other.hints),
                Hints.first(pair, other.pair));
    }
}
