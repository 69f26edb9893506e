package dev.tandem.job.set;

import dev.tandem.job.SampleIndex;
import dev.tandem.job.Shard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the indices beside a folder that {@code sample} drew say of its pictures.
 *
 * @param files relative to the folder, in the order of the job
 */
record SampledFolder(List<Path> files, long[] labels) {

    /**
     * Null where no index is there, or where the folder has pictures that no index tells of.
     *
     * @param files that are there
     */
    static SampledFolder of(Path folder, List<Path> files) throws IOException {
        Map<Path, Integer> labels = new LinkedHashMap<>();
        for (SampleIndex.Head head : indices(folder)) {
            if (head.labels().size() == head.files().size()) {
                for (int i = 0; i < head.files().size(); i++) {
                    labels.put(Path.of(head.files().get(i)), head.labels().get(i));
                }
            }
        }
        Set<Path> there = new HashSet<>(files);
        if (labels.isEmpty() || !labels.keySet().containsAll(there)) {
            return null;
        }
        labels.keySet().retainAll(there);
        return new SampledFolder(
                List.copyOf(labels.keySet()),
                labels.values().stream().mapToLong(Integer::longValue).toArray());
    }

    private static List<SampleIndex.Head> indices(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        if (absolute.getFileName() == null) {
            return List.of();
        }
        SampleIndex.Content whole = SampleIndex.read(SampleIndex.beside(absolute, Shard.ALL));
        if (whole != null) {
            return List.of(whole.head());
        }
        return SampleIndex.shardsBeside(absolute);
    }
}
