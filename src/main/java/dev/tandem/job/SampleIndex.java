package dev.tandem.job;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.host.AtomicFile;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is done of a sampling job, in a text file beside its output: a line that says which job it is, then a line with
 * the number of finished pictures after every batch, and sums of what was measured of them. Lines are only ever
 * appended; one that was cut off does not count.
 */
public final class SampleIndex implements AutoCloseable {
    public static final String SUFFIX = ".index";
    private static final String FORMAT = "tandem-sample-1";
    /** A number of pictures, and what was summed up of them. */
    private static final String LINE = "\\d{1,9}( (-?\\d+\\.\\d+(E-?\\d+)?|NaN))*";

    /**
     * The first line.
     *
     * @param job all that determines the pictures, by option
     * @param pictures of the whole job
     * @param labels the class of each picture of this shard, in order; empty in indices of before there were any
     * @param files what each is called, where each has a file
     */
    public record Head(
            Map<String, String> job,
            int pictures,
            int width,
            int height,
            Shard shard,
            List<Integer> labels,
            List<String> files) {
        public int own() {
            return new Shard(shard.number() + 1, shard.of()).first(pictures) - shard.first(pictures);
        }

        String toJson() throws IOException {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("format", FORMAT);
            json.put("pictures", pictures);
            json.put("width", width);
            json.put("height", height);
            json.put("shard", shard.number());
            json.put("shards", shard.of());
            json.put("job", job);
            json.put("labels", labels);
            if (!files.isEmpty()) {
                json.put("files", files);
            }
            return JSON.std.asString(json);
        }

        static Head parse(String line, Path file) throws IOException {
            try {
                Map<String, Object> json = JSON.std.mapFrom(line);
                if (!FORMAT.equals(json.get("format"))) {
                    throw new IOException("its format is not " + FORMAT);
                }
                Map<String, String> job = new LinkedHashMap<>();
                ((Map<?, ?>) json.get("job")).forEach((k, v) -> job.put(String.valueOf(k), String.valueOf(v)));
                return new Head(
                        job,
                        (Integer) json.get("pictures"),
                        (Integer) json.get("width"),
                        (Integer) json.get("height"),
                        new Shard((Integer) json.get("shard"), (Integer) json.get("shards")),
                        list(json.get("labels"), Integer.class),
                        list(json.get("files"), String.class));
            } catch (IOException | ClassCastException | NullPointerException e) {
                throw new IOException(file + ": is no index of a sampling job (" + e.getMessage() + ")", e);
            }
        }

        private static <T> List<T> list(Object json, Class<T> of) {
            return json == null
                    ? List.of()
                    : ((List<?>) json).stream().map(of::cast).toList();
        }

        /** What tells two jobs apart, as {@code --seed 3 there, 4 here}; empty where they are the same. */
        public String difference(Head other) {
            TreeSet<String> keys = new TreeSet<>(job.keySet());
            keys.addAll(other.job.keySet());
            for (String key : keys) {
                if (!job.getOrDefault(key, "-").equals(other.job.getOrDefault(key, "-"))) {
                    return key + " " + job.getOrDefault(key, "-") + " and " + other.job.getOrDefault(key, "-");
                }
            }
            return pictures == other.pictures && width == other.width && height == other.height
                    ? ""
                    : "another number or size of pictures";
        }
    }

    /** An index as it stands in its file. */
    public record Content(Head head, int done, double[] sums, long bytes) {
        public boolean complete() {
            return done == head.own();
        }
    }

    private final FileChannel channel;
    private int done;
    private double[] sums;

    private SampleIndex(FileChannel channel, Content content) {
        this.channel = channel;
        this.done = content == null ? 0 : content.done();
        this.sums = content == null ? new double[0] : content.sums();
    }

    /** Where the index of an output lies. */
    public static Path beside(Path output, Shard shard) {
        return Path.of(shard.name(output.toString()) + SUFFIX);
    }

    /** The first lines of all shards' indices beside a folder that they share, in order; of any that are there. */
    public static List<Head> shardsBeside(Path folder) throws IOException {
        List<Head> heads = new ArrayList<>();
        String begin = folder.getFileName() + ".shard-";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder.getParent(),
                f -> f.getFileName().toString().startsWith(begin)
                        && f.toString().endsWith(SUFFIX))) {
            for (Path file : files) {
                Content content = read(file);
                if (content != null) {
                    heads.add(content.head());
                }
            }
        }
        heads.sort(Comparator.comparingInt(h -> h.shard().number()));
        return heads;
    }

    /** Reads an index; null where there is none, or one that was cut off in its first line. */
    public static Content read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        String text = Files.readString(file);
        int end = text.lastIndexOf('\n');
        if (end < 0) {
            return null;
        }
        List<String> lines = text.substring(0, end).lines().toList();
        Head head = Head.parse(lines.getFirst(), file);
        int done = 0;
        double[] sums = {};
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ");
            if (!line.matches(LINE) || Integer.parseInt(words[0]) > head.own()) {
                throw new IOException(file + ": is damaged, it has the line '" + line + "'");
            }
            done = Integer.parseInt(words[0]);
            sums = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray();
        }
        return new Content(head, done, sums, text.substring(0, end + 1).getBytes(StandardCharsets.UTF_8).length);
    }

    /** Goes on with the index of this job, or begins it; whoever does so has locked the job's output. */
    public static SampleIndex open(Path file, Head head) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
        try {
            Content content = read(file);
            if (content != null && !content.head().difference(head).isEmpty()) {
                throw new InvalidRequestException(
                        "output",
                        file + " belongs to another job: " + content.head().difference(head)
                                + "; name another output, or throw it away with ‹fresh›");
            }
            channel.truncate(content == null ? 0 : content.bytes());
            channel.position(channel.size());
            SampleIndex index = new SampleIndex(channel, content);
            if (content == null) {
                index.line(head.toJson());
            }
            return index;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void line(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    public int done() {
        return done;
    }

    /** What was summed up of the finished pictures; nothing where their job measures nothing. */
    public double[] sums() {
        return sums;
    }

    /**
     * So many are finished: their bytes must be safe before this is called.
     *
     * @param summed of all of them, for a job that measures
     */
    public void done(int pictures, double... summed) throws IOException {
        StringBuilder text = new StringBuilder().append(pictures);
        for (double sum : summed) {
            text.append(' ').append(sum);
        }
        line(text.toString());
        done = pictures;
        sums = summed;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
