package dev.tandem.cli.terminal;

import dev.tandem.evaluate.PictureSource;
import java.io.IOException;
import java.io.PrintWriter;

/** What becomes of pictures that cannot be read: the first is an error, or all are named and counted. */
public final class UnreadableNotes implements PictureSource.UnreadableListener {
    private final PrintWriter notes;
    private final boolean keepGoing;

    /** @param keepGoing whether to leave out what cannot be read */
    public UnreadableNotes(PrintWriter notes, boolean keepGoing) {
        this.notes = notes;
        this.keepGoing = keepGoing;
    }

    @Override
    public void unreadable(IOException why) throws IOException {
        if (!keepGoing) {
            throw new IOException(why.getMessage() + " (--keep-going leaves such files out)", why);
        }
        notes.println("left out: " + why.getMessage());
    }

    @Override
    public void passedOver(String note) {
        notes.println("note: " + note);
    }
}
