package dev.tandem.parity;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The original's numbers: small cases lie in the project, larger ones are read from beside it where they are. */
final class Fixtures {
    private static final List<Path> ROOTS =
            List.of(Path.of("src/test/resources/fixtures"), Path.of("../shared/fixtures"));

    private Fixtures() {}

    static Optional<Path> find(String file) {
        return ROOTS.stream().map(r -> r.resolve(file)).filter(Files::exists).findFirst();
    }

    /** The file, or the test is reported as skipped with the file's name. */
    static Path require(String file) {
        Optional<Path> found = find(file);
        Assumptions.assumeTrue(found.isPresent(), () -> "skipped: fixture " + file + " is not on this machine");
        return found.orElseThrow();
    }

    static Safetensors open(String file) {
        try {
            return Safetensors.open(require(file), Arena.ofAuto());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the cases {@code a}, {@code b}: its models as a {@link Model}, its runs. */
    static final class Case implements Model {
        private final String name;
        private final Map<String, Object> json;
        private final ModelConfig config;

        Case(String name) {
            this.name = name;
            try {
                this.json = JSON.std.mapFrom(Files.readString(require(name + "/config.json")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Map<?, ?> m = (Map<?, ?>) json.get("model");
            Scales scales = new Scales(ints(m.get("patch_nums")));
            int vocabulary = (Integer) m.get("V");
            int codeSize = (Integer) m.get("Cvae");
            Map<String, ModelConfig.Part> parts = new LinkedHashMap<>();
            ((Map<?, ?>) json.get("models")).forEach((part, fields) -> {
                Map<?, ?> f = (Map<?, ?>) fields;
                String file = String.valueOf(part);
                if (part.equals("vae")) {
                    parts.put(
                            "vae",
                            new ModelConfig.VaePart(
                                    file,
                                    "fp32",
                                    new VqVaeConfig(
                                            vocabulary,
                                            codeSize,
                                            (Integer) m.get("ch"),
                                            ints(m.get("ch_mult")),
                                            (Integer) m.get("num_res_blocks"),
                                            scales,
                                            (Integer) m.get("share_quant_resi"),
                                            ((Number) m.get("quant_resi")).floatValue(),
                                            32,
                                            1e-6f,
                                            false)));
                } else {
                    int width = (Integer) f.get("embed_dim");
                    VarConfig var = new VarConfig(
                            (Integer) f.get("depth"),
                            width,
                            (Integer) f.get("num_heads"),
                            width * (Integer) f.get("mlp_ratio"),
                            vocabulary,
                            codeSize,
                            (Integer) m.get("num_classes"),
                            scales,
                            (Boolean) f.get("shared_aln"),
                            (Boolean) f.get("attn_l2_norm"),
                            ((Number) f.get("norm_eps")).floatValue());
                    parts.put(file, new ModelConfig.VarPart(file, "fp32", var, null));
                    // the same model in rounded weights
                    if (f.get("files") instanceof List<?> files) {
                        for (Object other : files) {
                            if (String.valueOf(other).matches(".*\\.(f16|bf16)\\.safetensors")) {
                                String stem = String.valueOf(other);
                                parts.put(stem, new ModelConfig.VarPart(stem, "fp16", var, null));
                            }
                        }
                    }
                }
            });
            this.config = new ModelConfig(name, List.of(), parts, ModelConfig.SamplingDefaults.NONE, null);
        }

        private static List<Integer> ints(Object list) {
            return ((List<?>) list).stream().map(Integer.class::cast).toList();
        }

        Map<?, ?> run(String run) {
            return (Map<?, ?>) ((Map<?, ?>) json.get("runs")).get(run);
        }

        Safetensors expected(String run) {
            return open(name + "/expected/" + run + ".safetensors");
        }

        @Override
        public ModelConfig config() {
            return config;
        }

        @Override
        public TensorSource tensors(String part) {
            String stem = part.endsWith(".safetensors") ? part : part + ".safetensors";
            if (find(name + "/weights/" + stem).isPresent()) {
                return open(name + "/weights/" + stem);
            }
            return Torch.open(require(name + "/weights/" + part + ".pth"));
        }

        @Override
        public String origin() {
            return "fixture " + name;
        }

        @Override
        public void close() {}
    }
}
