package dev.heartbeat.bench;

import dev.heartbeat.testkit.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Measurements with three digits or so, printed when all of them are there. */
final class Table {

    private final List<String> lines = new ArrayList<>();
    private final MarkdownTable rows;

    Table(String title, String... columns) {
        rows = new MarkdownTable(lines::add, List.of(title), List.of(columns));
    }

    void row(String name, double... values) {
        row(name, DoubleStream.of(values).mapToObj(Table::number).toArray(String[]::new));
    }

    void row(String name, String... cells) {
        rows.row(Stream.concat(Stream.of(name), Stream.of(cells)).toArray());
    }

    void print() {
        System.out.println();
        lines.forEach(System.out::println);
        System.out.flush();
    }

    /** Nothing for what makes no sense. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        double size = Math.abs(value);
        int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 5;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
