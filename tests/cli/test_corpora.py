#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real documents: verdicts and facts agree with two reference validators wherever these agree, and
the bytes of the output are the same for every backend and number of workers."""
import os
import re
import subprocess
import tempfile
import zipfile

from command import backends, main, records, run, table

CORPORA = os.environ["THRESH_CORPORA"]
work = tempfile.TemporaryDirectory()
MUSICXML, UBL, NETEX = (os.path.join(CORPORA, name) for name in ("musicxml", "ubl", "netex"))
zipfile.ZipFile(os.path.join(NETEX, "schema.zip")).extractall(work.name)

# Where the references differ, what XSD 1.0 and Namespaces in XML 1.0 say, by kind of mutant. An
# entity that is not declared in what may be read leaves content unknown: not a verdict of valid.
RULED = {"bad_ref": "invalid", "prefix": "malformed", "space_text": "valid", "undef_ent": "invalid"}


def schemas(directory, root=None):
    with open(os.path.join(directory, "schemas.tsv"), encoding="utf-8") as lines:
        for line in lines:
            namespace, path = line.rstrip("\n").split("\t")
            yield from ("-s", "%s=%s" % (namespace, os.path.join(root or directory, path)))


MUSICXML_SCHEMA = ["-s", os.path.join(MUSICXML, "schema", "musicxml.xsd")]
UBL_SCHEMAS = list(schemas(UBL))
NETEX_SCHEMA = ["-s", os.path.join(work.name, "xsd", "NeTEx_publication.xsd")]
NETEX_SCHEMAS = list(schemas(NETEX, work.name))


def compare(archive, expected, options):
    got = records(archive, *options)
    want = table(expected)
    prefix = os.path.basename(archive) + "!/"
    assert len(got) == len(want), "%d records for %d entries" % (len(got), len(want))
    wrong = []
    for index, (ours, theirs) in enumerate(zip(got, want)):
        verdict = theirs["jdk"]
        if theirs["disagree"] == "*":
            verdict = RULED[theirs["path"].split("/")[0]]
        facts = [ours["verdict"]]
        facts_wanted = [verdict]
        if theirs["elements"] != "-" and verdict != "malformed":
            facts += [ours["root"]["namespace"], ours["root"]["name"], str(ours["elements"]),
                      str(ours["attributes"]), str(ours["depth"])]
            facts_wanted += [theirs["root_ns"], theirs["root_name"], theirs["elements"],
                             theirs["attributes"], theirs["max_depth"]]
        facts += [ours["path"], ours["index"], ours["bytes"]]
        facts_wanted += [prefix + theirs["path"], index, int(theirs["bytes"])]
        if facts != facts_wanted:
            wrong.append("%s: %s, not %s (%s)" % (theirs["path"], facts, facts_wanted,
                                                  ours["errors"][:1]))
        elif (verdict == "invalid") != bool(ours["errors_total"]) and verdict != "malformed":
            wrong.append("%s: %s with %d errors" % (theirs["path"], verdict, ours["errors_total"]))
    assert not wrong, "%d of %d: %s" % (len(wrong), len(want), "\n    ".join(wrong[:20]))


def test_musicxml():
    compare(os.path.join(MUSICXML, "scores.zip"), os.path.join(MUSICXML, "expected.tsv"),
            MUSICXML_SCHEMA)


def test_musicxml_mutants():
    compare(os.path.join(MUSICXML, "mutants.zip"), os.path.join(MUSICXML, "mutants-expected.tsv"),
            MUSICXML_SCHEMA)


def test_ubl():
    compare(os.path.join(UBL, "documents.zip"), os.path.join(UBL, "expected.tsv"), UBL_SCHEMAS)


def test_ubl_mutants():
    compare(os.path.join(UBL, "mutants.zip"), os.path.join(UBL, "mutants-expected.tsv"),
            UBL_SCHEMAS)


def test_netex():
    compare(os.path.join(NETEX, "documents.zip"), os.path.join(NETEX, "expected.tsv"),
            NETEX_SCHEMA)


def test_netex_by_namespace():
    compare(os.path.join(NETEX, "documents.zip"), os.path.join(NETEX, "expected-map.tsv"),
            NETEX_SCHEMAS)


def test_lines_are_near_those_of_the_references():
    """A validator may name the start, the end or the middle of an element; an IDREF without an ID
    is named where it stands, which the references cannot do any more at the document's end."""
    got = records(os.path.join(MUSICXML, "mutants.zip"), *MUSICXML_SCHEMA)
    want = table(os.path.join(MUSICXML, "mutants-expected.tsv"))
    for ours, theirs in zip(got, want):
        lines = [int(theirs[key]) for key in ("xmllint_line", "jdk_line") if theirs[key] != "-"]
        if not ours["errors"] or not lines or ours["errors"][0]["code"] == "cvc-id.1":
            continue
        line = ours["errors"][0]["line"]
        assert min(lines) - 2 <= line <= max(lines) + 2, "%s: %d, not %s" % (ours["path"], line,
                                                                             lines)


