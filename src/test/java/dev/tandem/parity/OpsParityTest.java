package dev.tandem.parity;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.fixture.Fixtures;
import dev.tandem.image.Planes;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single operations give what PyTorch gives. */
class OpsParityTest {
    private static final double TOLERANCE = 2e-6;

    private final Safetensors ops = Fixtures.open("ops/expected/ops.safetensors");
    private Session session;

    private void open(String backend) {
        session = Backends.choose(backend).provider().open(SessionOptions.defaults());
    }

    @AfterEach
    void close() {
        if (session != null) {
            session.close();
        }
    }

    private void run(Consumer<Ops> body) {
        session.program("test", body).run();
    }

    /** A feature map [B, C, H, W] as a buffer [B, H, W, C]. */
    private Buffer map(Tensor t) {
        Shape s = t.shape();
        Buffer buffer = session.floats(t.name(), s.dim(0), s.dim(2), s.dim(3), s.dim(1));
        session.write(buffer, Planes.channelsLast(t.toFloats(), s.size(0), s.size(1)));
        return buffer;
    }

    private Buffer mapLike(Tensor t) {
        Shape s = t.shape();
        return session.floats(t.name(), s.dim(0), s.dim(2), s.dim(3), s.dim(1));
    }

    private float[] planes(Buffer map) {
        return Planes.channelsFirst(session.readFloats(map), map.size(0), map.size(3));
    }

    private Weight weight(String name) {
        return session.weight(ops.get(name), null);
    }

    private Weight weight(String name, float[] values, long... dims) {
        return session.weight(Tensor.ofFloats(name, Shape.of(dims), values), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void areaReducesAsAdaptiveAveragePooling(String backend) {
        open(backend);
        for (String name : ops.names()) {
            if (!name.matches("area\\.\\d+\\.to\\d+")) {
                continue;
            }
            Tensor expected = ops.get(name);
            Buffer in = map(ops.get(name.substring(0, name.lastIndexOf('.')) + ".in"));
            int p = expected.shape().size(2);
            Buffer out = session.floats("out", 1, (long) p * p + 3, 2);
            run(o -> o.areaDown(in, p, 3, out));
            Compare.close(name, expected, planes(out.slice(6, 1, p, p, 2)), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void bicubicEnlargesAsPyTorch(String backend) {
        open(backend);
        for (String name : ops.names()) {
            if (!name.matches("bicubic\\.\\d+\\.to\\d+")) {
                continue;
            }
            Tensor expected = ops.get(name);
            Buffer in = map(ops.get(name.replace(".to", ".in_for")));
            Buffer out = mapLike(expected);
            run(o -> o.bicubicUp(in, out));
            Compare.close(name, expected, planes(out), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void activations(String backend) {
        open(backend);
        Tensor in = ops.get("act.in");
        Buffer x = session.floats("x", 1, 4, 64);
        session.write(x, in.toFloats());
        Buffer out = session.floats("out", 1, 4, 64);
        run(o -> o.silu(x, out));
        Compare.close("silu", ops.get("act.silu"), session.readFloats(out), TOLERANCE);

        Linear identity = new Linear(weight("identity", identity(64, 1), 64, 64), weight("zero", new float[64], 64));
        run(o -> o.linearGelu(x, identity, out));
        Compare.close("gelu", ops.get("act.gelu_tanh"), session.readFloats(out), TOLERANCE);

        Buffer zeros = session.floats("ada", 1, 128);
        run(o -> o.adaNorm(x, new Modulation(zeros, 0), new Modulation(zeros, 1), 1e-6f, out));
        Compare.close("layer norm", ops.get("act.layer_norm"), session.readFloats(out), TOLERANCE * 5);
    }

    private static float[] identity(int n, int times) {
        float[] out = new float[times * n * n];
        for (int t = 0; t < times; t++) {
            for (int i = 0; i < n; i++) {
                out[(t * n + i) * n + i] = 1;
            }
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void queriesAreNormalisedAlsoWhereTheyAreZeroOrTiny(String backend) {
        open(backend);
        Tensor in = ops.get("l2.in");
        Buffer x = session.floats("x", 1, 5, 32);
        session.write(x, in.toFloats());
        Buffer q = session.floats("q", 1, 5, 32);
        QkvWeights w = new QkvWeights(
                weight("qkv", identity(32, 3), 96, 32),
                weight("q_bias", new float[32], 32),
                weight("v_bias", new float[32], 32),
                weight("q_scale", new float[] {1}, 1));
        run(o -> o.qkv(
                x,
                w,
                0,
                q,
                session.kvCaches("kv", KvShape.apart(1, 1, 1, 32, 5)).getFirst()));
        Compare.close("l2", ops.get("l2.out"), session.readFloats(q), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void groupNorm(String backend) {
        open(backend);
        Buffer in = map(ops.get("group_norm.in"));
        Buffer out = mapLike(ops.get("group_norm.out"));
        run(o -> o.groupNorm(in, weight("group_norm.weight"), weight("group_norm.bias"), 32, 1e-6f, false, out));
        Compare.close("group norm", ops.get("group_norm.out"), planes(out), TOLERANCE * 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void downsamplingPadsRightAndBelow(String backend) {
        open(backend);
        Buffer in = map(ops.get("downsample.in"));
        Buffer out = mapLike(ops.get("downsample.out"));
        Linear w = new Linear(weight("downsample.weight"), weight("downsample.bias"));
        run(o -> o.conv(in, w, Ops.ConvMode.DOWN, null, out));
        Compare.close("downsample", ops.get("downsample.out"), planes(out), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void phiAddsHalfAConvolution(String backend) {
        open(backend);
        Buffer in = map(ops.get("phi.in"));
        for (int k = 0; k < 4; k++) {
            Tensor expected = ops.get("phi." + k + ".out");
            Buffer fHat = mapLike(expected);
            Linear w = new Linear(weight("phi." + k + ".weight"), weight("phi." + k + ".bias"));
            run(o -> o.phiAdd(in, w, 0.5f, fHat));
            Compare.close("phi " + k, expected, planes(fHat), TOLERANCE);
            run(o -> o.phiAdd(in, w, 0.5f, fHat));
            float[] twice = expected.toFloats();
            for (int i = 0; i < twice.length; i++) {
                twice[i] *= 2;
            }
            Compare.close(
                    "phi " + k + " twice", Tensor.ofFloats("", expected.shape(), twice), planes(fHat), 2 * TOLERANCE);
        }
    }
}
