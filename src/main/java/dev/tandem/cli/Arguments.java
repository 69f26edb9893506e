package dev.tandem.cli;

import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.io.Reader;
import java.io.StreamTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the words of the command line uniform: {@code @file} is replaced by the words in it, {@code --top_k} is {@code --top-k}. */
final class Arguments {
    private static final int DEEPEST = 10;

    private Arguments() {}

    static String[] normalise(String[] args) {
        List<String> words = new ArrayList<>();
        expand(List.of(args), words, 0);
        boolean options = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            options &= !word.equals("--");
            if (options && word.startsWith("--")) {
                int end = word.indexOf('=') < 0 ? word.length() : word.indexOf('=');
                words.set(i, word.substring(0, end).replace('_', '-') + word.substring(end));
            }
        }
        return words.toArray(String[]::new);
    }

    private static void expand(List<String> args, List<String> words, int depth) {
        if (depth > DEEPEST) {
            throw new InvalidRequestException("@file", "argument files name each other in a circle");
        }
        for (String arg : args) {
            if (arg.startsWith("@@")) {
                words.add(arg.substring(1));
            } else if (arg.length() > 1 && arg.startsWith("@")) {
                expand(read(Path.of(arg.substring(1))), words, depth + 1);
            } else {
                words.add(arg);
            }
        }
    }

    /** Words between white space, in quotes where they contain some; # begins a comment. */
    private static List<String> read(Path file) {
        List<String> words = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file)) {
            StreamTokenizer tokens = new StreamTokenizer(reader);
            tokens.resetSyntax();
            tokens.wordChars(' ' + 1, Character.MAX_VALUE);
            tokens.whitespaceChars(0, ' ');
            tokens.quoteChar('"');
            tokens.quoteChar('\'');
            tokens.commentChar('#');
            while (tokens.nextToken() != StreamTokenizer.TT_EOF) {
                words.add(tokens.sval);
            }
        } catch (IOException e) {
            throw new InvalidRequestException("@file", "cannot read the argument file " + file, e);
        }
        return words;
    }
}
