package dev.tandem.decode;

import dev.tandem.engine.Session;
import dev.tandem.model.Quantizer;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.model.VqVaeDecoder;
import dev.tandem.model.VqVaeEncoder;
import dev.tandem.op.Buffer;
import java.util.ArrayList;
import java.util.List;

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
    private VqVaeEncoder.State encoder;
    private VqVaeDecoder.State decoder;

    public Reconstructor(Session session, VqVae vae) {
        this.session = session;
        this.vae = vae;
        this.config = vae.config();
        int side = config.scales().side();
        state = Quantizer.State.allocate(session, config, 1);
        image = session.activations("picture", 1, config.imageSide(), config.imageSide(), 3);
        f = session.floats("f", 1, side, side, config.codeSize());
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

    /** @param pixels [H, W, 3] in [−1, 1], of the model's size */
    public Encoding encode(float[] pixels) {
        if (encoder == null) {
            encoder = new VqVaeEncoder.State(session, config, 1);
        }
        session.write(image, pixels);
        session.program("encode", ops -> vae.encoder().encode(ops, image, encoder, f)).run();
        float[] features = OverflowException.checked(session.readFloats(f), "a picture's features");
        return quantize(features, null);
    }

    /**
     * Sums up given codes, as the transformer's teacher-forced input needs them.
     *
     * @param tokens [L]
     */
    public Encoding embed(int[] tokens) {
        return quantize(null, tokens);
    }

    private Encoding quantize(float[] features, int[] tokens) {
        Scales scales = config.scales();
        if (tokens != null) {
            session.write(state.tokens(), tokens);
        }
        session.program("reset", ops -> ops.fill(state.fHat(), 0)).run();
        List<float[]> fHats = new ArrayList<>();
        for (int i = 0; i < scales.count(); i++) {
            int scale = i;
            session.program("quantize scale " + (i + 1), ops -> {
                        if (features != null) {
                            vae.quantizer().encodeScale(ops, scale, f, state);
                        }
                        vae.quantizer().accumulate(ops, scale, state);
                    })
                    .run();
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
        if (decoder == null) {
            decoder = new VqVaeDecoder.State(session.activations("decoder", VqVaeDecoder.State.elements(config, 1)), config, 1);
        }
        Buffer pixels = session.floats("image", 1, config.imageSide(), config.imageSide(), 3);
        session.write(state.fHat(), fHat);
        session.program("decode", ops -> vae.decoder().decode(ops, state.fHat(), decoder, pixels))
                .run();
        return OverflowException.checked(session.readFloats(pixels), "a picture's pixels");
    }
}
