# SPDX-License-Identifier: MIT
"""Rows of dicts as a table for people, as Markdown, and as CSV."""
import csv


def show(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value == 0:
            return "0"
        if abs(value) >= 100:
            return "%.0f" % value
        return "%.1f" % value if abs(value) >= 10 else "%.3g" % value
    return str(value)


def _cells(rows, columns):
    return [[show(row.get(key)) for key, _ in columns] for row in rows]


def text(rows, columns):
    """`columns` are (key, heading) pairs."""
    cells = [[heading for _, heading in columns]] + _cells(rows, columns)
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    numeric = [all(not isinstance(row.get(key), str) for row in rows) for key, _ in columns]
    lines = []
    for line in cells:
        lines.append("  " + "  ".join(cell.rjust(width) if right else cell.ljust(width)
                                      for cell, width, right in zip(line, widths, numeric)).rstrip())
    lines.insert(1, "  " + "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def markdown(rows, columns):
    lines = ["| " + " | ".join(heading for _, heading in columns) + " |",
             "|" + "|".join(" --- " for _ in columns) + "|"]
    lines += ["| " + " | ".join(line) + " |" for line in _cells(rows, columns)]
    return "\n".join(lines)


def write_csv(path, rows):
    keys = []
    for row in rows:
        keys += [key for key in row if key not in keys]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, keys)
        writer.writeheader()
        writer.writerows({k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()}
                         for row in rows)
