package dev.tandem.decode;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.model.Quantizer;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.model.VqVaeDecoder;
import dev.tandem.model.VqVaeEncoder;
import dev.tandem.op.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes pictures to multi-scale codes and decodes them again, one at a time.
 *
 * @see "VAR: vqvae.py (img_to_idxBl, fhat_to_img), quant.py (f_to_idxBl_or_fhat)"
 */
public final class Reconstructor {
    private final Session session;
    private final VqVae vae;
    private final VqVaeConfig config;
    private final Quantizer.State state;
    private final Buffer image;
    private final Buffer f;
    private final Program reset;
    /** These are recorded when they are first wanted. */
    private Program encode;

    private List<Program> encodeScales;
    private List<Program> embedScales;
    private Program decode;
    private Buffer pixels;

    public Reconstructor(Session session, VqVae vae) {
        this.session = session;
        this.vae = vae;
        this.config = vae.config();
        int side = config.scales().side();
        state = Quantizer.State.allocate(session, config, 1);
        image = session.activations("picture", 1, config.imageSide(), config.imageSide(), 3);
        f = session.floats("f", 1, side, side, config.codeSize());
        reset = session.program("reset", ops -> ops.fill(state.fHat(), 0));
    }

    /**
     * What encoding gives; feature maps are channels-last.
     *
     * @param f [P, P, Cvae]
     * @param tokens [L]
     * @param fHats per scale the sum so far, [P, P, Cvae]
     * @param maps [L − 1, Cvae], what feeds the transformer's scales 2 …
     */
    public record Encoding(float[] f, int[] tokens, List<float[]> fHats, float[] maps) {
        /** The sum of all scales. */
        public float[] fHat() {
            return fHats.getLast();
        }
    }

    /** @param picture [H, W, 3] in [−1, 1], of the model's size */
    public Encoding encode(float[] picture) {
        if (encode == null) {
            VqVaeEncoder.State encoder = new VqVaeEncoder.State(session, config, 1);
            encode = session.program("encode", ops -> vae.encoder().encode(ops, image, encoder, f));
            encodeScales = scales(true);
        }
        session.write(image, picture);
        encode.run();
        return quantize(OverflowException.checked(session.readFloats(f), "a picture's features"), encodeScales);
    }

    /**
     * Sums up given codes, as the transformer's teacher-forced input needs them.
     *
     * @param tokens [L]
     */
    public Encoding embed(int[] tokens) {
        if (embedScales == null) {
            embedScales = scales(false);
        }
        session.write(state.tokens(), tokens);
        return quantize(null, embedScales);
    }

    /** A program per scale; it searches for the nearest codes, or takes those that are given. */
    private List<Program> scales(boolean search) {
        return IntStream.range(0, config.scales().count())
                .mapToObj(scale -> session.program("quantize scale " + (scale + 1), ops -> {
                    if (search) {
                        vae.quantizer().encodeScale(ops, scale, f, state);
                    }
                    vae.quantizer().accumulate(ops, scale, state);
                }))
                .toList();
    }

    private Encoding quantize(float[] features, List<Program> scales) {
        reset.run();
        List<float[]> fHats = new ArrayList<>();
        for (Program scale : scales) {
            scale.run();
            fHats.add(session.readFloats(state.fHat()));
        }
        return new Encoding(features, session.readInts(state.tokens()), fHats, session.readFloats(state.maps()));
    }

    /**
     * Decodes.
     *
     * @param fHat [P, P, Cvae]
     * @return [H, W, 3] in [−1, 1]
     */
    public float[] decode(float[] fHat) {
        if (decode == null) {
            VqVaeDecoder.State decoder = new VqVaeDecoder.State(
                    session.activations("decoder", VqVaeDecoder.State.elements(config, 1)), config, 1);
            pixels = session.floats("image", 1, config.imageSide(), config.imageSide(), 3);
            decode = session.program("decode", ops -> vae.decoder().decode(ops, state.fHat(), decoder, pixels));
        }
        session.write(state.fHat(), fHat);
        decode.run();
        return OverflowException.checked(session.readFloats(pixels), "a picture's pixels");
    }
}
