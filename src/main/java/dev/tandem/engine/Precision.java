package dev.tandem.engine;

/** In which type a device keeps weights, activations and caches. Arithmetic is fp32 throughout. */
public enum Precision {
    FP32,
    FP16
}
