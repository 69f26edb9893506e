package dev.tandem.op;

/**
 * What makes the first block's input.
 *
 * @param wordEmbed from a code's vector to the width: [C, Cvae] with bias [C]
 * @param posStart [positions of the first scale, C], added to the condition there
 * @param lvlPos [L, C], the sum of {@code lvl_embed} and {@code pos_1LC} of every position
 */
public record InputWeights(Linear wordEmbed, Weight posStart, Weight lvlPos) {}
