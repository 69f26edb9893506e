package dev.tandem.decode;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.model.Quantizer;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.model.VqVaeDecoder;
import dev.tandem.op.Buffer;
import dev.tandem.op.Ops;
import dev.tandem.op.SamplingState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes pictures, a fixed number at a time: conditions the models on the labels, decodes scale by scale, each with the
 * model that the schedule names, and turns f_hat into pixels. Everything is recorded once and replayed for each batch.
 *
 * @see "VAR: var.py (autoregressive_infer_cfg); CoDe: autoregressive_infer_cfg_draft, …_refine"
 */
public final class Generator {
    /** How often, in pictures, the decoder is run: more at a time costs memory. */
    private final int decodeBatch;

    private final Session session;
    private final Schedule schedule;
    private final SamplingSettings settings;
    private final Scales scales;
    private final int batch;
    private final VqVaeConfig vae;

    private final Buffer labels;
    private final SamplingState sampling;
    private final Quantizer.Kept kept;
    private final Quantizer.State quantizer;
    private final Buffer logits;
    private final Buffer image;
    private final Buffer bytes;

    private final Map<String, Program> conditioning = new LinkedHashMap<>();
    private final List<Program> steps = new ArrayList<>();
    private final List<Buffer> features = new ArrayList<>();
    private final List<Program> decoding = new ArrayList<>();
    private final Program reset;

    /**
     * Allocates and records.
     *
     * @param batch pictures at a time
     * @param decodeBatch how many of them the decoder turns into pixels at a time
     */
    public Generator(Ensemble models, Schedule schedule, SamplingSettings settings, int batch, int decodeBatch) {
        this(models, schedule, settings, batch, decodeBatch, false);
    }

    /** @param edits whether parts of given pictures are to stay, see {@link #keep} */
    public Generator(
            Ensemble models, Schedule schedule, SamplingSettings settings, int batch, int decodeBatch, boolean edits) {
        this.session = models.session();
        this.schedule = schedule;
        this.settings = settings;
        this.batch = batch;
        this.decodeBatch = Math.min(batch, decodeBatch);
        this.vae = models.vae().config();
        this.scales = vae.scales();
        if (schedule.scales() != scales.count()) {
            throw new IllegalArgumentException(
                    "the schedule covers " + schedule.scales() + " scales, the model has " + scales.count());
        }
        settings.checkScales(scales.count());

        labels = session.ints("labels", batch);
        sampling = new SamplingState(
                session.floats("settings", batch, scales.count(), SamplingState.COLUMNS),
                session.ints("seeds", batch, 2));
        kept = edits ? Quantizer.Kept.allocate(session, vae, batch) : null;
        quantizer = Quantizer.State.allocate(session, vae, batch, kept);
        image = session.floats("image", batch, vae.imageSide(), vae.imageSide(), 3);
        bytes = session.ints("image's bytes", batch, (pictureSize() + Integer.BYTES - 1) / Integer.BYTES);

        VarTransformer.Workspace work = VarTransformer.Workspace.allocate(session, need(models));
        logits = work.x();
        Map<String, VarTransformer.State> states = allocate(models, work);
        schedule.models()
                .forEach(name -> conditioning.put(
                        name,
                        session.program(
                                "condition " + name,
                                ops -> models.transformers().get(name).condition(ops, labels, states.get(name)))));
        for (Schedule.Step step : schedule.steps()) {
            VarTransformer transformer = models.transformers().get(step.model());
            VarTransformer.State state = states.get(step.model());
            features.add(transformer.features(state, batch, scales.tokens(step.scale())));
            steps.add(session.program(
                    step.model() + " scale " + (step.scale() + 1),
                    ops -> step(ops, step, transformer, state, models.vae().quantizer())));
        }
        reset = session.program("reset", ops -> ops.fill(quantizer.fHat(), 0));
        recordDecoding(models.vae().decoder(), new VqVaeDecoder.State(work.hidden(), vae, this.decodeBatch));
    }

    /** What all forwards need, and the decoder, which works where a forward has its hidden layer. */
    private VarTransformer.Workspace.Need need(Ensemble models) {
        long decoder = VqVaeDecoder.State.elements(vae, decodeBatch);
        VarTransformer.Workspace.Need need = new VarTransformer.Workspace.Need(0, 0, decoder, 0);
        for (Schedule.Step step : schedule.steps()) {
            VarConfig c = models.transformers().get(step.model()).config();
            int positions = scales.start(step.scale() + 1) - scales.start(step.from());
            int last = scales.tokens(step.scale());
            need = need.max(VarTransformer.Workspace.Need.of(c, batch, guided(step.model()), positions, last));
        }
        return need;
    }

