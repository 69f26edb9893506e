package dev.tandem.service;

import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import java.util.List;

/** Pictures that somebody asks for. */
public record DrawRequest(List<Prompt> prompts, SamplingSettings settings) {
    /** Hears, on the session's thread, how the pictures grow. */
    public interface Listener {
        /** Hears nothing. */
        Listener NONE = scale -> {};

        /** Some of the request's pictures have one scale more. */
        void drawn(DrawnScale scale);
    }
}
