package dev.tandem.convert;

import dev.tandem.convert.CheckpointReport.Group;
import dev.tandem.convert.CheckpointReport.Model;
import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.convert.format.Checkpoint.Header;
import dev.tandem.convert.format.CheckpointFiles;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.InceptionConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at checkpoints and model folders without converting or reading their elements. */
public final class CheckpointInspector {
    private CheckpointInspector() {}

    /**
     * Inspects a model folder, a checkpoint, an index of shards, or a folder with a single checkpoint.
     *
     * @throws FormatException where the path is none of these or a file is corrupt
     */
    public static CheckpointReport inspect(Path path) throws IOException {
        if (Files.isRegularFile(path.resolve(ModelFolder.CONFIG))) {
            try (ModelFolder folder = ModelFolder.open(path)) {
                return inspect(folder);
            }
        }
        List<Path> files = CheckpointFiles.expand(List.of(path));
        if (files.size() > 1) {
            throw new FormatException(path.toString(), "holds " + files.size() + " checkpoints; name one of them");
        }
        try (Arena arena = Arena.ofConfined()) {
            return inspect(CheckpointFiles.open(files.getFirst(), arena));
        }
    }

    private static CheckpointReport inspect(ModelFolder folder) {
        List<Group> groups = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        folder.config().parts().forEach((name, part) -> {
            groups.add(new Group(name, headers(folder.tensors(name)), Map.of()));
            Kind kind = switch (part) {
                case VaePart p -> Kind.VQVAE;
                case VarPart p -> Kind.VAR;
                case InceptionPart p -> Kind.INCEPTION;
            };
            models.add(new Model(kind.toString(), name, part, Layout.of(part).parameters(), null));
        });
        return new CheckpointReport(folder.path(), "model folder", groups, models, folder.config());
    }

    private static CheckpointReport inspect(Checkpoint checkpoint) {
        List<Group> groups = new ArrayList<>();
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            if (!dict.tensors().names().isEmpty()) {
                groups.add(group(dict));
            }
        }
        List<Model> models = new ArrayList<>();
        List<SourcePart> parts;
        try {
            parts = KeyMap.find(checkpoint).parts();
        } catch (FormatException e) {
            models.add(new Model("nothing that can be converted", "", null, 0, e.getMessage()));
            return new CheckpointReport(checkpoint.path(), checkpoint.format(), groups, models, null);
        }
        Scales scales = null;
        for (SourcePart part : parts) {
            if (part.kind() == Kind.VAR) {
                Model model = transformer(part, checkpoint);
                models.add(model);
                scales = model.part() instanceof VarPart p ? p.config().scales() : scales;
            }
        }
        for (SourcePart part : parts) {
            if (part.kind() == Kind.VQVAE) {
                models.add(tokenizer(part, checkpoint, scales));
            } else if (part.kind() == Kind.INCEPTION) {
                models.add(inception(part, checkpoint));
            }
        }
        return new CheckpointReport(checkpoint.path(), checkpoint.format(), groups, models, null);
    }

    private static Group group(Checkpoint.Dict dict) {
        Map<String, Header> tensors = new LinkedHashMap<>();
        Map<String, String> unreadable = new LinkedHashMap<>();
        for (String name : dict.tensors().names()) {
            try {
                tensors.put(name, dict.tensors().header(name));
            } catch (FormatException e) {
                unreadable.put(name, e.getMessage());
            }
        }
        return new Group(dict.path(), tensors, unreadable);
    }

    private static Model transformer(SourcePart part, Checkpoint checkpoint) {
        VarPart config = null;
        try {
            VarConfig var = VarRecognition.of(part, Hints.NONE);
            config = new VarPart(
                    checkpoint.path().toString(),
                    dtype(part, Layout.of(var)),
                    var,
                    Pairing.draftSteps(checkpoint.stem()));
            return checked(part, config);
        } catch (FormatException e) {
            return model(part, config, e.getMessage());
        }
    }

    private static Model inception(SourcePart part, Checkpoint checkpoint) {
        InceptionPart config = null;
        try {
            InceptionConfig inception = InceptionRecognition.of(part);
            config = new InceptionPart(checkpoint.path().toString(), dtype(part, Layout.of(inception)), inception);
            return checked(part, config);
        } catch (FormatException e) {
            return model(part, config, e.getMessage());
        }
    }

    private static Model tokenizer(SourcePart part, Checkpoint checkpoint, Scales known) {
        VaePart config = null;
        try {
            Scales scales = known == null ? VqVaeRecognition.usualScales(part) : known;
            VqVaeConfig vae = VqVaeRecognition.of(part, scales, Hints.NONE);
            config = new VaePart(checkpoint.path().toString(), dtype(part, Layout.of(vae)), vae);
            return checked(part, config);
        } catch (FormatException e) {
            return model(part, config, e.getMessage());
        }
    }

    private static Model checked(SourcePart part, Part config) {
        Validation.check(part, Layout.of(config), false, new ExtraTensors(List.of(), line -> {}));
        return model(part, config, null);
    }

    private static Model model(SourcePart part, Part config, String problem) {
        long parameters = config == null ? 0 : Layout.of(config).parameters();
        return new Model(part.kind().toString(), part.location(), config, parameters, problem);
    }

    private static String dtype(SourcePart part, Layout layout) {
        return TargetType.lossless(part, layout).label();
    }

    private static Map<String, Header> headers(TensorSource source) {
        Map<String, Header> headers = new LinkedHashMap<>();
        for (String name : source.names()) {
            Tensor tensor = source.get(name);
            headers.put(name, new Header(tensor.dtype(), tensor.shape()));
        }
        return headers;
    }
}
