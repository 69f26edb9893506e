/**
 * What runs on the device: plain static methods that TornadoVM compiles. Conventions:
 *
 * <ul>
 *   <li>{@code d} holds a launch's dimensions and offsets. TornadoVM compiles scalars into a kernel, so they may only be
 *       what makes another kernel anyway (element types, epilogues): one compiled kernel serves all shapes.
 *   <li>An array that is stored as fp32 or as fp16 takes two parameters, of which the other is a stand-in.
 *   <li>Sums run in an order that depends on neither batch nor grid, so that a picture does not either.
 *   <li>No {@code >>>}, no float cast to long, no {@code Math.min} or {@code max} of longs, no division that can be by
 *       zero, no boolean parameters, no methods named as C functions: TornadoVM 5.2 gets them wrong on some back-end.
 * </ul>
 */
package dev.tandem.tornado.element;

