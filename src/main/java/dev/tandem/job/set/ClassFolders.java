package dev.tandem.job.set;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Classes as folders: one that is called by a number has that number, and where any is called otherwise, each has its
 * place among the sorted names (as torchvision's ImageFolder counts).
 */
final class ClassFolders {
    private static final int FEWEST_DIGITS = 3;
    private static final String NUMBER = "-?\\d{1,18}";

    private ClassFolders() {}

    /**
     * The class of each file; null where one lies in no folder.
     *
     * @param files relative to the set's folder
     */
    static long[] labels(List<Path> files) {
        TreeSet<String> folders = new TreeSet<>();
        for (Path file : files) {
            if (file.getNameCount() < 2) {
                return null;
            }
            folders.add(file.getName(0).toString());
        }
        List<String> sorted = new ArrayList<>(folders);
        boolean numbers = sorted.stream().allMatch(f -> f.matches(NUMBER));
        return files.stream()
                .map(f -> f.getName(0).toString())
                .mapToLong(f -> numbers ? Long.parseLong(f) : sorted.indexOf(f))
                .toArray();
    }

    /** Folders' names, of as many digits each, so that their order is that of the classes. */
    static String[] names(long[] labels) {
        long largest = Arrays.stream(labels).max().orElse(0);
        int digits = Math.max(FEWEST_DIGITS, String.valueOf(largest).length());
        return Arrays.stream(labels)
                .mapToObj(l -> l < 0 ? String.valueOf(l) : String.format(Locale.ROOT, "%0" + digits + "d", l))
                .toArray(String[]::new);
    }
}
