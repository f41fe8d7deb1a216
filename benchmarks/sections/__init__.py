# SPDX-License-Identifier: MIT
"""A section a file: run_section(context) returns a Section."""


class Table:
    """Rows with the columns that people are shown."""

    def __init__(self, name, title, rows, columns, shown=None):
        self.name, self.title = name, title
        self.rows = rows        # flat dicts: CSV and JSON have all of them
        self.columns = columns  # (key, heading)
        self.shown = shown      # a function of rows: those for people; None: all

    def table_rows(self):
        return list(self.shown(self.rows)) if self.shown else self.rows


class Section(Table):
    """A table, what there is to say, the tables that follow; and for the summary of all sections
    (question, answer) pairs."""

    def __init__(self, name, title, rows, columns, notes=(), shown=None, more=(), answers=()):
        super().__init__(name, title, rows, columns, shown)
        self.notes, self.more, self.answers = list(notes), list(more), list(answers)

    def tables(self):
        """Itself, and those that follow and have rows."""
        return [self] + [table for table in self.more if table.rows]
