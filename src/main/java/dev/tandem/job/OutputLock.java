package dev.tandem.job;

import dev.tandem.host.AtomicFile;
import dev.tandem.host.FolderLock;
import java.io.IOException;
import java.nio.file.Path;

/** Makes sure that one run at a time works on an output that several runs may go on with. */
public final class OutputLock {
    private OutputLock() {}

    /**
     * Takes the lock.
     *
     * @param output what is locked; for shards of one folder their indices, since they may share the folder
     * @param name what people call it
     * @throws IOException at once where another run has it
     */
    public static FolderLock take(Path output, Path name) throws IOException {
        try {
            return FolderLock.tryTake(FolderLock.besideFile(output))
                    .orElseThrow(() -> new IOException("cannot write " + name
                            + ": another run is at work on it; let it end, or name another output"));
        } catch (java.nio.file.FileSystemException e) {
            throw AtomicFile.failure(name, e);
        }
    }
}
