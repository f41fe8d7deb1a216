# SPDX-License-Identifier: MIT
"""A file is one idea, a function fits a screen."""
FILE_LINES = 400
FUNCTION_LINES = 60


def files(files, link):
    """A file with data and no function is a table, of any length; and the library has one header, the
    contract of all its layers."""
    del link
    for file in files:
        if (not file.is_ours or not file.functions and file.suffix == ".c" or
                file.path == "src/thresh.h"):
            continue
        if len(file.lines) > FILE_LINES:
            yield (file.path, "%d lines" % len(file.lines),
                   "at most %d: which second idea is in it?" % FILE_LINES)


def functions(files, link):
    del link
    for file in files:
        for function in file.functions:
            if len(function.lines) > FUNCTION_LINES and file.is_ours:
                yield ("%s:%d" % (file.path, function.line),
                       "%s has %d lines" % (function.name, len(function.lines)),
                       "at most %d: a step of it that has a name is a function" % FUNCTION_LINES)
