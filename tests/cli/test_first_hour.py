#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What somebody asks in the first hour with a vocabulary, as it is typed, on every backend: where the
question was wrong, the answer says so, and what to ask instead."""
import csv
import io
import json
import shlex

from command import archive, backends, main, path, records, run, stats


def everywhere(*arguments, **options):
    """The process on one backend; the others write the same."""
    first = None
    for backend in backends():
        process = run(*arguments, "-b", backend, "-j", "2", **options)
        first = first or process
        assert (process.stdout, process.returncode) == (first.stdout, first.returncode), backend
        told = [[line for line in one.stderr.splitlines() if line.startswith(b"thresh: ")]
                for one in (process, first)]
        assert told[0] == told[1], (backend, told)
    return first


def warnings(process):
    return [line[17:] for line in process.stderr.decode().splitlines()
            if line.startswith("thresh: warning: ")]


INVOICE = '<Invoice xmlns="urn:inv"><ID>%d</ID><Line unit="kg">x</Line></Invoice>'
INVOICES = archive("invoices.zip", [INVOICE % i for i in range(12)] + ["<broken"])


# -- Extractions

def test_an_extraction_that_gives_nothing_is_told_once_with_what_to_ask():
    process = everywhere(INVOICES, "-x", "id=/Invoice/ID", "-x", "kg=count(//Line[@unit='kg'])",
                         "-x", "all=//*", "--stats")
    told = warnings(process)
    assert len(told) == 2 and "names are in no namespace, the documents' roots in urn:inv" in told[0], told
    assert stats(process)["fields"] == {"id": 0, "kg": 0, "all": 12}
    assert stats(process)["fields_empty"] == told
    for line in told:
        for way in line.split("; try ")[1].split(" or "):
            name = line.split(": ")[0].split()[1]
            fields = [r["fields"] for r in records(INVOICES, *shlex.split(way))][:12]
            assert [f[name] for f in fields] == ([1] * 12 if name == "kg" else list(map(str, range(12)))), way


def test_an_extraction_in_another_version_is_told_as_that():
    docs = archive("versions.zip", ['<D xmlns="urn:v%d"><E>1</E></D>' % i for i in range(1, 4)])
    told = warnings(everywhere(docs, "-N", "v=urn:v0", "-x", "e=/v:D/v:E"))
    assert told == ["--extract e: '/v:D/v:E' gives no node in each of 3 documents: its names are in urn:v0, "
                    "the documents' roots in urn:v1 and 2 more; try -x 'e=/*:D/*:E'"], told
    assert not warnings(everywhere(docs, "-N", "v=urn:v2", "-x", "e=/v:D/v:E"))


def test_an_extraction_without_answers_has_no_reason_where_none_shows():
    docs = archive("plain.zip", ["<a><b/></a>", "<a/>"])
    told = warnings(everywhere(docs, "-x", "c=//c", "-x", "none=boolean(//c)", "-x", "b=//b",
                               "-x", "second=//b[2]", "-x", "s=string(//c)"))
    assert told == ["--extract c: '//c' gives no node in each of 2 documents",
                    "--extract second: '//b[2]' gives no node in each of 2 documents",
                    "--extract s: 'string(//c)' gives an empty string in each of 2 documents"], told
    assert not warnings(everywhere(archive("bad.zip", ["<a"]), "-x", "c=//c"))


def test_names_in_whatever_namespace():
    docs = archive("any.zip", ['<D xmlns="urn:v%d" v="%d"/>' % (i, i) for i in range(3)] + ["<D v='3'/>"])
    got = json.loads(b"[%s]" % b",".join(everywhere(docs, "-x", "v=/*:D/@v", "-x",
                                                    "l=//*[local-name()='D']/@v").stdout.splitlines()))
    assert [r["fields"] for r in got] == [{"v": str(i), "l": str(i)} for i in range(4)]
    explained = run(docs, "--explain", "-x", "v=/*:D/@*:v", "-x", "l=//*[local-name()='D']").stdout
    assert b"not built" in explained, explained


# -- Groups

NOTE_XSD = path("note.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:note" elementFormDefault="qualified"><xs:element name="note">
  <xs:complexType><xs:sequence><xs:element name="on" type="xs:date" maxOccurs="unbounded"/></xs:sequence>
  </xs:complexType></xs:element></xs:schema>""")
NOTES = archive("notes.zip", {
    "1.xml": '<note xmlns="urn:note"><on>2024-02-30</on><on>x</on>\n<off/></note>',
    "2.xml": '<note xmlns="urn:note"><on>2024-02-29</on></note>',
    "3.xml": '<note xmlns="urn:note">\n<on>y</on></note>',
    "4.xml": '<memo xmlns="urn:memo"/>', "5.xml": '<memo xmlns="urn:memo"/>', "6.xml": "<plain/>",
    "7.xml": "<broken"})


def test_errors_by_rule():
    arguments = (NOTES, "-s", "urn:note=" + NOTE_XSD, "--group")
    process = everywhere(*arguments, "-f", "ndjson", "--max-errors", "1", "--stats")
    got = [json.loads(line) for line in process.stdout.splitlines()]
    assert got == stats(process)["groups"]
    assert [(g["code"], g["errors"], g["documents"]) for g in got] == [
        ("cvc-datatype-valid.1.2.1", 3, 2), ("unmapped", 2, 2), ("cvc-complex-type.2.4.a", 1, 1),
        ("unmapped", 1, 1), ("tag-in-no-element", 1, 1)][:4] + [(got[4]["code"], 1, 1)], got
    assert got[0]["first"]["path"].endswith("!/1.xml") and got[0]["first"]["line"] == 1
    assert got[1]["first"]["message"] == "no schema is for <memo> in urn:memo"
    assert got[2]["first"]["line"] is None  # over --max-errors: counted, not told
    assert got[3]["first"]["message"] == "no schema is for <plain> in no namespace"
    table = list(csv.DictReader(io.StringIO(everywhere(*arguments, "-f", "csv").stdout.decode())))
    assert [row["errors"] for row in table] == ["3", "2", "1", "1", "1"]
    text = everywhere(*arguments, "-f", "text", "-q").stdout.decode()
    assert "3 in 2 documents  cvc-datatype-valid.1.2.1 (schema)" in text
    assert "notes.zip!/1.xml:1\n" in text
    assert b"give one of" in run(*arguments, "--shard", "1/2", check=(2,)).stderr


if __name__ == "__main__":
    main()
