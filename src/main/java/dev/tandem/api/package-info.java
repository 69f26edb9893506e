/**
 * Tandem for Java programs: load a model, ask it for pictures from any number of threads. This is the only package that
 * is promised to stay.
 *
 * <pre>{@code
 * try (Tandem tandem = Tandem.builder().model(Path.of("weights/demo")).build()) {
 *     GeneratedPicture picture = tandem.generate(Request.of("heart").seed(5));
 *     ImageIO.write(picture.toBufferedImage(), "png", new File("heart.png"));
 * }
 * }</pre>
 */
package dev.tandem.api;
