package dev.tandem.cli.report;

import dev.tandem.engine.DeviceUse;
import dev.tandem.text.Numbers;

/** Says what a session did with its device. */
public final class DeviceReport {
    private DeviceReport() {}

    public static String of(DeviceUse use) {
        return "device: " + Numbers.bytes(use.bytes()) + " of memory; parameters converted in "
                + Numbers.seconds(use.convertNanos()) + ", " + Numbers.bytes(use.uploaded()) + " uploaded in "
                + Numbers.seconds(use.uploadNanos()) + "; "
                + Numbers.count(use.kernels() - use.storedKernels(), "kernel")
                + " compiled and " + use.storedKernels() + " taken from the cache in "
                + Numbers.seconds(use.compileNanos()) + ", " + Numbers.count(use.programs(), "program")
                + " built and first run in " + Numbers.seconds(use.firstNanos() - use.compileNanos());
    }
}