    /** Whether a model decodes a scale with guidance: where none does, it needs no unconditional rows at all. */
    private boolean guided(String model) {
        return schedule.steps().stream().anyMatch(s -> s.model().equals(model) && settings.guided(scales, s.scale()));
    }

    private Map<String, VarTransformer.State> allocate(Ensemble models, VarTransformer.Workspace work) {
        Map<String, VarTransformer.State> states = new LinkedHashMap<>();
        for (String name : schedule.models()) {
            // a model that comes back needs its own memory, the others take turns in the same
            String overlay = schedule.returns(name) ? "kv " + name : "kv";
            states.put(
                    name,
                    VarTransformer.State.allocate(
                            session,
                            models.transformers().get(name).config(),
                            batch,
                            guided(name),
                            schedule.scalesKeptBy(name),
                            schedule.scalesSeenBy(name),
                            overlay,
                            work));
        }
        return states;
    }

    private void recordDecoding(VqVaeDecoder decoder, VqVaeDecoder.State state) {
        int side = scales.side();
        int pixels = vae.imageSide();
        for (int b = 0; b < batch; b += decodeBatch) {
            int n = Math.min(decodeBatch, batch - b);
            Buffer fHat =
                    quantizer.fHat().slice((long) b * side * side * vae.codeSize(), n, side, side, vae.codeSize());
            Buffer pixel = image.slice((long) b * pixels * pixels * 3, n, pixels, pixels, 3);
            Buffer packed = bytes.slice((long) b * bytes.size(1), n, bytes.size(1));
            decoding.add(session.program("decode", ops -> {
                decoder.decode(ops, fHat, state, pixel);
                ops.toBytes(pixel, packed);
            }));
        }
    }

    private void step(
            Ops ops, Schedule.Step step, VarTransformer transformer, VarTransformer.State state, Quantizer codes) {
        int i = step.scale();
        boolean guided = guided(step.model());
        Buffer all = logits(i, guided ? 2 * batch : batch);
        Buffer chosen = logits(i, batch);
        transformer.forward(ops, quantizer.maps(), step.from(), i + 1, state, all);
        if (guided) {
            ops.guide(all, sampling, i);
        }
        ops.sample(chosen, sampling, i, scales.start(i), quantizer.tokens());
        if (settings.smooth()) {
            codes.accumulateSmooth(ops, i, chosen, sampling, quantizer);
        } else {
            codes.accumulate(ops, i, quantizer);
        }
    }

    private Buffer logits(int scale, int rows) {
        return logits.view(rows, scales.tokens(scale), vae.vocabulary());
    }

    public int batch() {
        return batch;
    }

    /**
     * What stays as it is in every picture made from now on.
     *
     * @param fHats per scale, [B, P, P, Cvae]: the f_hat of the given pictures, see {@link Reconstructor.Encoding#fHats}
     * @param mask [B, P, P]: 1 where a new picture is drawn, 0 where the given one stays
     */
    public void keep(List<float[]> fHats, float[] mask) {
        if (kept == null) {
            throw new IllegalStateException("this generator was not made for edits");
        }
        int size = fHats.getFirst().length;
        float[] all = new float[fHats.size() * size];
        for (int i = 0; i < fHats.size(); i++) {
            System.arraycopy(fHats.get(i), 0, all, i * size, size);
        }
        session.write(kept.fHats(), all);
        session.write(kept.mask(), mask);
    }

    /**
     * Makes a batch of pictures.
     *
     * @param prompts exactly {@link #batch} of them
     * @return all pictures, [B, H, W, 3] of 0 to 255
     * @throws OverflowException where logits overflowed
     */
    public byte[] generate(List<Prompt> prompts, GenerationListener listener) {
        return generate(prompts, Collections.nCopies(batch, settings), listener);
    }

