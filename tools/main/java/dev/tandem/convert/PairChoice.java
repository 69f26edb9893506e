package dev.tandem.convert;

/**
 * The usual pair as a person names it.
 *
 * @param drafter the part that decodes the first scales
 * @param refiner the part that decodes the rest
 * @param draftSteps how many the drafter decodes, null: as its name says, else as CoDe does
 */
public record PairChoice(String drafter, String refiner, Integer draftSteps) {}
