/**
 * The TornadoVM back-end. This package has sessions, programs and their task graphs; an operation has a package of its own,
 * in which a {@code …Tasks} class chooses a kernel by shape and device and records its launch, and {@code …Kernels} are
 * what runs on the device: plain static methods that TornadoVM compiles. All kernels are written alike:
 *
 * <ul>
 *   <li>{@code dims} holds a launch's dimensions and offsets, each at the index that a constant beside the kernel names.
 *       TornadoVM compiles scalars into a kernel, so they may only be what makes another kernel anyway (element types,
 *       epilogues): one compiled kernel serves all shapes.
 *   <li>An array that is stored as fp32 or as fp16 takes two parameters, of which the other is a stand-in.
 *   <li>What a work-item keeps in registers must be scalars, each with a name ({@code sum0 … sum3}): TornadoVM puts arrays
 *       of its own into slow memory, and fragments of tensor cores take no index that is computed.
 *   <li>Sums run in an order that depends on neither batch nor grid, so that a picture does not either.
 *   <li>No {@code >>>}, no float cast to long, no {@code Math.min} or {@code max} of longs, no division that can be by
 *       zero, no boolean parameters, no methods named as C functions, no variables as C types: TornadoVM 5.2 gets them wrong
 *       on some back-end.
 *   <li>Barriers stand outside conditions where that can be: what comes after one inside is doubled by PoCL's compiler.
 * </ul>
 */
package dev.tandem.tornado;
