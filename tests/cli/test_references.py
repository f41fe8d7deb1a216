#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real documents, where THRESH_CORPORA names them: verdicts and facts agree with two reference validators
(xmllint, and the JDK's) wherever these agree with each other."""
import os
import zipfile

from command import main, path, records, table
from corpus import (check_bytes, check_formats, check_pipes, check_records, check_values,
                    schemas)

CORPORA = os.environ["THRESH_CORPORA"]
MUSICXML, UBL, NETEX, FORMATS = (os.path.join(CORPORA, name)
                                 for name in ("musicxml", "ubl", "netex", "formats"))

# Where the references differ, what XSD 1.0 and Namespaces in XML 1.0 say, by kind of mutant. An
# entity that is not declared in what may be read leaves content unknown: not a verdict of valid.
RULED = {"bad_ref": "invalid", "prefix": "malformed", "space_text": "valid", "undef_ent": "invalid"}

# Both references read the first import of a namespace and leave out the second, in which what these
# documents use is declared. We read every import: they are valid.
ALL_IMPORTS = {"examples/ws_siri_request/siri_netex/exu_dataObject_%s.xml" % name
               for name in ("request", "response", "response_b1", "subscriptionRequest")}

MUSICXML_SCHEMA = ["-s", os.path.join(MUSICXML, "schema", "musicxml.xsd")]
UBL_SCHEMAS = list(schemas(UBL))


def netex(*options):
    """NeTEx's schemas are 400 files; unpacked only where they are asked for."""
    if not os.path.exists(path("xsd")):
        zipfile.ZipFile(os.path.join(NETEX, "schema.zip")).extractall(path())
    return list(options) or ["-s", path("xsd/NeTEx_publication.xsd")]


def expected(directory, name):
    rows = table(os.path.join(directory, name))
    for row in rows:
        row["verdict"] = RULED[row["path"].split("/")[0]] if row["disagree"] == "*" else row["jdk"]
    return rows


def agrees(directory, archive, table_name, options):
    check_records(os.path.join(directory, archive), expected(directory, table_name), options)


def test_musicxml():
    agrees(MUSICXML, "scores.zip", "expected.tsv", MUSICXML_SCHEMA)


def test_musicxml_mutants():
    agrees(MUSICXML, "mutants.zip", "mutants-expected.tsv", MUSICXML_SCHEMA)


def test_ubl():
    agrees(UBL, "documents.zip", "expected.tsv", UBL_SCHEMAS)


def test_ubl_mutants():
    agrees(UBL, "mutants.zip", "mutants-expected.tsv", UBL_SCHEMAS)


def test_netex():
    agrees(NETEX, "documents.zip", "expected.tsv", netex())


def test_netex_by_namespace():
    rows = expected(NETEX, "expected-map.tsv")
    for row in rows:
        if row["path"] in ALL_IMPORTS:
            row["verdict"] = "valid"
    check_records(os.path.join(NETEX, "documents.zip"), rows, netex(*schemas(NETEX, path())))


def test_lines_are_near_those_of_the_references():
    """The references name the start or the end of an element, one this and one that, so a line between
    theirs, or beside them, is as good; an IDREF without an ID is named where it stands, which they cannot
    do any more at the document's end. tests/cli/test_corpora.py has lines that are exact."""
    got = records(os.path.join(MUSICXML, "mutants.zip"), *MUSICXML_SCHEMA)
    want = table(os.path.join(MUSICXML, "mutants-expected.tsv"))
    for ours, theirs in zip(got, want):
        lines = [int(theirs[key]) for key in ("xmllint_line", "jdk_line") if theirs[key] != "-"]
        if not ours["errors"] or not lines or ours["errors"][0]["code"] == "cvc-id.1":
            continue
        line = ours["errors"][0]["line"]
        assert min(lines) - 2 <= line <= max(lines) + 2, "%s: %d, not %s" % (ours["path"], line,
                                                                             lines)


def test_musicxml_values():
    check_values(MUSICXML, os.path.join(MUSICXML, "scores.zip"), [])


def test_ubl_values():
    check_values(UBL, os.path.join(UBL, "documents.zip"), UBL_SCHEMAS)


def test_netex_values():
    check_values(NETEX, os.path.join(NETEX, "documents.zip"), [])


def test_musicxml_is_the_same_bytes_every_way():
    check_bytes(os.path.join(MUSICXML, "scores.zip"), os.path.join(MUSICXML, "mutants.zip"),
                *MUSICXML_SCHEMA, "-x", "parts=count(//part)", "-x", "words=//lyric/text")


def test_ubl_is_the_same_bytes_every_way():
    check_bytes(os.path.join(UBL, "documents.zip"), os.path.join(UBL, "mutants.zip"), *UBL_SCHEMAS)


def test_netex_is_the_same_bytes_every_way():
    check_bytes(os.path.join(NETEX, "documents.zip"), *netex())


def format_names():
    return [row["file"] for row in table(os.path.join(FORMATS, "README.tsv"))]


def test_every_format_gives_the_same_records():
    check_formats(FORMATS, format_names(), table(os.path.join(FORMATS, "expected.tsv")),
                  MUSICXML_SCHEMA)


def test_every_format_is_read_from_a_pipe():
    check_pipes(FORMATS, format_names(), MUSICXML_SCHEMA)


main()