    /**
     * Makes a batch of pictures, each with settings of its own.
     *
     * @param own one for each prompt; they must go with the generator's, see {@link SamplingSettings#goesWith}
     */
    public byte[] generate(List<Prompt> prompts, List<SamplingSettings> own, GenerationListener listener) {
        if (prompts.size() != batch || own.size() != batch) {
            throw new IllegalArgumentException("this generator makes " + batch + " pictures, not " + prompts.size());
        }
        int[] seeds = new int[2 * batch];
        for (int b = 0; b < batch; b++) {
            seeds[2 * b] = (int) prompts.get(b).seed();
            seeds[2 * b + 1] = (int) (prompts.get(b).seed() >>> 32);
        }
        session.write(labels, prompts.stream().mapToInt(Prompt::label).toArray());
        session.write(sampling.seeds(), seeds);
        session.write(sampling.settings(), table(own));
        reset.run();
        conditioning.forEach((name, program) -> {
            long start = System.nanoTime();
            program.run();
            await(listener);
            listener.conditioned(name, System.nanoTime() - start);
        });
        List<Schedule.Step> order = schedule.steps();
        for (int i = 0; i < order.size(); i++) {
            long start = System.nanoTime();
            steps.get(i).run();
            await(listener);
            listener.decodedScale(order.get(i), this, System.nanoTime() - start);
        }
        for (int i = 0; i < decoding.size(); i++) {
            long start = System.nanoTime();
            decoding.get(i).run();
            await(listener);
            listener.madePixels(Math.min(decodeBatch, batch - i * decodeBatch), System.nanoTime() - start);
        }
        byte[] made = readPictures();
        checkDrawn(prompts);
        return made;
    }

    private float[] table(List<SamplingSettings> own) {
        int size = scales.count() * SamplingState.COLUMNS;
        float[] all = new float[batch * size];
        for (int b = 0; b < batch; b++) {
            if (!own.get(b).goesWith(settings, scales)) {
                throw new IllegalArgumentException("this generator was not made for " + own.get(b));
            }
            System.arraycopy(own.get(b).table(scales), 0, all, b * size, size);
        }
        return all;
    }

    /** Every position has a code unless logits overflowed; asked once per batch, so that no step waits for the answer. */
    private void checkDrawn(List<Prompt> prompts) {
        int[] tokens = readTokens();
        for (Schedule.Step step : schedule.steps()) {
            for (int b = 0; b < batch; b++) {
                for (int p = scales.start(step.scale()); p < scales.start(step.scale() + 1); p++) {
                    if (tokens[b * scales.length() + p] == SamplingState.NO_CODE) {
                        throw OverflowException.generating(
                                step.model(), step.scale(), scales.count(), prompts.get(b), guided(step.model()));
                    }
                }
            }
        }
    }

    /** Numbers of a picture. */
    private int pictureSize() {
        return vae.imageSide() * vae.imageSide() * 3;
    }

    /** A device goes on with the next part while nobody listens. */
    private void await(GenerationListener listener) {
        if (listener != GenerationListener.NONE) {
            session.await();
        }
    }

    /** Turns f_hat as it stands into pixels; may be asked for after any scale. */
    public void decodeSoFar() {
        decoding.forEach(Program::run);
    }

    /** What was decoded last, [B, H, W, 3] of 0 to 255. */
    public byte[] readPictures() {
        byte[] padded = session.readBytes(bytes);
        int picture = pictureSize();
        int pitch = padded.length / batch;
        if (pitch == picture) {
            return padded;
        }
        byte[] out = new byte[batch * picture];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(padded, b * pitch, out, b * picture, picture);
        }
        return out;
    }

    /** What was decoded last, [B, H, W, 3] in [−1, 1]. */
    public float[] readImage() {
        return session.readFloats(image);
    }

    /**
     * What the head saw at the scale decoded last: the transformer's features after the last norm, [B, l, C], of the
     * conditional rows.
     */
    public float[] readFeatures(int scale) {
        return session.readFloats(features.get(scale));
    }

    /** Guided logits of the scale decoded last, [B, l, V]. */
    public float[] readLogits(int scale) {
        return session.readFloats(logits(scale, batch));
    }

    /** Codes of all scales so far, [B, L]. */
    public int[] readTokens() {
        return session.readInts(quantizer.tokens());
    }

    /** f_hat as it stands, [B, P, P, Cvae]. */
    public float[] readFHat() {
        return session.readFloats(quantizer.fHat());
    }

    /** The maps that feed scales 2 …, [B, L − 1, Cvae]. */
    public float[] readMaps() {
        return session.readFloats(quantizer.maps());
    }
}
