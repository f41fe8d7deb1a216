# SPDX-License-Identifier: MIT
"""The C files of the tree, and what is where in them."""
import collections
import os
import re
import subprocess

# A function: its name, the number of its first line, and its lines without comments.
Function = collections.namedtuple("Function", "name line lines")

COMMENT_OR_LITERAL = re.compile(r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
                                re.S | re.X)


class File:
    """`lines` are as they are, `code` the same without comments; both are told by line from 1."""

    def __init__(self, path):
        self.path = path
        self.folder, self.name = os.path.split(path)
        self.stem, self.suffix = os.path.splitext(self.name)
        with open(path, encoding="utf-8") as text:
            self.text = text.read()
        self.lines = self.text.splitlines()
        self.comments = []  # (line, text)
        self.code = COMMENT_OR_LITERAL.sub(self._without_comment, self.text).splitlines()
        self.functions = list(self._functions())
        self.is_ours = path.startswith(("src/", "backends/"))  # or uses what is: tests, examples

    def _without_comment(self, match):
        token = match.group(0)
        if token[0] in "\"'":
            return token
        self.comments.append((self.text.count("\n", 0, match.start()) + 1, token))
        return "\n" * token.count("\n") or " "

    def _functions(self):
        """By the style that clang-format holds: braces of a function stand at the line's start."""
        opened = None
        for at, line in enumerate(self.code):
            if line.startswith("{"):
                opened = at
            elif line == "}" and opened is not None:
                first = opened - 1
                while first > 0 and re.match(r"\s|$", self.code[first]):
                    first -= 1
                name = re.search(r"(\w+)\(", self.code[first])
                yield Function(name.group(1) if name else "?", first + 1, self.code[first:at + 1])
                opened = None

    def matches(self, regex):
        """(line, match) of all that the code holds."""
        compiled = re.compile(regex)
        for number, line in enumerate(self.code, 1):
            for match in compiled.finditer(line):
                yield number, match


def read():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                             "*.c", "*.h"],
                            stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.split()
    return [File(path) for path in listed if os.path.exists(path)]
