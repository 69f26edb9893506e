package dev.tandem.job.set;

import dev.tandem.evaluate.PictureFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A folder that becomes a set: its pictures are PNG files under the names that they have in the set they come from. */
final class SetFolder {
    private SetFolder() {}

    static String file(PictureSet set, int picture) {
        return set.name(picture) + ".png";
    }

    /**
     * Makes sure that a folder will hold this set and no other picture.
     *
     * @throws IOException where it has others already
     */
    static void requireNoOthers(Path folder, PictureSet set) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Set<Path> own = new HashSet<>();
        for (int i = 0; i < set.count(); i++) {
            own.add(folder.resolve(file(set, i)));
        }
        List<Path> others = new ArrayList<>(PictureFolder.list(folder));
        others.removeAll(own);
        if (!others.isEmpty()) {
            throw new IOException("cannot write " + folder + ": it holds " + others.size()
                    + " pictures of another set (" + folder.relativize(others.getFirst()) + "); name another folder");
        }
    }
}
