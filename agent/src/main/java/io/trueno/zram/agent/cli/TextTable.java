package io.trueno.zram.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns for people: text to the left, numbers to the right, two spaces between. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param headings of the columns; those that start with {@code >} are aligned to the right
     */
    TextTable(String... headings) {
        rows.add(List.of(headings));
    }

    void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
    }

    @Override
    public String toString() {
        List<String> headings = rows.getFirst();
        StringBuilder text = new StringBuilder();
        line(text, headings.stream().map(h -> h.replaceFirst("^>", "")).toList());
        rows.stream().skip(1).forEach(row -> line(text, row));
        return text.toString();
    }

    private void line(StringBuilder text, List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            String gap = " ".repeat(width(column) - cell.length());
            boolean right = rows.getFirst().get(column).startsWith(">");
            line.append(column == 0 ? "" : "  ").append(right ? gap + cell : cell + gap);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private int width(int column) {
        int width = rows.getFirst().get(column).replaceFirst("^>", "").length();
        for (List<String> row : rows.subList(1, rows.size())) {
            width = Math.max(width, row.get(column).length());
        }
        return width;
    }
}