def values(directory, archive, options):
    want = table(os.path.join(directory, "values.tsv"))
    names = os.path.join(directory, "values-namespaces.tsv")
    prefixes = []
    if os.path.exists(names):
        for line in open(names, encoding="utf-8"):
            prefixes += ["-N", "=".join(line.rstrip("\n").split("\t"))]
    xpaths = sorted({row["xpath"] for row in want})
    columns = [arg for i, xpath in enumerate(xpaths) for arg in ("-x", "v%d=%s" % (i, xpath))]
    found = {record["path"].split("!/", 1)[1]: record["fields"]
             for record in records(os.path.join(directory, archive), *options, *prefixes, *columns)}
    unescape = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    for row in want:
        if row["count"] == "-":
            assert found[row["path"]] is None, "%s is malformed, yet has values" % row["path"]
            continue
        value = found[row["path"]]["v%d" % xpaths.index(row["xpath"])]
        nodes = value if isinstance(value, list) else [value]
        first = re.sub(r"\\(.)", lambda m: unescape[m.group(1)], row["first"])
        assert len(nodes) == int(row["count"]), "%s %s: %d nodes" % (row["path"], row["xpath"],
                                                                     len(nodes))
        assert not nodes or nodes[0] == first, "%s %s: %r" % (row["path"], row["xpath"], nodes[0])


def test_musicxml_values():
    values(MUSICXML, "scores.zip", [])


def test_ubl_values():
    values(UBL, "documents.zip", UBL_SCHEMAS)


def test_netex_values():
    values(NETEX, "documents.zip", [])


def same_bytes(*arguments):
    for form in ("ndjson", "csv"):
        oracle = run(*arguments, "-f", form, "-b", "sequential").stdout
        assert oracle
        for backend in backends():
            for jobs in (1, 2, 3, 8):
                out = run(*arguments, "-f", form, "-b", backend, "-j", jobs).stdout
                assert out == oracle, "%s with %d workers differs (%s)" % (backend, jobs, form)


def test_same_bytes_musicxml():
    same_bytes(os.path.join(MUSICXML, "scores.zip"), os.path.join(MUSICXML, "mutants.zip"),
               *MUSICXML_SCHEMA, "-x", "parts=count(//part)", "-x", "words=//lyric/text")


def test_same_bytes_ubl():
    same_bytes(os.path.join(UBL, "documents.zip"), os.path.join(UBL, "mutants.zip"), *UBL_SCHEMAS)


def test_same_bytes_netex():
    same_bytes(os.path.join(NETEX, "documents.zip"), *NETEX_SCHEMA)


def test_formats_give_the_same_records():
    formats = os.path.join(CORPORA, "formats")
    oracle = None
    for row in table(os.path.join(formats, "README.tsv")):
        got = records(os.path.join(formats, row["file"]), *MUSICXML_SCHEMA)
        paths = [record.pop("path") for record in got]
        want = table(os.path.join(formats, "expected.tsv"))
        assert [p.rsplit("!/", 1)[1] for p in paths] == [w["path"] for w in want], row["file"]
        oracle = oracle or got
        assert got == oracle, "%s differs" % row["file"]


def test_formats_from_a_pipe():
    """The same through standard input that cannot be sought in."""
    formats = os.path.join(CORPORA, "formats")
    for row in table(os.path.join(formats, "README.tsv")):
        path = os.path.join(formats, row["file"])
        want = records(path, *MUSICXML_SCHEMA)
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
            got = records("-", *MUSICXML_SCHEMA, stdin=cat.stdout.read())
        for record in want + got:
            record["path"] = record["path"].split("!/", 1)[1]
        assert got == want, row["file"]


main()
