#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What somebody asks in the first hour with a vocabulary, as it is typed, on every backend: where the
question was wrong, the answer says so, and what to ask instead."""
import csv
import fcntl
import io
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import tarfile
import termios
import zipfile

from command import (SLOW_TYPE, THRESH, archive, backends, main, path, records, run, slow_values, start_program,
                     stats)


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


# -- Schemas

XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"%s>%s</xs:schema>'


def schema(name, content, target=""):
    return path(name, XS % (" targetNamespace='%s' xmlns:t='%s' elementFormDefault='qualified'" % (
        target, target) if target else "", content))


def family(folder):
    """A directory of schemas: two that have namespaces, one in two documents, and two that have none."""
    schema(folder + "/core/types.xsd", "<xs:complexType name='T'><xs:sequence><xs:any namespace='##other'"
           " minOccurs='0'/></xs:sequence></xs:complexType>", "urn:core")
    schema(folder + "/core/core.xsd", "<xs:include schemaLocation='./types.xsd'/>"
           "<xs:element name='core' type='t:T'/>", "urn:core")
    schema(folder + "/module one.xsd", "<xs:element name='module' type='xs:date'/>", "urn:module")
    schema(folder + "/plain.xsd", "<xs:element name='one' type='xs:int'/>")
    schema(folder + "/other.xsd", "<xs:element name='two' type='xs:int'/>")
    path(folder + "/readme.txt", "hello")
    return path(folder)


SCHEMAS = family("schemas")
CORE, MODULE = SCHEMAS + "/core/core.xsd", SCHEMAS + "/module one.xsd"
DOCS = archive("family.zip", {
    "1.xml": '<core xmlns="urn:core"><m:module xmlns:m="urn:module">2024-02-29</m:module></core>',
    "2.xml": '<core xmlns="urn:core"><m:module xmlns:m="urn:module">2024-02-30</m:module></core>',
    "3.xml": '<module xmlns="urn:module">2024-02-29</module>',
    "4.xml": "<one>1</one>", "5.xml": "<two>x</two>", "6.xml": "<three/>", "7.xml": '<a xmlns="urn:a"/>'})


def judged(*arguments, documents=DOCS):
    process = everywhere(documents, *arguments, "--fields", "verdict,schema")
    assert not process.stderr, process.stderr
    return [(r["verdict"], r["schema"]) for r in map(json.loads, process.stdout.splitlines())]


def test_schemas_are_told_apart_by_their_target_namespaces():
    got = judged("-s", CORE, "-s", MODULE)
    assert got == [("invalid", "core.xsd")] * 2 + [("valid", "module one.xsd")] + [("unmapped", None)] * 4, got
    # As before, one without a namespace is for all that no other is for.
    got = judged("-s", "urn:core=" + CORE, "-s", MODULE)
    assert got[2:4] == [("valid", "module one.xsd"), ("invalid", "module one.xsd")], got


def test_all_schemas_of_a_directory_or_an_archive():
    with open(path("schemas.zip"), "wb") as file:
        file.write(zip_of(SCHEMAS))
    with tarfile.open(path("schemas.tar.gz"), "w:gz") as tar:
        tar.add(SCHEMAS, "schemas")
    for schemas in (SCHEMAS, path("schemas.zip"), path("schemas.tar.gz")):
        got = judged("-s", schemas)
        assert [r[0] for r in got] == ["invalid", "invalid", "valid", "valid", "invalid", "unmapped",
                                       "unmapped"], (schemas, got)
        assert [r[1] for r in got[2:5]] == ["module one.xsd", "plain.xsd", "other.xsd"], got
        explained = run(DOCS, "-s", schemas, "--explain").stdout.decode()
        assert "left out   1 that others include" in explained and "types.xsd" not in explained, explained
    broken = run(DOCS, "-s", path("broken.xsd", "<xs:schema xmlns:xs='x'>text<a>"), check=(2,)).stderr
    assert b"broken.xsd:1" in broken, broken
    assert b"has no schema in it" in run(DOCS, "-s", path("none/readme.txt", "x")[:-11], check=(2,)).stderr


def zip_of(folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for directory, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                full = os.path.join(directory, name)
                packed.write(full, os.path.relpath(full, folder))
    return out.getvalue()


def test_several_schemas_put_together_are_one():
    got = judged("-s", CORE + "+" + MODULE)
    assert got[:3] == [("valid", "core.xsd+module one.xsd"), ("invalid", "core.xsd+module one.xsd"),
                       ("valid", "core.xsd+module one.xsd")], got
    assert judged("-s", "urn:core=%s+%s" % (CORE, MODULE))[2] == ("unmapped", None)
    job = path("job.json", json.dumps({"schema": "schemas/core/core.xsd+schemas/module one.xsd"}))
    assert judged("--job", job)[:2] == got[:2]
    schema("a+b.xsd", "<xs:element name='p'/>")
    assert judged("--job", path("plus.json", json.dumps({"schema": "a+b.xsd"})),
                  documents=path("plus.xml", "<p/>")) == [("valid", "a+b.xsd")]


def test_a_payload_is_judged_within_its_envelope():
    envelope = schema("envelope.xsd", "<xs:element name='Envelope'><xs:complexType><xs:sequence><xs:any"
                      " namespace='##other' processContents='lax'/></xs:sequence></xs:complexType>"
                      "</xs:element>", "urn:envelope")
    docs = archive("soap.zip", ['<e:Envelope xmlns:e="urn:envelope"><module xmlns="urn:module">%s</module>'
                                '</e:Envelope>' % date for date in ("2024-02-29", "2024-02-30")])
    assert [r[0] for r in judged("-s", envelope, documents=docs)] == ["valid", "valid"]
    got = judged("-s", envelope + "+" + MODULE, documents=docs)
    assert [r[0] for r in got] == ["valid", "invalid"], got


def test_a_root_chooses_by_its_name():
    got = judged("-s", "root:one=%s/plain.xsd" % SCHEMAS, "-s", "root:core=" + CORE)
    assert got == [("invalid", "core.xsd")] * 2 + [("unmapped", None), ("valid", "plain.xsd")] + [
        ("unmapped", None)] * 3, got
    for name in ("", "a b", "p:one", "1"):
        told = run(DOCS, "-s", "root:%s=%s" % (name, CORE), check=(2,)).stderr.decode()
        assert "names no root" in told, told


def test_documents_choose_by_the_name_of_their_schema_location():
    for name in ("procedure", "description"):
        schema("s1000d/%s.xsd" % name, "<xs:element name='dmodule'><xs:complexType><xs:sequence>"
               "<xs:element name='%s'/></xs:sequence></xs:complexType></xs:element>" % name)
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:%s="%s"'
    docs = archive("s1000d.zip", {
        "1.xml": "<dmodule%s><procedure/></dmodule>" % (xsi % ("noNamespaceSchemaLocation",
                                                               "http://x.example/4-1/procedure.xsd")),
        "2.xml": "<dmodule%s><procedure/></dmodule>" % (xsi % ("noNamespaceSchemaLocation",
                                                               "description.xsd")),
        "3.xml": "<dmodule%s/>" % (xsi % ("noNamespaceSchemaLocation", "xprocedure.xsd"))})
    got = judged("-s", path("s1000d"), "--schema-location", documents=docs)
    assert got[:2] == [("valid", "procedure.xsd"), ("invalid", "description.xsd")], got
    refused = run(docs, "-s", path("s1000d"), check=(2,)).stderr.decode()
    assert "description.xsd" in refused and "such as dmodule" in refused and "--schema-location" in refused
    written = (r"C:\s\procedure.xsd", r"..\s\procedure.xsd", r"..\s/procedure.xsd", "procedure.xsd?x=1",
               "http://x.example/get/procedure.xsd?from=a/description.xsd", "s/procedure.xsd#a/b")
    named = archive("written.zip", ["<dmodule%s><procedure/></dmodule>" % (xsi % (
        "noNamespaceSchemaLocation", location)) for location in written])
    got = judged("-s", path("s1000d"), "--schema-location", documents=named)
    assert got == [("valid", "procedure.xsd")] * len(written), list(zip(written, got))
    for backend in backends():
        alone = run(docs, "--schema-location", "-b", backend, check=(2,))
        assert b"name them with --schema (-s)" in alone.stderr and not alone.stdout, alone
    pairs = "urn:a a.xsd\n urn:core  http://x.example/core.xsd"
    doc = path("pairs.xml", '<core xmlns="urn:core"%s/>' % (xsi % ("schemaLocation", pairs)))
    assert judged("-s", "urn:other=" + CORE, "-s", MODULE, "--schema-location", documents=doc) == [
        ("valid", "core.xsd")]


def test_addresses_that_are_not_at_hand_come_as_one_catalog():
    imports = "".join("<xs:import namespace='urn:%s' schemaLocation='http://x.example/%s.xsd?a=1&amp;b=2'/>" % (
        name, name) for name in "pq")
    for used, status in (("", 0), ("<xs:element ref='p:e' xmlns:p='urn:p'/>", 2)):
        xsd = schema("remote.xsd", imports + "<xs:element name='r'><xs:complexType><xs:sequence>%s"
                     "</xs:sequence></xs:complexType></xs:element>" % used)
        told = run(path("remote.xml", "<r/>"), "-s", xsd, check=(status,)).stderr.decode()
        assert '<uri name="http://x.example/p.xsd?a=1&b' not in told, told  # a line to paste is XML, too
        catalog = told[told.index("<catalog"):told.index("</catalog>") + 10]
        for name in "pq":
            schema("saved-%s.xsd" % name, "<xs:element name='e'/>", "urn:" + name)
            catalog = catalog.replace("LOCAL-FILE", path("saved-%s.xsd" % name), 1)
        again = run(path("remote.xml"), "-s", xsd, "--catalog", path("remote.cat", catalog), check=(0, 1))
        assert not again.stderr, again.stderr


def test_a_dtd_is_no_schema_and_says_what_to_do():
    dtd = path("note.dtd", "<!ELEMENT note (#PCDATA)>")
    told = run(DOCS, "-s", dtd, check=(2,)).stderr.decode()
    assert "trang" in told and "well-formedness" in told, told


def test_a_field_around_an_entity_that_was_not_read_is_null():
    docs = archive("holes.zip", {
        "1.xml": '<!DOCTYPE r [<!ENTITY e SYSTEM "e.txt">]><r><a>before &e; after</a><b>whole</b></r>',
        "2.xml": '<!DOCTYPE r SYSTEM "r.dtd"><r><a>&undeclared;</a><b>whole</b><b>&x;</b></r>'})
    asked = ("-x", "a=string(//a)", "-x", "b=//b", "-x", "n=count(//a)", "-x", "r=/r")
    for more in ((), ("-x", "tree=//b[1]")):
        got = [json.loads(line) for line in everywhere(docs, *asked, *more).stdout.splitlines()]
        assert [r["fields"]["a"] for r in got] == [None, None], got
        assert [r["fields"]["b"] for r in got] == ["whole", None], got
        assert [(r["fields"]["n"], r["fields"]["r"]) for r in got] == [(None, None)] * 2, got
        assert all(r["errors"][0]["kind"] == "entity" and not r["errors"][0]["message"].count("\ufffd")
                   for r in got)
    row = next(csv.DictReader(io.StringIO(run(docs, *asked, "-f", "csv").stdout.decode())))
    assert (row["a"], row["b"], row["n"]) == ("", "whole", ""), row


def test_what_is_a_schema_elsewhere_says_what_to_do():
    for name, content, words in (
            ("a.rnc", "start = element r { text }", "trang x.rnc x.rng"),
            ("a.sch", '<schema xmlns="http://purl.oclc.org/dsdl/schematron"/>', "a.sch: it is Schematron"),
            ("a.wsdl", '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "a.wsdl: it is WSDL; take the schema out")):
        for schemas in ([path(name, content)], [NOTE_XSD, path(name, content)], [NOTE_XSD + "+" + path(name, content)]):
            told = run(NOTES, *[word for one in schemas for word in ("-s", one)], check=(2,)).stderr.decode()
            assert told.startswith("thresh: ") and words in told and told.count("\n") == 1, told


def test_a_prefix_is_a_name_and_bound_once():
    for bindings, words in ((["*=urn:inv"], "'*' is no prefix: a name without a colon is; for names in whatever namespace "
                                            "write *:NAME in the XPath"),
                            (["a:b=urn:inv"], "'a:b' is no prefix"), (["1=urn:inv"], "'1' is no prefix"),
                            (["p=urn:inv", "q=urn:x", "p=urn:y"], "the prefix p is bound twice, to urn:inv and to urn:y; ")):
        told = run(INVOICES, *[word for one in bindings for word in ("-N", one)], "-x", "a=//*:ID", check=(2,)).stderr.decode()
        assert told.startswith("thresh: --namespace: " + words), told
    assert records(INVOICES, "-N", "p=urn:inv", "-N", "p=urn:inv", "-x", "id=//p:ID")[0]["fields"] == {"id": "0"}


def test_an_address_that_only_a_catalog_maps_comes_with_the_line_to_paste():
    line = '<uri name="urn:oasis:names:tc:dita:xsd:commonElementMod.xsd:1.3" uri="LOCAL-FILE"/>'
    catalog = path("dita.cat", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">%s</catalog>' %
                   line.replace("LOCAL-FILE", "common.%s"))
    documents = path("topic.xml", "<topic>x</topic>")
    for end, common, whole in (
            ("xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="text" mixed="true"/></xs:schema>',
             '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="%s"/>'
             '<xs:element name="topic" type="text"/></xs:schema>'),
            ("rng", '<element xmlns="http://relaxng.org/ns/structure/1.0" name="topic"><text/></element>',
             '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><externalRef href="%s"/></start></grammar>')):
        path("common." + end, common)
        schema = path("topic." + end, whole % line.split('"')[1])
        told = run(documents, "-s", schema, check=(2,)).stderr.decode()
        assert told.startswith("thresh: ") and "--catalog FILE with the line " + line in told, told
        with open(catalog, encoding="utf-8") as template:
            mapped = path("mapped.cat", template.read() % end)
        assert records(documents, "-s", schema, "--catalog", mapped)[0]["verdict"] == "valid"


def test_the_plan_names_the_roots_of_schemas_that_share_a_namespace():
    form = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'
    for name, roots in (("topic", ["topic"]), ("map", ["map", "b", "c", "d", "e", "f"]), ("types", [])):
        path("dita/%s.xsd" % name, form % "".join('<xs:element name="%s"/>' % root for root in roots))
    plan = run(INVOICES, "-s", path("dita"), "--explain").stdout.decode()
    begin = "schema     %s for roots in no namespace, its target namespace, "
    for file, roots in (("topic", "named topic:"), ("map", "named map, b, c, d and 2 more:"),
                        ("types", "of which it declares none:")):
        assert begin % path("dita/%s.xsd" % file) + roots in plan, plan


# -- On a terminal

A_XSD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>'


def on_terminal(*arguments, columns=80, utf8=True, progress="--no-progress", **environment):
    """What a terminal of that width is told on both of its streams."""
    leader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = start_program(THRESH, progress, *arguments, stdout=terminal, stderr=terminal,
                            env={**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8" if utf8 else "C", **environment})
    os.close(terminal)
    out = b""
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # all of it
            break
        if not data:
            break
        out += data
    process.wait(timeout=60)
    os.close(leader)
    return out.decode().replace("\r\n", "\n").splitlines()


def test_a_terminal_sees_what_matters():
    many = archive("many.zip", {"%s/%02d.xml" % ("deep/" * 30, i): "<a>%s</a>" % ("x" * 4 ** (i % 5))
                                for i in range(40)})
    shown = on_terminal(many)
    assert len(shown) <= 5 and shown[0] == "40 entries: 40 wellformed", shown
    assert any(line.startswith("sizes 4 B") for line in shown), shown
    listed = on_terminal(many, "-f", "text", columns=60)
    lines = [line for line in listed if line.startswith("wellformed ")]
    assert len(lines) == 40 and all(len(line) == 60 and "\u2026" in line for line in lines), lines[:2]
    assert lines[7].endswith("/07.xml"), lines[7]
    odd = archive("odd.zip", {"%s/a.xml" % ("deep/" * 30): "<record xmlns='http://www.example.org/%s/v1'/>" % ("n" * 90),
                              "%s/a.txt" % ("deep/" * 30): "text", "short.xml": "<a/>"})
    for columns in (60, 80, 120):
        listed = on_terminal(odd, "-s", "=" + path("a.xsd", A_XSD), "-f", "text", columns=columns)
        unmapped, skipped, valid = listed[:3]
        assert len(unmapped) == columns and "a.xml (<reco" in unmapped and unmapped.endswith("n/v1)"), unmapped
        assert len(skipped) == columns and skipped.endswith("/a.txt (not-xml)"), skipped
        assert valid.endswith("short.xml") and len(valid) <= columns, valid
    piped = run(many, "-f", "text").stdout.decode()
    assert "\u2026" not in piped and "deep/" * 30 + "/07.xml" in piped


def test_a_terminal_sees_a_path_of_one_line():
    schema = path("nested.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="level">'
                  '<xs:complexType><xs:sequence><xs:element ref="level" minOccurs="0"/></xs:sequence>'
                  '</xs:complexType></xs:element></xs:schema>')
    for depth in (1, 900):
        nested = path("nested.xml", "<level>" * depth + "<leaf/>" + "</level>" * depth)
        whole = "        at %s/leaf" % ("/level" * depth)
        for columns in (40, 80):
            at, = [line for line in on_terminal(nested, "-s", schema, "-f", "text", columns=columns)
                   if line.startswith("        at ")]
            if depth == 1:
                assert at == whole, at
            else:
                head, tail = at.split("\u2026")
                assert len(at) == columns and whole.startswith(head) and whole.endswith(tail), at
        assert whole in run(nested, "-s", schema, "-f", "text").stdout.decode().splitlines()


def test_a_terminal_has_colours_where_it_may():
    for environment, has in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": "", "TERM": "dumb"}, False),
                             ({"NO_COLOR": "", "TERM": "xterm"}, True)):
        shown = "\n".join(on_terminal(NOTES, **{"TERM": "tmux-256color", **environment}))
        assert ("\x1b[3" in shown and "\x1b[2m" in shown) == has == ("\x1b" in shown), (environment, shown)


def test_progress_keeps_to_the_line_that_it_draws_over():
    for columns in (20, 60, 80, 120):
        shown = on_terminal(archive("some.zip", ["<a>%s</a>" % ("<b/>" * 20000)] * 40), columns=columns,
                            progress="--progress")
        drawn = [line[:-3] for line in shown if line.endswith("\x1b[K")]
        assert any("%" in line for line in drawn) and max(map(len, drawn)) < columns, drawn
        assert any(line.startswith("[") for line in drawn) == (columns >= 60), drawn


def test_a_terminal_is_given_whole_words():
    where = "urn:a:long:namespace:of:some:vocabulary:version:2024"
    xsd = path("long.xsd", XS % (" targetNamespace='%s'" % where, "<xs:element name='note' type='xs:date'/>"))
    docs = archive("long.zip", {"%d.xml" % i: '<note xmlns="%s">%s</note>' % (where, "a value of words" + 8 * " a value of words") for i in range(3)} |
                   {"x%d.xml" % i: '<memo xmlns="%s"/>' % ("urn:x:" * 30) for i in range(2)})
    for columns in (60, 80, 120):
        for asked in ([], ["--group"]):
            shown = on_terminal(docs, "-s", "%s=%s" % (where, xsd), *asked, columns=columns)
            assert all(len(line) <= columns or len(line.split()) == 1 for line in shown[:-2]), (columns, shown)
            message = "Element '{%s}note': '%s' is not a valid value" % (where, "a value of words" + 8 * " a value of words")
            assert " ".join(message.split()) in " ".join(" ".join(shown).split()), shown
    piped = run(docs, "-s", "%s=%s" % (where, xsd), "-f", "text").stdout.decode()
    assert "    line 1: Element '{%s}note': 'a value" % where in piped and " '. [cvc" not in piped


def test_a_terminal_sees_how_fast_a_run_was_over_its_time():
    schema = path("slow.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>'
                  '<xs:sequence><xs:element name="s" maxOccurs="unbounded">%s</xs:element></xs:sequence></xs:complexType>'
                  '</xs:element></xs:schema>' % SLOW_TYPE)
    for n in (100, 1000, 10000):  # until it takes a while on this machine
        slow = archive("slow.zip", ["<a>%s</a>" % slow_values(100, "<s>%s</s>")] * n)
        asked = (slow, "-s", schema, "-b", "sequential")
        shown = on_terminal(*asked)
        rate = [line for line in shown if line.startswith("rate")]
        if rate:
            break
    assert len(rate) == 1 and re.fullmatch("rate  0 s [ \u2581-\u2588]{8,32} [0-9.]+ m?s, at most [0-9.]+ [KMG]?B/s", rate[0]), shown
    assert "\u2588" in rate[0], rate
    assert not any(line.startswith("rate") for line in on_terminal(*asked, utf8=False))
    piped = run(NOTES, "-s", schema, "-f", "text")
    assert b"rate" not in piped.stderr and b"\x1b" not in piped.stderr + piped.stdout, piped.stderr


def test_a_summary_tells_groups_once_and_small_things_in_small_units():
    summary = on_terminal(NOTES, "-s", "urn:note=" + NOTE_XSD, "--group")
    assert sum("cvc-datatype-valid.1.2.1" in line for line in summary) == 1, summary
    last = "\n".join(summary[-2:])
    assert re.match(r"[0-9.]+ K?B in, [0-9.]+ B of XML in [0-9.]+ m?s \(\d+ documents/s, [0-9.]+ [KMG]?B/s\)", last), last


def test_text_says_where_in_short_and_what_no_schema_is_for():
    docs = archive("short.zip", {
        "1.xml": '<e:note xmlns:e="urn:note"><e:on>2024-02-29</e:on><e:on>x</e:on></e:note>',
        "2.xml": '<note xmlns="urn:note"><on>y</on></note>', "3.xml": '<memo xmlns="urn:memo"/>',
        "4.xml": "<plain/>"})
    process = everywhere(docs, "-s", "urn:note=" + NOTE_XSD, "-f", "text")
    text = process.stdout.decode()
    assert "        at /note/on[2]\n" in text and "        at /note/on\n" in text, text
    assert "/3.xml (<memo> in urn:memo)\n" in text and "/4.xml (<plain> in no namespace)\n" in text, text
    summary = process.stderr.decode()
    assert "\n  2  cvc-datatype-valid.1.2.1, 2 documents\n" in summary, summary
    assert "\n  1  unmapped: <memo> in urn:memo\n" in summary, summary


def test_a_second_document_in_a_file_is_named_as_that():
    for second in ("<?xml version='1.0'?>\n<a/>", "<!DOCTYPE a>\n<a/>", "<!-- c -->\n<b/>"):
        record = records(path("two.xml", "<?xml version='1.0'?>\n<a/>\n" + second))[0]
        error = record["errors"][0]
        assert (record["verdict"], error["code"]) == ("malformed", "second-document"), record
        assert error["line"] == (4 if second[:4] == "<!--" else 3), error
    assert records(path("after.xml", "<a/>x"))[0]["errors"][0]["code"] == "document-end"


if __name__ == "__main__":
    main()
