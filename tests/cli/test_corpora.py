#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The corpora of tests/data/make_corpora.py: documents whose verdict, facts and values are known because
of how they were made."""
import os

from command import DATA, main, records, skip, table
from corpus import check_bytes, check_formats, check_pipes, check_records, check_values, schemas

CORPORA = os.path.join(DATA, "corpora")
DOCUMENTS, MUTANTS = (os.path.join(CORPORA, name) for name in ("documents.zip", "mutants.zip"))
FORMATS = os.path.join(CORPORA, "formats")
SCHEMAS = list(schemas(CORPORA))


def expected(name):
    return table(os.path.join(CORPORA, name))


def made():
    """The archives that could be made here, and a word on those that could not."""
    rows = expected("formats.tsv")
    return ([row["file"] for row in rows if row["missing"] == "-"],
            ", ".join("%s (no %s)" % (row["file"], row["missing"]) for row in rows
                      if row["missing"] != "-"))


def test_every_document_has_its_verdict_and_its_facts():
    check_records(DOCUMENTS, expected("expected.tsv"), SCHEMAS)


def test_every_mutant_has_its_verdict_and_the_line_of_its_error():
    check_records(MUTANTS, expected("mutants-expected.tsv"), SCHEMAS)


def test_what_needs_no_schema_is_the_same_without_one():
    rows = expected("expected.tsv")
    for row in rows:
        row["verdict"] = row["verdict"].replace("unmapped", "wellformed")
        row["verdict"] = "wellformed" if row["verdict"] == "valid" else row["verdict"]
    check_records(DOCUMENTS, rows, [])


def test_xpaths_find_what_was_put_there():
    check_values(CORPORA, DOCUMENTS, SCHEMAS)


def test_xpaths_find_the_same_in_a_tree():
    """The last XPath needs one, and then all are answered from it."""
    check_values(CORPORA, DOCUMENTS, [*SCHEMAS, "-x", "tree=//*[last()][false()]"])


def test_every_backend_writes_the_same_bytes():
    check_bytes(DOCUMENTS, MUTANTS, *SCHEMAS, "-N", "l=urn:example:library", "-x", "n=count(//l:book)")


def test_every_format_gives_the_same_records():
    names, missing = made()
    check_formats(FORMATS, names, expected("formats-expected.tsv"), SCHEMAS)
    if missing:
        skip("not made, so not read: " + missing)


def test_every_format_is_read_from_a_pipe():
    names, missing = made()
    check_pipes(FORMATS, names, SCHEMAS)
    if missing:
        skip("not made, so not read: " + missing)


def test_all_verdicts_that_need_no_accident_are_there():
    got = {record["verdict"] for options in (SCHEMAS, []) for archive in (DOCUMENTS, MUTANTS)
           for record in records(archive, *options)}
    assert got == {"valid", "invalid", "wellformed", "malformed", "unmapped", "skipped", "unreadable"}


main()
