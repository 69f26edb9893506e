package dev.tandem.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.image.RgbImage;
import dev.tandem.image.file.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that looks like a picture is passed over in silence. */
class PictureFolderTest {
    @TempDir
    private Path dir;

    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(dir.resolve("set"));
    }

    private static Path picture(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "P3 1 1 255 1 2 3\n");
    }

    /** Names of what was read, and of what could not be. */
    private static List<String> read(Path set, List<String> unreadable) throws IOException {
        try (PictureFolder pictures = PictureFolder.open(set, Reading.AS_STORED)) {
            int read = 0;
            for (List<RgbImage> some = pictures.next(2, why -> unreadable.add(why.getMessage()));
                    !some.isEmpty();
                    some = pictures.next(2, why -> unreadable.add(why.getMessage()))) {
                read += some.size();
            }
            assertEquals(pictures.count(), read + unreadable.size());
            return pictures.files().stream()
                    .map(f -> set.relativize(f).toString())
                    .toList();
        }
    }

    private static List<String> notes(Path set) throws IOException {
        try (PictureFolder pictures = PictureFolder.open(set, Reading.AS_STORED)) {
            return pictures.notes();
        }
    }

    @Test
    void linksAreFollowed() throws IOException {
        Path elsewhere = dir.resolve("elsewhere");
        picture(elsewhere.resolve("b.png"));
        Files.createSymbolicLink(folder.resolve("a.png"), picture(dir.resolve("one.png")));
        Files.createSymbolicLink(folder.resolve("class"), elsewhere);
        Path link = Files.createSymbolicLink(dir.resolve("link"), folder);
        List<String> unreadable = new ArrayList<>();
        assertEquals(List.of("a.png", "class/b.png"), read(link, unreadable));
        assertEquals(List.of(), unreadable);
        assertEquals(List.of(), notes(link));
    }

    @Test
    void linksToNothingCountAsUnreadable() throws IOException {
        picture(folder.resolve("a.png"));
        Files.createSymbolicLink(folder.resolve("b.png"), dir.resolve("gone.png"));
        Files.createSymbolicLink(folder.resolve("class"), dir.resolve("gone"));
        List<String> unreadable = new ArrayList<>();
        assertEquals(List.of("a.png", "b.png", "class"), read(folder, unreadable));
        assertEquals(2, unreadable.size());
        assertTrue(unreadable.getFirst().contains("is a link to " + dir.resolve("gone.png")), unreadable.getFirst());
    }

    @Test
    void linksThatLeadBackEnd() throws IOException {
        picture(folder.resolve("a.png"));
        Files.createSymbolicLink(folder.resolve("self"), folder);
        Files.createSymbolicLink(folder.resolve("self.png"), folder.resolve("self.png"));
        List<String> unreadable = new ArrayList<>();
        assertEquals(List.of("a.png", "self.png"), read(folder, unreadable));
        assertEquals(1, unreadable.size());
        assertEquals(List.of(folder + ": passed over 1 link back to a folder that it lies in (self)"), notes(folder));
    }

    @Test
    void hiddenFilesAndFoldersArePassedOverWithACount() throws IOException {
        picture(folder.resolve("a.png"));
        picture(folder.resolve("._a.png"));
        picture(folder.resolve(".ipynb_checkpoints/a-checkpoint.png"));
        picture(folder.resolve("__MACOSX/a.png"));
        Files.writeString(folder.resolve(".DS_Store"), "x");
        List<String> unreadable = new ArrayList<>();
        assertEquals(List.of("a.png"), read(folder, unreadable));
        assertEquals(List.of(folder + ": passed over 3 hidden files and folders (._a.png, …)"), notes(folder));
        // a folder that is named by whoever started the program counts, hidden or not
        assertEquals(List.of("a-checkpoint.png"), read(folder.resolve(".ipynb_checkpoints"), unreadable));
    }

    @Test
    void everyNameOfAPictureCounts() throws IOException {
        List<String> names = List.of(
                "a.JPEG", "a.PNG", "a.avif", "a.bmp", "a.gif", "a.heic", "a.jfif", "a.jp2", "a.jpe", "a.jpg", "a.pbm",
                "a.pgm", "a.pnm", "a.ppm", "a.tif", "a.tiff", "a.webp");
        for (String name : names) {
            picture(folder.resolve(name));
        }
        Files.writeString(folder.resolve("readme.txt"), "P3 is not meant");
        assertEquals(names, read(folder, new ArrayList<>()));
        assertEquals(List.of(), notes(folder));
    }

    @Test
    void picturesUnderOtherNamesAreNamed() throws IOException {
        picture(folder.resolve("a.png"));
        Files.write(folder.resolve("photo"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0});
        assertEquals(List.of(folder + ": passed over 1 picture whose name does not say so (photo)"), notes(folder));
    }

    @Test
    void anEmptyFolderSaysWhatItHas() throws IOException {
        picture(folder.resolve(".hidden/a.png"));
        String message = assertThrows(RuntimeException.class, () -> PictureFolder.open(folder, Reading.AS_STORED))
                .getMessage();
        assertTrue(message.contains("holds no pictures") && message.contains("1 hidden file or folder"), message);
    }
}
