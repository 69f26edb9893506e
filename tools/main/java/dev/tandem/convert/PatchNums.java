package dev.tandem.convert;

import dev.tandem.model.Scales;
import dev.tandem.tensor.FormatException;
import java.util.List;

/** Lists of scales. */
final class PatchNums {
    /** Those of the public models for 256 pixels. */
    static final List<Integer> PIXELS_256 = List.of(1, 2, 3, 4, 5, 6, 8, 10, 13, 16);

    private static final int LARGEST = 1024;
    private static final int MOST = 256;

    private PatchNums() {}

    /** @param where what an error message calls their source */
    static Scales scales(String where, List<Integer> patchNums) {
        if (patchNums.size() > MOST || patchNums.stream().anyMatch(pn -> pn > LARGEST)) {
            throw new FormatException(
                    where, "at most " + MOST + " scales of at most " + LARGEST + " tokens a side can be used");
        }
        try {
            return new Scales(patchNums);
        } catch (IllegalArgumentException e) {
            throw new FormatException(where, e.getMessage(), e);
        }
    }
}
