package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.Formula;
import dev.tandem.fixture.FormulaInception;
import dev.tandem.image.Npz;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyHeader;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.npy.NpzWriter;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    private static final int SIDE = 32;
    private static final int CLASSES = 12;

    @TempDir
    private Path folder;

    private Path features(String name, int rows, int dimension, double shift) throws IOException {
        float[][] x = Formula.features(name, rows, dimension, shift);
        byte[] header = NpyHeader.of(DType.F32, rows, dimension).bytes();
        ByteBuffer out =
                ByteBuffer.allocate(header.length + rows * dimension * 4).order(ByteOrder.LITTLE_ENDIAN);
        out.put(header);
        for (float[] row : x) {
            for (float v : row) {
                out.putFloat(v);
            }
        }
        return Files.write(folder.resolve(name + ".npy"), out.array());
    }

    private static RgbImage picture(String name, int i) {
        return new RgbImage(SIDE, SIDE, FormulaInception.picture(name + i, SIDE, SIDE));
    }

    private Path pictures(String name, int count) throws IOException {
        Path out = Files.createDirectories(folder.resolve(name).resolve("0")).getParent();
        for (int i = 0; i < count; i++) {
            // some of them deeper, which come first by name
            Path file = (i < count / 2 ? out.resolve("0") : out).resolve(100 + i + ".png");
            try (OutputStream stream = Files.newOutputStream(file)) {
                PngWriter.write(stream, picture(name, i), Map.of());
            }
        }
        Files.writeString(out.resolve("notes.txt"), "no picture, and no name of one");
        return out;
    }

    private Path samples(String name, int count) throws IOException {
        Path out = folder.resolve(name + ".npz");
        try (Npz npz = new Npz(out, new Npz.Shape(count, SIDE, SIDE))) {
            for (int i = 0; i < count; i++) {
                npz.write(picture(name, i));
            }
            npz.finish();
        }
        return out;
    }

    private static double number(Cli cli, String key) throws IOException {
        return ((Number) json(cli).get(key)).doubleValue();
    }

    private static Map<String, Object> json(Cli cli) throws IOException {
        return JSON.std.mapFrom(cli.ok().out());
    }

    @Test
    void featureFilesGiveNumpysNumbers() throws IOException {
        Map<String, Object> golden =
                JSON.std.mapFrom(Files.readString(Path.of("src/test/resources/quality/golden.json")));
        Cli cli = Cli.run("evaluate", features("fid.a", 200, 24, 0), features("fid.b", 150, 24, 0.2), "--json");
        double expected = ((Number) golden.get("fid")).doubleValue();
        assertEquals(expected, number(cli, "frechet_distance"), 1e-6 * expected);
        assertEquals(List.of(), json(cli).get("warnings"));
        cli = Cli.run(
                "evaluate",
                features("pr.a", 300, 6, 0),
                features("pr.b", 250, 6, 0.5),
                "--json",
                "--metrics",
                "precision,recall");
        List<?> both = (List<?>) golden.get("precision_recall");
        assertEquals(((Number) both.get(0)).doubleValue(), number(cli, "precision"), 1e-12);
        assertEquals(((Number) both.get(1)).doubleValue(), number(cli, "recall"), 1e-12);
        assertFalse(json(cli).containsKey("frechet_distance"));
    }

    @Test
    void savedStatisticsStandInForTheSet() throws IOException {
        Path a = features("fid.a", 200, 24, 0);
        Path b = features("fid.b", 150, 24, 0.2);
        Path saved = folder.resolve("a.npz");
        double direct = number(Cli.run("evaluate", a, b, "--json"), "frechet_distance");
        assertTrue(Cli.run("evaluate", a, "--save-stats", saved).ok().out().contains("wrote " + saved));
        Cli cli = Cli.run("evaluate", saved, b, "--json");
        assertEquals(direct, number(cli, "frechet_distance"), 1e-9 * direct);
        assertFalse(json(cli).containsKey("precision"), "statistics have no samples");
        try (NpzFile npz = NpzFile.open(saved);
                NpyReader sigma = npz.open("sigma")) {
            assertEquals(Shape.of(24, 24), sigma.header().shape());
        }
    }

    @Test
    void fewSamplesAreWarnedOf() throws IOException {
        Cli cli =
                Cli.run("evaluate", features("few.a", 10, 24, 0), features("fid.b", 150, 24, 0.2), "--metrics", "fid");
        assertTrue(cli.ok().err().contains("few.a.npy has 10 samples for a covariance of 24 dimensions"), cli.err());
        assertFalse(cli.err().contains("fid.b"), cli.err());
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Path a = features("fid.a", 200, 24, 0);
        Path other = features("other", 30, 7, 0);
        Cli.run("evaluate", a, other).refused(ExitCode.FAILURE, "other.npy", "7 dimensions", "of 24");
        Cli.run("evaluate", a, features("one", 1, 24, 0)).refused(ExitCode.FAILURE, "one.npy", "2 samples");
        Cli.run("evaluate", a, features("three", 3, 24, 0), "--metrics", "recall")
                .refused(ExitCode.FAILURE, "three.npy", "at least 4 samples, it has 3");
        Cli.run("evaluate", a, a, "--metrics", "fid,is").refused(ExitCode.USAGE, "--features-model");
        Cli.run("evaluate", a, a, "--metrics", "kid").refused(ExitCode.USAGE, "kid", "precision");
        Cli.run("evaluate", a, other, "--threads", "2").refused(ExitCode.FAILURE, "other.npy", "7 dimensions");
        Cli.run("evaluate", a, a, "--neighbours", "0").refused(ExitCode.USAGE, "--neighbours");
        Cli.run("evaluate", a, folder.resolve("none.npz")).refused(ExitCode.FAILURE, "none.npz", "no such file");
        Cli.run("evaluate", a, Files.writeString(folder.resolve("x.txt"), "x")).refused(ExitCode.FAILURE, "x.txt");
        Cli.run("evaluate", a, Files.writeString(folder.resolve("x.npz"), "x")).refused(ExitCode.FAILURE, "x.npz");
        Cli.run("evaluate", a).refused(ExitCode.USAGE, "--features-model");
        Cli.run("evaluate", pictures("p", 2), a).refused(ExitCode.USAGE, "holds pictures", "--features-model");
        Cli.run("evaluate", Files.createDirectories(folder.resolve("empty")), a, "--features-model", model())
                .refused(ExitCode.FAILURE, "empty", "no pictures");
    }

    @Test
    void damagedStatisticsAreRefused() throws IOException {
        Path a = features("fid.a", 200, 2, 0);
        Path file = folder.resolve("s.npz");
        try (NpzWriter npz = new NpzWriter(file)) {
            npz.write("mu", new double[2], 2);
            npz.write("sigma", new double[6], 2, 3);
        }
        Cli.run("evaluate", a, file).refused(ExitCode.FAILURE, "s.npz:sigma", "2×3");
        try (NpzWriter npz = new NpzWriter(file)) {
            npz.write("mu", new double[2], 2);
            npz.write("sigma", new double[] {1, 0, 0, Double.NaN}, 2, 2);
        }
        Cli.run("evaluate", a, file).refused(ExitCode.FAILURE, "s.npz", "NaN");
        try (NpzWriter npz = new NpzWriter(file)) {
            npz.write("mean", new double[2], 2);
        }
        Cli.run("evaluate", a, file).refused(ExitCode.FAILURE, "s.npz", "it has mean");
        try (NpzWriter npz = new NpzWriter(file)) {
            npz.write("arr_0", new double[12], 1, 2, 2, 3);
        }
        Cli.run("evaluate", a, file, "--features-model", model()).refused(ExitCode.FAILURE, "s.npz:arr_0", "F64");
    }

    private Path model() throws IOException {
        Path out = folder.resolve("model");
        return Files.exists(out) ? out : FormulaInception.writeNarrow(out, CLASSES);
    }

    @Test
    void picturesFromFoldersAndSamplesAreTheSame() throws IOException {
        Object[] common = {"--features-model", model(), "--backend", "vector", "--json", "--splits", "3"};
        Path a = pictures("a", 21);
        Cli fromFolder = evaluate(common, a, pictures("b", 11));
        Cli fromSamples = evaluate(common, samples("a", 21), samples("b", 11));
        Map<String, Object> first = json(fromFolder);
        Map<String, Object> second = json(fromSamples);
        for (String key : List.of("frechet_distance", "sfid", "inception_score", "precision", "recall", "features")) {
            assertTrue(first.containsKey(key), key);
            assertEquals(first.get(key), second.get(key), key);
        }
        assertEquals(21, ((Map<?, ?>) first.get("reference")).get("samples"));
        Cli itself = evaluate(common, a, samples("a", 21));
        assertEquals(0, number(itself, "frechet_distance"), 1e-6);
        assertEquals(0, number(itself, "sfid"), 1e-6);
        assertEquals(1, number(itself, "precision"));
        Cli otherwise = Cli.run(
                "evaluate",
                a,
                folder.resolve("b"),
                "--features-model",
                model(),
                "--resize",
                "tensorflow",
                "--json",
                "--metrics",
                "fid");
        assertTrue(number(otherwise, "frechet_distance") != number(fromFolder, "frechet_distance"));
    }

    private static Cli evaluate(Object[] common, Object... sets) {
        List<Object> words = new ArrayList<>(List.of("evaluate"));
        words.addAll(List.of(sets));
        words.addAll(List.of(common));
        return Cli.run(words.toArray());
    }

    @Test
    void unreadablePicturesEndTheRunUnlessTold() throws IOException {
        Path a = pictures("a", 6);
        Files.writeString(a.resolve("101b.png"), "no picture");
        Files.write(a.resolve("0/damaged.png"), java.util.Arrays.copyOf(Files.readAllBytes(a.resolve("105.png")), 90));
        Path saved = folder.resolve("saved.npz");
        Cli.run("evaluate", a, "--features-model", model(), "--splits", "2", "--save-stats", saved)
                .refused(ExitCode.FAILURE, ".png", "--keep-going");
        assertFalse(Files.exists(saved));
        Cli cli = Cli.run(
                "evaluate",
                a,
                "--features-model",
                model(),
                "--splits",
                "2",
                "--keep-going",
                "--json",
                "--batch",
                "4",
                "--threads",
                "2");
        Map<?, ?> set = (Map<?, ?>) json(cli).get("reference");
        assertEquals(6, set.get("samples"));
        assertEquals(2, ((List<?>) set.get("left_out")).size());
        assertTrue(cli.err().contains("101b.png") && cli.err().contains("damaged.png"), cli.err());
    }

    /** As pytorch-fid: orientation and alpha change nothing; what can't be read is named, what is hidden is counted. */
    @Test
    void picturesAreTakenAsTheyLieInTheirFiles() throws IOException {
        Path turned = Files.createDirectory(folder.resolve("turned"));
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Path pictures = Path.of("src/test/resources/pictures");
        for (String name : List.of("turn1.png", "turn6.png", "rgba.png", "rgb_clear.png")) {
            Files.copy(pictures.resolve(name), turned.resolve(name));
            Files.copy(pictures.resolve("rgb.png"), plain.resolve(name));
        }
        Files.writeString(turned.resolve("phone.heic"), "....ftypheic");
        Files.createSymbolicLink(turned.resolve("gone.png"), folder.resolve("nowhere.png"));
        Files.copy(pictures.resolve("l.png"), turned.resolve("._l.png"));
        Cli cli = Cli.run(
                "evaluate", turned, plain, "--features-model", model(), "--metrics", "fid", "--keep-going", "--json");
        assertEquals(0, number(cli, "frechet_distance"), 1e-6);
        Map<?, ?> set = (Map<?, ?>) json(cli).get("reference");
        assertEquals(4, set.get("samples"));
        assertEquals(2, ((List<?>) set.get("left_out")).size());
        assertTrue(
                cli.err().contains("phone.heic: is a picture of a format that is not read (AVIF or HEIC)"), cli.err());
        assertTrue(cli.err().contains("passed over 1 hidden file or folder (._l.png)"), cli.err());
        Cli.run("evaluate", turned, plain, "--features-model", model()).refused(ExitCode.FAILURE, "--keep-going");
        Path none = Files.createDirectory(folder.resolve("none"));
        Files.createSymbolicLink(none.resolve("gone.png"), folder.resolve("nowhere.png"));
        Cli.run("evaluate", none, "--features-model", model(), "--keep-going")
                .refused(ExitCode.FAILURE, "none: has no picture that can be read; the first: ", "is a link to");
    }

    @Test
    void samplesThatAreCutOffAreRefused() throws IOException {
        Path npz = samples("cut", 12);
        byte[] bytes = Files.readAllBytes(npz);
        Files.write(npz, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Cli.run("evaluate", npz, "--features-model", model()).refused(ExitCode.FAILURE, "cut.npz");
    }

    /** Pictures of three kinds, a kind after the other, called so that they come in the given order. */
    private Path kinds(String name, int... order) throws IOException {
        Path out = Files.createDirectories(folder.resolve(name));
        for (int i = 0; i < order.length; i++) {
            try (OutputStream stream = Files.newOutputStream(out.resolve(100 + i + ".png"))) {
                PngWriter.write(stream, kind(order[i]), Map.of());
            }
        }
        return out;
    }

    private static RgbImage kind(int i) {
        RgbImage image = picture("kind" + i / 4, 0);
        image.rgb()[0] = (byte) i;
        return image;
    }

    private static final int[] IN_ORDER = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    private static final int[] MIXED = {7, 3, 11, 0, 5, 9, 1, 10, 4, 2, 8, 6};

    private Map<?, ?> inceptionScore(Path set) throws IOException {
        Cli cli = Cli.run(
                "evaluate",
                set,
                "--features-model",
                model(),
                "--backend",
                "vector",
                "--json",
                "--splits",
                "3",
                "--metrics",
                "is");
        return (Map<?, ?>) json(cli).get("inception_score");
    }

    @Test
    void anInceptionScoreDoesNotDependOnTheOrderOfFiles() throws IOException {
        Map<?, ?> expected = inceptionScore(kinds("ordered", IN_ORDER));
        assertEquals(expected, inceptionScore(kinds("mixed", MIXED)));
        assertEquals(expected, inceptionScore(array("ordered", "|u1", false, IN_ORDER)));
        assertEquals(expected, inceptionScore(array("mixed", ">i4", true, MIXED)));
        // a split a kind would be all of one class
        assertTrue(((Number) expected.get("deviation")).doubleValue() > 0, expected.toString());
    }

    /** An .npz of the kinds, as NumPy writes arrays of that type and order. */
    private Path array(String name, String type, boolean columnsFirst, int... order) throws IOException {
        int pixels = SIDE * SIDE * 3;
        ByteBuffer elements = ByteBuffer.allocate(order.length * pixels * 4);
        for (int at = 0; at < order.length * pixels; at++) {
            int i = columnsFirst ? at % order.length : at / pixels;
            int rest = columnsFirst ? at / order.length : at % pixels;
            int y = columnsFirst ? rest % SIDE : rest / 3 / SIDE;
            int x = columnsFirst ? rest / SIDE % SIDE : rest / 3 % SIDE;
            int c = columnsFirst ? rest / SIDE / SIDE : rest % 3;
            byte value = kind(order[i]).rgb()[(y * SIDE + x) * 3 + c];
            if (type.equals("|u1")) {
                elements.put(value);
            } else {
                elements.putInt(value & 0xff);
            }
        }
        return npz(name, type, columnsFirst, order.length + ", " + SIDE + ", " + SIDE + ", 3", elements);
    }

    private Path npz(String name, String type, boolean columnsFirst, String shape, ByteBuffer elements)
            throws IOException {
        Path file = folder.resolve(name + ".npz");
        String fields = "{'descr': '" + type + "', 'fortran_order': " + (columnsFirst ? "True" : "False")
                + ", 'shape': (" + shape + "), }\n";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("arr_0.npy"));
            zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) fields.length(), 0});
            zip.write(fields.getBytes(StandardCharsets.US_ASCII));
            zip.write(elements.array(), 0, elements.position());
        }
        return file;
    }

    @Test
    void arraysThatAreNoPicturesAreNamed() throws IOException {
        ByteBuffer some = ByteBuffer.allocate(2 * 3 * 4 * 4 * 4);
        some.position(some.capacity());
        Object[] more = {"--features-model", model(), "--metrics", "is", "--splits", "2"};
        evaluate(more, npz("planes", "|u1", false, "2, 3, 4, 4", some))
                .refused(ExitCode.FAILURE, "planes.npz:arr_0", "numpy.transpose(a, (0, 2, 3, 1))");
        evaluate(more, npz("grey", "|u1", false, "2, 4, 4, 1", some)).refused(ExitCode.FAILURE, "2×4×4×1", "× 3");
        evaluate(more, npz("floats", "<f4", false, "2, 4, 4, 3", some)).refused(ExitCode.FAILURE, "F32", "black");
        ByteBuffer bright = ByteBuffer.allocate(2 * 4 * 4 * 3 * 4);
        bright.position(4 * 60).putInt(256).position(bright.capacity());
        evaluate(more, npz("bright", ">i4", false, "2, 4, 4, 3", bright))
                .refused(ExitCode.FAILURE, "bright.npz:arr_0", "256 in picture 1", "0 to 255");
    }

    @Test
    void spatialStatisticsAreSavedAndTakenAsGuidedDiffusionNamesThem() throws IOException {
        Object[] common = {"--features-model", model(), "--backend", "vector", "--json", "--metrics", "fid,sfid"};
        Path a = pictures("a", 21);
        Path b = pictures("b", 11);
        double direct = number(evaluate(common, a, b), "sfid");
        Path saved = folder.resolve("saved.npz");
        Cli.run("evaluate", a, "--features-model", model(), "--save-stats", saved, "--splits", 2)
                .ok();
        try (NpzFile npz = NpzFile.open(saved)) {
            assertEquals(List.of("mu", "sigma", "mu_s", "sigma_s", "n"), npz.names());
        }
        assertEquals(direct, number(evaluate(common, saved, b), "sfid"), 1e-9 * direct);
        // of another network's spatial features: no sFID where nobody asked for it, and a word about it
        Path other = folder.resolve("other.npz");
        try (NpzWriter npz = new NpzWriter(other)) {
            npz.write("mu", new double[128], 128);
            npz.write("sigma", new double[128 * 128], 128, 128);
            npz.write("mu_s", new double[3], 3);
            npz.write("sigma_s", new double[9], 3, 3);
        }
        evaluate(common, other, b).refused(ExitCode.FAILURE, "has features of 63 dimensions", "of 3");
        Cli cli = Cli.run("evaluate", other, b, "--features-model", model(), "--json", "--splits", 2);
        assertFalse(json(cli).containsKey("sfid"));
        assertTrue(cli.err().contains("warning: no sFID: ") && cli.err().contains("of 3"), cli.err());
    }

    @Test
    void spatialDistancesNeedPicturesOrTheirStatistics() throws IOException {
        Path a = features("fid.a", 200, 24, 0);
        assertFalse(json(Cli.run("evaluate", a, a, "--json")).containsKey("sfid"));
        Cli.run("evaluate", a, a, "--metrics", "sfid")
                .refused(ExitCode.USAGE, "fid.a.npy has features", "mu_s, sigma_s");
    }
}
