package dev.heartbeat.testkit;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * Writes a table in Markdown: columns of text, then columns of numbers, which are aligned to the right. Each line is passed on
 * as soon as it is known, so that a long measurement shows what it has.
 *
 * <p>Not for several threads at once.
 */
public final class MarkdownTable {

    private final Consumer<? super String> lines;
    private final int columns;

    /**
     * Begins a table with its header.
     *
     * @param lines takes the lines, which have no line separator: {@code System.out::println}
     * @param texts the titles of the columns of text
     * @param numbers the titles of the columns of numbers
     */
    public MarkdownTable(Consumer<? super String> lines, List<String> texts, List<String> numbers) {
        this.lines = lines;
        this.columns = texts.size() + numbers.size();
        StringJoiner titles = line();
        texts.forEach(titles::add);
        numbers.forEach(titles::add);
        lines.accept(titles.toString());
        StringJoiner alignments = new StringJoiner("|", "|", "|");
        Collections.nCopies(texts.size(), "---").forEach(alignments::add);
        Collections.nCopies(numbers.size(), "---:").forEach(alignments::add);
        lines.accept(alignments.toString());
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column, written as by {@link String#valueOf(Object)}
     * @throws IllegalArgumentException if there are more or fewer cells than columns
     */
    public void row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(
                    "cells must be as many as columns, " + columns + ": " + Arrays.asList(cells));
        }
        StringJoiner row = line();
        for (Object cell : cells) {
            row.add(String.valueOf(cell).replace("|", "\\|"));
        }
        lines.accept(row.toString());
    }

    private static StringJoiner line() {
        return new StringJoiner(" | ", "| ", " |");
    }
}
