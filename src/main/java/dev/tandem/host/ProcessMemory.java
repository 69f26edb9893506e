package dev.tandem.host;

import dev.tandem.text.Numbers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The largest amounts of memory that the process took so far, in bytes.
 *
 * @param peakResident as the system counts it, mapped files included; null where it does not tell
 * @param peakHeap of the Java heap
 */
public record ProcessMemory(Long peakResident, long peakHeap) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    public static ProcessMemory now() {
        long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(p -> p.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(u -> u.getUsed())
                .sum();
        return new ProcessMemory(resident(), heap);
    }

    /** What the machine has, in bytes; as good as unlimited where it does not tell. */
    public static long physical() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    private static Long resident() {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(PEAK)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    @Override
    public String toString() {
        return "peak memory " + (peakResident == null ? "unknown" : Numbers.bytes(peakResident)) + ", of it Java heap "
                + Numbers.bytes(peakHeap);
    }
}
