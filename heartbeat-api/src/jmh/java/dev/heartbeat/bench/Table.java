package dev.heartbeat.bench;

import java.util.Arrays;
import java.util.Locale;

/** Markdown. */
final class Table {

    private final StringBuilder text = new StringBuilder();

    Table(String title, String... columns) {
        text.append(String.format("%n| %s |", title));
        for (String column : columns) {
            text.append(String.format(" %s |", column));
        }
        text.append(String.format("%n|---|%s%n", "--:|".repeat(columns.length)));
    }

    void row(String name, double... values) {
        row(name, Arrays.stream(values).mapToObj(Table::number).toArray(String[]::new));
    }

    void row(String name, String... cells) {
        text.append(String.format("| %s | %s |%n", name, String.join(" | ", cells)));
    }

    void print() {
        System.out.print(text);
        System.out.flush();
    }

    /** Three digits or so; nothing for what makes no sense. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        double size = Math.abs(value);
        int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 5;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
