package dev.tandem.image.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Links that lead nowhere: "no such file" would be said of a name that everyone can see. */
public final class Links {
    private Links() {}

    /** @throws IOException where the path is a link to nothing; says where it leads */
    public static void check(Path path) throws IOException {
        if (Files.isSymbolicLink(path) && !Files.exists(path)) {
            throw new IOException(path + ": is a link to " + Files.readSymbolicLink(path) + ", which is not there");
        }
    }
}
