package dev.tandem.model;

import dev.tandem.engine.Session;
import dev.tandem.tensor.TensorSource;

/**
 * The multi-scale VQ-VAE: the tokenizer of a family of VAR models. Its halves are loaded on first use, since generating
 * needs no encoder.
 */
public final class VqVae {
    private final VqVaeConfig config;
    private final Params params;
    private Quantizer quantizer;
    private VqVaeDecoder decoder;
    private VqVaeEncoder encoder;

    private VqVae(VqVaeConfig config, Params params) {
        this.config = config;
        this.params = params;
    }

    public static VqVae load(VqVaeConfig config, TensorSource source, Session session) {
        return new VqVae(config, new Params(session, source));
    }

    public VqVaeConfig config() {
        return config;
    }

    public Quantizer quantizer() {
        if (quantizer == null) {
            quantizer = new Quantizer(config, params.at("quantize"));
        }
        return quantizer;
    }

    public VqVaeDecoder decoder() {
        if (decoder == null) {
            decoder = new VqVaeDecoder(config, params);
        }
        return decoder;
    }

    public VqVaeEncoder encoder() {
        if (encoder == null) {
            encoder = new VqVaeEncoder(config, params);
        }
        return encoder;
    }
}
