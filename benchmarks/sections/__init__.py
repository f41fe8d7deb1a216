# SPDX-License-Identifier: MIT
"""A section a file: run(context) returns a Section."""


class Section:
    def __init__(self, name, title, rows, columns, notes=(), best=None):
        self.name, self.title = name, title
        self.rows = rows        # flat dicts: CSV and JSON have all of them
        self.columns = columns  # (key, heading): what people are shown
        self.notes = list(notes)
        self.shown = best       # a function of rows: those that are shown; None: all

    def table_rows(self):
        return self.shown(self.rows) if self.shown else self.rows
