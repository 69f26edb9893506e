package dev.tandem.op;

/**
 * One vector per picture out of a table of AdaLN vectors (γ, scale or shift).
 *
 * @param table [rows, vectors · C]; batch row r of an activation reads table row min(r, rows − 1), so that all
 *     unconditional rows of a guided batch share the last one
 * @param vector which of the table's vectors, from 0
 */
public record Modulation(Buffer table, int vector) {}
