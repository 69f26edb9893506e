package dev.tandem.op;

/**
 * Losses over logits [B, l, V]: each writes the loss of every position, and the gradient of (1/B) · Σ weight · loss with
 * respect to the logits, fused with the softmax.
 */
public interface LossOps {
    /**
     * −log softmax(logits)[token].
     *
     * @param tokens ints [B, L], L ≥ l: the first l of every row are used
     * @param weights floats [l], how much a position counts
     * @param loss out, floats [B, l]
     * @param gLogits out, overwritten
     */
    void crossEntropy(Buffer logits, Buffer tokens, Buffer weights, Buffer loss, Buffer gLogits);

    /** Which way a distance between two distributions is looked at. */
    enum Divergence {
        /** KL(teacher ‖ student) = Σ p_T (log p_T − log p_S), as CoDe's code has it. */
        TEACHER_STUDENT,
        /** KL(student ‖ teacher) = Σ p_S (log p_S − log p_T), as its article writes. */
        STUDENT_TEACHER
    }

    /**
     * The divergence between a teacher's distribution and the student's.
     *
     * @param teacher floats [B, l, V]
     */
    void divergence(Divergence direction, Buffer logits, Buffer teacher, Buffer weights, Buffer loss, Buffer gLogits);
}
