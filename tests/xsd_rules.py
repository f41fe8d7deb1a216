#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds docs/xsd.md to the code: its tables list every rule that src/xsd names, with the functions that
name it and the tests that see it broken, and no other; and, for a rule of schemas, whether one that breaks
it is refused or run with a warning. With --update all this is written anew; what a rule asks for is for
people to say."""
import glob
import os
import re
import sys

SOURCE = os.environ.get("THRESH_SOURCE_DIR", os.path.join(os.path.dirname(__file__), ".."))
DOCUMENT = os.path.join(SOURCE, "docs/xsd.md")
# A string that is a rule's name or begins with one: "cvc-elt.1", "*-valid-restriction", "cos-nonambig: ...".
RULE = re.compile(r'"((?:[a-zA-Z0-9_]+|\*)(?:-[a-zA-Z0-9_]+)+(?:\.[a-z0-9]+)*|schema_reference\.4)(?:: [^"]*)?"')
FUNCTION = re.compile(r"^[a-zA-Z_][^;={}]*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}", re.M | re.S)
ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \|(?: (error|warning|error or warning) \|)? (.*?) \| (.*?) \|$")


def functions(pattern):
    """(file, function or "", text) of all functions, and what is outside them."""
    for path in sorted(glob.glob(os.path.join(SOURCE, pattern), recursive=True)):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for match in FUNCTION.finditer(text):
            yield path, match.group(1), match.group(2)
        yield path, "", FUNCTION.sub("", text)


def rules():
    """Where each rule is named: {rule: ["function (room/file.c)"]}."""
    found = {}
    for path, function, text in functions("src/xsd/**/*.c"):
        if path.endswith("unicode.c"):  # names of blocks, some with hyphens
            continue
        name = os.path.relpath(path, os.path.join(SOURCE, "src/xsd"))
        place = "`%s` (%s)" % (function, name) if function else name
        for rule in RULE.findall(text):
            if place not in found.setdefault(rule, []):
                found[rule].append(place)
    return found


def broken(rule, tests):
    """What a schema that breaks the rule meets, by the tests that break it."""
    kinds = {"warning" if path.endswith("_lenient.c") else "error" for path, name, text in tests
             if "/test_schema_" in path and name.startswith("test_") and naming(rule).search(text)}
    return " or ".join(sorted(kinds)) or "error"


def places(functions):
    """Many functions of a rule are told by their files."""
    if len(functions) > 4:
        functions = sorted({re.sub(r".*\((.*)\)", r"\1", place) for place in functions})
    return ", ".join(functions)


def naming(rule):
    name = r"\w+" + re.escape(rule[1:]) if rule.startswith("*") else re.escape(rule)
    return re.compile(r'["\s]%s(?![\w-]|\.[a-z0-9])' % name)


def tests_of(rule, tests):
    pattern = naming(rule)
    return ["`%s`" % (name or os.path.basename(path)) for path, name, text in tests
            if (name.startswith("test_") or not name) and pattern.search(text)]


def main():
    found = rules()
    tests = list(functions("tests/unit/xsd/*.c"))
    wrong, lines, listed = [], [], []
    with open(DOCUMENT, encoding="utf-8") as file:
        for line in file.read().splitlines():
            row = ROW.match(line)
            if row:
                rule, asks = row.group(1), row.group(2)
                listed.append(rule)
                if rule not in found:
                    wrong.append("%s: listed, and nothing in src/xsd names it" % rule)
                seen = tests_of(rule, tests)
                cells = ["`%s`" % rule, asks] + ([broken(rule, tests)] if row.group(3) else []) + [
                    places(found.get(rule, [])), ", ".join(seen) or "none"]
                now = "| %s |" % " | ".join(cells)
                if now != line:
                    wrong.append("should be: " + now)
                line = now
            lines.append(line)
    wrong += ["%s: named by %s, and not listed" % (rule, found[rule][0]) for rule in sorted(found)
              if rule not in listed]
    wrong += ["%s: listed twice" % rule for rule in sorted(set(listed)) if listed.count(rule) > 1]
    if "--update" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    for fault in wrong:
        print("docs/xsd.md: " + fault)
    if wrong:
        print("tests/xsd_rules.py --update writes where a rule is named and tested; rows are for people")
    if not listed:
        sys.exit("docs/xsd.md: lists nothing")
    sys.exit(1 if wrong else 0)


main()
