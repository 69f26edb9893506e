package dev.tandem.cli.report;

import java.io.PrintWriter;
import java.util.Map;

/** A command's result, for programs and for people. */
public interface Report {
    /** Maps, lists, texts and numbers. */
    Map<String, Object> json();

    /** A few lines. */
    void text(PrintWriter out);
}
