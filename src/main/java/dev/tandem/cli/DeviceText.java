package dev.tandem.cli;

import dev.tandem.engine.DeviceUse;

/** Says what a session did with its device. */
final class DeviceText {
    private DeviceText() {}

    static String of(DeviceUse use) {
        return "device: " + Numbers.bytes(use.bytes()) + " of memory; parameters converted in "
                + Numbers.seconds(use.convertNanos()) + ", " + Numbers.bytes(use.uploaded()) + " uploaded in "
                + Numbers.seconds(use.uploadNanos()) + "; " + Numbers.count(use.kernels() - use.storedKernels(), "kernel")
                + " compiled and " + use.storedKernels() + " taken from the cache in "
                + Numbers.seconds(use.compileNanos()) + ", " + Numbers.count(use.programs(), "program")
                + " built and first run in " + Numbers.seconds(use.firstNanos() - use.compileNanos());
    }
}
