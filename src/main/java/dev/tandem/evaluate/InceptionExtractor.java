package dev.tandem.evaluate;

import dev.tandem.analysis.Divergence;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.image.RgbImage;
import dev.tandem.model.Inception;
import dev.tandem.op.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The features that Fréchet inception distances are computed with, on any back-end. */
public final class InceptionExtractor implements FeatureExtractor {
    private final String name;
    private final Session session;
    private final Preprocessing preprocessing;
    private final int batch;
    private final int side;
    private final int dimension;
    private final int classes;
    private final Buffer pictures;
    private final Buffer features;
    private final Buffer spatial;
    private final int spatialChannels;
    private final Buffer scores;
    private final Program extract;
    private final Program classify;

    /**
     * Allocates and records.
     *
     * @param session closed with this
     * @param batch pictures at a time
     */
    public InceptionExtractor(String name, Inception model, Session session, Preprocessing preprocessing, int batch) {
        this.name = name;
        this.session = session;
        this.preprocessing = preprocessing;
        this.batch = batch;
        side = model.config().inputSide();
        dimension = model.config().features();
        classes = model.config().classes();
        Inception.State state = new Inception.State(session, model, batch, side);
        pictures = session.activations("pictures", batch, side, side, RgbImage.CHANNELS);
        features = session.floats("features", batch, dimension);
        spatial = session.activations("spatial", model.spatialShape(batch, side));
        spatialChannels = model.spatialChannels();
        scores = session.floats("scores", batch, classes);
        extract = session.program("features", ops -> model.features(ops, pictures, state, features, spatial));
        classify = session.program("classify", ops -> model.classify(ops, features, scores));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public int spatialDimension() {
        return spatial.size(1) * spatial.size(2) * spatialChannels;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public boolean classifies() {
        return true;
    }

    @Override
    public float[][] features(List<RgbImage> images) {
        return extract(images).features();
    }

    @Override
    public Rows extract(List<RgbImage> images) {
        int size = side * side * RgbImage.CHANNELS;
        // a batch that is not full carries greys along
        float[] input = new float[batch * size];
        List<float[]> rows = new ArrayList<>();
        List<float[]> maps = new ArrayList<>();
        for (int from = 0; from < images.size(); from += batch) {
            List<RgbImage> part = images.subList(from, Math.min(images.size(), from + batch));
            IntStream.range(0, part.size())
                    .parallel()
                    .forEach(i -> preprocessing.apply(part.get(i), side, input, i * size));
            session.write(pictures, input);
            extract.run();
            rows.addAll(rows(session.readFloats(features), dimension, part.size()));
            maps.addAll(rows(firstChannels(session.readFloats(spatial)), spatialDimension(), part.size()));
        }
        return new Rows(rows.toArray(float[][]::new), maps.toArray(float[][]::new));
    }

    /** Position by position, as TensorFlow's maps lie: so statistics computed there fit. */
    private float[] firstChannels(float[] map) {
        int channels = spatial.size(3);
        float[] out = new float[map.length / channels * spatialChannels];
        for (int i = 0; i < out.length; i++) {
            out[i] = map[i / spatialChannels * channels + i % spatialChannels];
        }
        return out;
    }

    private static List<float[]> rows(float[] values, int width, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(values, i * width, (i + 1) * width))
                .toList();
    }

    @Override
    public float[][] probabilities(float[][] given) {
        float[] input = new float[batch * dimension];
        float[][] out = new float[given.length][];
        for (int from = 0; from < given.length; from += batch) {
            int count = Math.min(batch, given.length - from);
            for (int i = 0; i < count; i++) {
                System.arraycopy(given[from + i], 0, input, i * dimension, dimension);
            }
            session.write(features, input);
            classify.run();
            float[] s = session.readFloats(scores);
            for (int i = 0; i < count; i++) {
                out[from + i] = Divergence.softmax(s, i * classes, classes);
            }
        }
        return out;
    }

    @Override
    public void close() {
        session.close();
    }
}
