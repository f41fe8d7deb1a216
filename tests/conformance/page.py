# SPDX-License-Identifier: MIT
"""docs/conformance.md: how many tests of a suite pass, and which do not and why. The page is the list
of exceptions itself: a test that fails and is not there, or is there and passes, fails the run."""
import os
import re

SOURCE = os.environ.get("THRESH_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "..", ".."))
PAGE = os.path.join(SOURCE, "docs", "conformance.md")
NO_REASON = "?"


class Table:
    """The first table behind a heading, in a list of lines: cells by row, and where the rows are."""

    def __init__(self, lines, heading):
        at = lines.index(heading)
        while not lines[at].startswith("| --"):
            at += 1
        self.heads = _cells(lines[at - 1])
        self.begin = self.end = at + 1
        while self.end < len(lines) and lines[self.end].startswith("| "):
            self.end += 1
        self.rows = [_cells(line) for line in lines[self.begin:self.end]]


def _cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _row(cells):
    return "| %s |" % " | ".join(cells)


def _read():
    with open(PAGE, encoding="utf-8") as file:
        return file.read().splitlines()


def _write(lines):
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def hold_counts(heading, column, counts):
    """The column of the table of counts says so: {kind: (right, all)}. What is wrong, or, with goldens
    to be updated, nothing: it then is written."""
    lines = _read()
    table = Table(lines, heading)
    at = [head.split(" ")[0] for head in table.heads].index(column)
    now = [[*row[:1], format(counts[row[0]][1], ","), *row[2:at], format(counts[row[0]][0], ","),
            *row[at + 1:]] for row in table.rows]
    if now == table.rows:
        return []
    if os.environ.get("THRESH_UPDATE_GOLDENS"):
        lines[table.begin:table.end] = map(_row, now)
        _write(lines)
        return []
    return ["should be: " + _row(row) for row, was in zip(now, table.rows) if row != was]


def hold_misses(heading, misses):
    """The table below the heading lists these: {(kind, test): expected}, each with a reason."""
    lines = _read()
    table = Table(lines, heading)
    listed = {(kind, test): (expected, reason) for kind, test, expected, reason in table.rows}
    if os.environ.get("THRESH_UPDATE_GOLDENS"):
        lines[table.begin:table.end] = [
            _row([*miss, expected, listed.get(miss, (expected, NO_REASON))[1]])
            for miss, expected in sorted(misses.items())]
        _write(lines)
        return []
    wrong = ["fails, and is not listed: %s %s, expected %s" % (*miss, expected)
             for miss, expected in misses.items() if miss not in listed]
    wrong += ["is listed, and passes: %s %s" % miss for miss in listed if miss not in misses]
    wrong += ["is listed twice: %s %s" % (row[0], row[1])
              for row in table.rows if [r[:2] for r in table.rows].count(row[:2]) > 1]
    wrong += ["is listed without a reason: %s %s" % miss
              for miss, (_, reason) in listed.items() if reason in ("", NO_REASON)]
    return wrong
