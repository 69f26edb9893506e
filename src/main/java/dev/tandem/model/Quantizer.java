package dev.tandem.model;

import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The multi-scale residual quantizer: turns a scale's codes into a summand of f_hat, and f_hat into the next scale's
 * input.
 *
 * @see "VAR: quant.py (VectorQuantizer2)"
 */
public final class Quantizer {
    private final VqVaeConfig config;
    private final Weight codebook;
    private final List<Linear> phis;

    Quantizer(VqVaeConfig config, Params p) {
        this.config = config;
        this.codebook = p.weight("embedding.weight", config.vocabulary(), config.codeSize());
        this.phis = switch (config.phiSharing()) {
            case 0 -> phis(p.at("quant_resi"));
            case 1 -> List.of(p.at("quant_resi").conv("qresi", config.codeSize(), config.codeSize(), 3));
            default -> phis(p.at("quant_resi", "qresi_ls"));
        };
    }

    private List<Linear> phis(Params p) {
        return IntStream.range(0, config.phis())
                .mapToObj(i -> p.conv(String.valueOf(i), config.codeSize(), config.codeSize(), 3))
                .toList();
    }

    /**
     * What the quantizer keeps on the device.
     *
     * @param tokens ints [B, L], the codes of all scales
     * @param maps floats [B, L − 1, Cvae], the reduced maps that feed scales 2 … (the original's token_hub)
     * @param fHat floats [B, P, P, Cvae]
     * @param h floats, a scale's code vectors [B, l, Cvae]
     * @param up floats [B, P, P, Cvae]
     * @param kept what an edit leaves as it is, or null
     */
    public record State(Buffer tokens, Buffer maps, Buffer fHat, Buffer h, Buffer up, Kept kept) {
        public static State allocate(Session session, VqVaeConfig c, int pictures) {
            return allocate(session, c, pictures, null);
        }

        public static State allocate(Session session, VqVaeConfig c, int pictures, Kept kept) {
            Scales scales = c.scales();
            int side = scales.side();
            return new State(
                    session.ints("tokens", pictures, scales.length()),
                    session.floats("maps", pictures, scales.length() - 1, c.codeSize()),
                    session.floats("f_hat", pictures, side, side, c.codeSize()),
                    session.floats("h", pictures, (long) side * side, c.codeSize()),
                    session.floats("up", pictures, side, side, c.codeSize()),
                    kept);
        }

        int pictures() {
            return fHat.size(0);
        }
    }

    /**
     * The part of a given picture that an edit leaves as it is.
     *
     * @param fHats floats [S, B, P, P, Cvae]: the picture's own f_hat after each scale
     * @param mask floats [B, P, P]: 1 where new codes count, 0 where the picture's f_hat does
     * @see "CoDe: quant.py (get_next_autoregressive_input_inpaint)"
     */
    public record Kept(Buffer fHats, Buffer mask) {
        public static Kept allocate(Session session, VqVaeConfig c, int pictures) {
            int side = c.scales().side();
            return new Kept(
                    session.floats("kept", c.scales().count(), pictures, side, side, c.codeSize()),
                    session.floats("mask", pictures, side, side));
        }

        Buffer fHat(int scale) {
            int side = fHats.size(2);
            long size = (long) fHats.size(1) * side * side * fHats.size(4);
            return fHats.slice(scale * size, fHats.size(1), side, side, fHats.size(4));
        }
    }

    /** Adds the codes of scale {@code i}, which stand in {@code s.tokens}, to f_hat and makes the next scale's map. */
    public void accumulate(Ops ops, int i, State s) {
        ops.lookup(s.tokens(), config.scales().start(i), codebook, h(i, s));
        accumulateVectors(ops, i, s);
    }

    /** As {@link #accumulate}, with the softened vectors of {@code more_smooth} in place of the codes'. */
    public void accumulateSmooth(Ops ops, int i, Buffer logits, SamplingState sampling, State s) {
        ops.gumbelMix(logits, sampling, i, codebook, h(i, s));
        accumulateVectors(ops, i, s);
    }

    private Buffer h(int i, State s) {
        return s.h().view(s.pictures(), config.scales().tokens(i), config.codeSize());
    }

    private void accumulateVectors(Ops ops, int i, State s) {
        Scales scales = config.scales();
        int pn = scales.patchNum(i);
        Buffer full = s.h().view(s.pictures(), pn, pn, config.codeSize());
        if (i < scales.count() - 1) {
            ops.bicubicUp(full, s.up());
            full = s.up();
        }
        ops.phiAdd(full, phis.get(config.phiOf(i)), config.phiRatio(), s.fHat());
        if (s.kept() != null) {
            ops.blendByMask(s.fHat(), s.kept().fHat(i), s.kept().mask());
        }
        nextMap(ops, i, s);
    }

    /** Reduces f_hat to what feeds the scale after {@code i}; nothing at the last. */
    public void nextMap(Ops ops, int i, State s) {
        Scales scales = config.scales();
        if (i < scales.count() - 1) {
            // the map of position p feeds p + 1, so scale i + 1's maps begin one before its positions
            ops.areaDown(s.fHat(), scales.patchNum(i + 1), scales.start(i + 1) - 1, s.maps());
        }
    }

    /** Chooses the codes of scale {@code i} for the rest f − f_hat, into {@code s.tokens}. */
    public void encodeScale(Ops ops, int i, Buffer f, State s) {
        Scales scales = config.scales();
        int tokens = scales.tokens(i);
        ops.subtract(f, s.fHat(), s.up());
        Buffer rest = s.up().view(s.pictures(), tokens, config.codeSize());
        if (i < scales.count() - 1) {
            rest = h(i, s);
            ops.areaDown(s.up(), scales.patchNum(i), 0, rest);
        }
        ops.nearestCode(rest, codebook, config.normalisedCodes(), scales.start(i), s.tokens());
    }
}
