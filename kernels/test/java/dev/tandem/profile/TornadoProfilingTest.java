package dev.tandem.profile;

import org.junit.jupiter.api.Test;

/** A device is profiled as the CPU is. */
class TornadoProfilingTest {
    private final ProfilingSessionTest tests = new ProfilingSessionTest();

    @Test
    void aProfiledRunDrawsTheSamePicture() {
        tests.aProfiledRunDrawsTheSamePicture("tornado");
    }
}
