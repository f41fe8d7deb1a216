#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pages.py OPTION_ROWS [--update]: the options in man/thresh.1 (of man/thresh.1.in) and in README.md
are those of the program's rows, which OPTION_ROWS (man/option_rows.c, built) prints. Says what is stale
and fails, or with --update writes it."""
import json
import os
import re
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BLOCK = re.compile(r"(<!-- options: (.*?) -->\n).*?(<!-- end of options -->\n)", re.S)


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def written(row):
    """The names of an option with their argument: ("-j", "--jobs", "=N")."""
    argument = row["argument"] or ""
    if argument and not argument.startswith("[="):
        argument = "=" + argument
    return "-" + row["letter"] if row["letter"] else "", "--" + row["name"], argument


def sections(rows):
    """The rows by their sections, in order of first sight."""
    found = {}
    for row in rows:
        found.setdefault(row["section"], []).append(row)
    return found


# -- README.md

def markdown_row(row):
    short, name, argument = written(row)
    names = "`%s`, `%s%s`" % (short, name, argument) if short else "`%s%s`" % (name, argument)
    return "| %s | %s |" % (names, row["text"].replace("|", "\\|").replace("<", "&lt;"))


def markdown(title, rows):
    return "\n".join(["| %s | |" % title, "| --- | --- |", *map(markdown_row, rows)]) + "\n"


def readme(tables):
    found = sections(tables["run"] + tables["command"])

    def block(match):
        titles = match.group(2).split(", ")
        return match.group(1) + "\n".join(markdown(title, found.pop(title)) for title in titles) \
            + match.group(3)
    text = BLOCK.sub(block, read("README.md"))
    if found:
        sys.exit("README.md has no table for the options of: %s" % ", ".join(found))
    return text


# -- man/thresh.1

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def roff_row(row):
    short, name, argument = map(roff, written(row))
    names = r"\fB%s\fR, \fB%s\fR" % (short, name) if short else r"\fB%s\fR" % name
    value = re.sub(r"[A-Z]+", r"\\fI\g<0>\\fR", argument)
    return ".TP\n%s%s\n%s\n" % (names, value, roff(row["text"]))


def roff_rows(rows, heading):
    return "".join("%s %s\n%s" % (heading, title, "".join(map(roff_row, group)))
                   for title, group in sections(rows).items())


def examples(text):
    return "".join(roff(line.strip()) + "\n" for line in text.splitlines())


def man_page(tables):
    return read("man/thresh.1.in").replace("@VERSION@", tables["version"]) \
        .replace("@EXAMPLES@\n", examples(tables["examples"])) \
        .replace("@OPTIONS@\n", roff_rows(tables["run"] + tables["command"], ".SS")) \
        .replace("@TUNE@\n", "".join(map(roff_row, sections(tables["tune"])["Measuring"])))


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    tables = json.loads(subprocess.run(arguments, stdout=subprocess.PIPE, check=True).stdout)
    stale = []
    for name, text in (("README.md", readme(tables)), ("man/thresh.1", man_page(tables))):
        if os.path.exists(os.path.join(SOURCE, name)) and read(name) == text:
            continue
        stale.append(name)
        if "--update" in sys.argv:
            with open(os.path.join(SOURCE, name), "w", encoding="utf-8") as file:
                file.write(text)
    if stale and "--update" not in sys.argv:
        sys.exit("%s: the options in it are not those of the program; refresh it by\n  %s %s --update"
                 % (" and ".join(stale), os.path.relpath(__file__), arguments[0]))


main()
