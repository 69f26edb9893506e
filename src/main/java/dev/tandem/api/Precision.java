package dev.tandem.api;

/** How a device stores weights and activations. */
public enum Precision {
    FP32,
    FP16
}
