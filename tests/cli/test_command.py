#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command as a user types it: options, inputs, formats, exit statuses, messages."""
import csv
import gzip
import io
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import tarfile
import time
import zipfile
from random import Random

from command import (LIMIT, ORDER, SAMPLE, THRESH, archive, backends, main, path, records, run, skip,
                     start, stats, unfinished_bytes)

def fails(*arguments, status=2, **options):
    """The one line on standard error of a run that did not complete."""
    process = run(*arguments, check=None, **options)
    assert process.returncode == status, "exit %d: %s" % (process.returncode, process.stderr)
    lines = process.stderr.decode().strip().splitlines()
    assert lines and lines[0].startswith("thresh: "), lines
    return lines[0]


GOOD = archive("good.zip", {"a.xml": "<a>1</a>", "b.xml": "<b/>"})
NOTE_XSD = path("note.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:note" elementFormDefault="qualified"><xs:element name="note">
  <xs:complexType><xs:sequence><xs:element name="to" type="xs:string"/></xs:sequence></xs:complexType>
  </xs:element></xs:schema>""")
MEMO_XSD = path("memo.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:memo"><xs:element name="memo" type="xs:date"/></xs:schema>""")
MIXED = archive("mixed.zip", {
    "1.xml": '<note xmlns="urn:note"><to>you</to></note>',
    "2.xml": '<memo xmlns="urn:memo">2024-02-30</memo>',
    "3.xml": '<memo xmlns="urn:memo"> 2024-02-29 </memo>',
    "4.xml": "<other/>",
    "5.xml": "<broken",
    "readme.txt": "hello",
})


# -- Verdicts and the record

def test_sample_archive():
    got = records(SAMPLE, "-s", ORDER)
    bad = {r["path"].rsplit("-", 1)[1][:-4]: r for r in got if r["verdict"] != "valid"}
    assert len(got) == 120 and set(bad) == {"date", "missing", "extra", "keyref", "sku", "malformed"}
    assert bad["malformed"]["verdict"] == "malformed" and bad["malformed"]["elements"] is None
    assert bad["date"]["errors"][0]["line"] == 3
    assert bad["keyref"]["errors"][0]["code"] == "cvc-identity-constraint.4.3"
    assert bad["sku"]["errors"][0]["path"].endswith("/@sku")


def test_keys_of_the_record_come_in_their_order():
    line = run(GOOD, "-f", "ndjson").stdout.splitlines()[0]
    keys = [key for key, _ in json.loads(line, object_pairs_hook=list)]
    assert keys == ["path", "index", "verdict", "bytes", "root", "namespaces", "elements",
                    "attributes", "depth", "text_bytes", "schema", "fields", "errors",
                    "errors_total"], keys


def test_schema_by_namespace():
    got = records(MIXED, "-s", "urn:note=" + NOTE_XSD, "-s", "urn:memo=" + MEMO_XSD)
    assert [r["verdict"] for r in got] == ["valid", "invalid", "valid", "unmapped", "malformed",
                                           "skipped"]
    assert [r["schema"] for r in got[:4]] == ["note.xsd", "memo.xsd", "memo.xsd", None]
    assert got[5]["reason"] == "not-xml"


def test_schema_for_roots_in_no_namespace_and_for_all_others():
    xsd = path("plain.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                            '<xs:element name="other"/></xs:schema>')
    got = records(MIXED, "-s", "=" + xsd, "-s", NOTE_XSD)
    assert [r["schema"] for r in got[:4]] == ["note.xsd", "note.xsd", "note.xsd", "plain.xsd"]
    assert got[3]["verdict"] == "valid"


def test_relax_ng():
    rng = path("note.rng", """<element name="note" ns="urn:note"
      xmlns="http://relaxng.org/ns/structure/1.0"><element name="to"><text/></element></element>""")
    docs = archive("rng.zip", {"1.xml": '<note xmlns="urn:note"><to>x</to></note>',
                               "2.xml": '<note xmlns="urn:note">\n<from/></note>'})
    got = records(docs, "-s", rng)
    assert [r["verdict"] for r in got] == ["valid", "invalid"]
    assert got[1]["errors"][0]["path"] and got[1]["errors"][0]["code"] == "relaxng"


def test_encodings():
    text = '<a b="\u00e4">\u00fc\u20ac</a>'
    documents = {}
    for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-15", "windows-1252"):
        declared = name if name[:6] != "utf-16" else "utf-16"
        documents[name + ".xml"] = ("<?xml version='1.0' encoding='%s'?>%s" % (declared, text)).encode(name)
    documents["bom.xml"] = b"\xef\xbb\xbf" + text.encode()
    documents["iso-8859-1.xml"] = ("<?xml version='1.0' encoding='ISO-8859-1'?>%s"
                                   % text.replace("\u20ac", "\u00a4")).encode("iso-8859-1")
    documents["mislabelled.xml"] = b"<?xml version='1.0' encoding='utf-8'?><a>\xfc</a>"
    got = {r["path"].split("!/")[1]: r for r in records(archive("enc.zip", documents),
                                                       "-x", "t=string(//a)", "-x", "b=string(//@b)")}
    assert got.pop("mislabelled.xml")["verdict"] == "malformed"
    for name, record in got.items():
        assert record["verdict"] == "wellformed", record
        want = "\u00fc\u00a4" if name == "iso-8859-1.xml" else "\u00fc\u20ac"
        assert record["fields"] == {"t": want, "b": "\u00e4"}, record


def test_every_import_is_read():
    for name in "ab":
        path("imp-%s.xsd" % name, """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
          targetNamespace="urn:i"><xs:element name="%s"/></xs:schema>""" % name)
    xsd = path("imp.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="urn:i" schemaLocation="imp-a.xsd"/>
      <xs:import namespace="urn:i" schemaLocation="imp-b.xsd"/></xs:schema>""")
    got = run(path("imp.xml", '<b xmlns="urn:i"/>'), "-s", xsd)
    assert not got.stderr and got.returncode == 0


def test_an_import_that_leads_nowhere_is_missed_where_it_is_needed():
    schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:g="urn:gone">
      <xs:import namespace="urn:gone" schemaLocation="gone.xsd"/>
      <xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="../nowhere/xml.xsd"/>
      <xs:element name="r"><xs:complexType><xs:attribute ref="xml:lang"/>%s</xs:complexType></xs:element>
      </xs:schema>"""
    doc = path("lang.xml", '<r xml:lang="de"/>')
    spare = run(doc, "-s", path("spare.xsd", schema % ""))
    assert spare.returncode == 0 and b"spare.xsd:2: the import of urn:gone is left out" in spare.stderr
    assert run(path("lang-bad.xml", '<r xml:lang="d-"/>'), "-s", path("spare.xsd", schema % "")).returncode == 1
    needed = run(doc, "-s", path("needed.xsd", schema % '<xs:attribute ref="g:a"/>'), check=(2,))
    assert needed.returncode == 2 and b"gone.xsd is not there" in needed.stderr


def test_a_schema_that_breaks_a_constraint_is_used_with_a_warning_or_strictly_not():
    xsd = path("final.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:simpleType name="t" final="restriction"><xs:restriction base="xs:int"/></xs:simpleType>
      <xs:element name="a"><xs:simpleType><xs:restriction base="t"/></xs:simpleType></xs:element>
      <xs:element name="b"><xs:simpleType><xs:restriction base="t"/></xs:simpleType></xs:element>
      </xs:schema>""")
    doc = path("final.xml", "<a>1</a>")
    got = run(doc, "-s", xsd, "--stats", "-q", check=(0,))
    assert b"st-props-correct.3" in run(doc, "-s", xsd, "-q", check=(0,)).stderr
    assert [w.split(": ")[:2] for w in stats(got)["warnings"]] == [
        ["%s:%d" % (xsd, line), "st-props-correct.3"] for line in (3, 4)]
    told = run(doc, "-s", xsd, "-s", "urn:x=" + xsd, check=(0,)).stderr.decode().splitlines()
    assert [line[:16] for line in told if "st-props-correct.3" in line] == ["thresh: warning:"] * 2, told
    job = path("strict.json", json.dumps({"schema": xsd, "strict-schema": True}))
    for options in (("-s", xsd, "--strict-schema"), ("--job", job)):
        strict = run(doc, *options, check=(2,))
        assert strict.stderr.startswith(b"thresh: %s:3: st-props-correct.3: " % xsd.encode()), strict
        assert b"by --strict-schema, and there are 1 more" in strict.stderr and not strict.stdout
    assert run(doc, "-s", path("note.xsd"), "--strict-schema", "--stats").stderr.count(b'"warnings": []')


def test_a_schema_is_a_file():
    os.mkfifo(path("schema.pipe"))
    for name in ("/dev/zero", "/dev/null", path("schema.pipe")):
        assert "is a device or a pipe; --schema names a file" in fails(GOOD, "-s", name)
    os.mkdir(path("without"))
    assert "has no schema in it" in fails(GOOD, "-s", path("without"))
    assert "catalog cannot be read" in fails(GOOD, "-s", NOTE_XSD, "--catalog", "/dev/zero")


def test_common_namespaces_are_served_whatever_their_address():
    """But not beside a file, which may have another edition."""
    schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="http://www.w3.org/XML/1998/namespace" %s/>%s
      <xs:element name="r"><xs:complexType><xs:attribute ref="xml:%s"/></xs:complexType></xs:element>
      </xs:schema>"""
    addresses = ("", 'schemaLocation="../W3C/xml.xsd"', 'schemaLocation="http://www.w3.org/2001/xml.xsd"')
    for i, address in enumerate(addresses):
        xsd = path("served-%d.xsd" % i, schema % (address, "", "lang"))
        for text, rc in (('<r xml:lang="de"/>', 0), ('<r xml:lang="d-"/>', 1)):
            got = run(path("served.xml", text), "-s", xsd, "-q", check=(rc,))
            assert not got.stderr, got
    path("my-xml.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
      targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:int"/>
      <xs:attribute name="mine" type="xs:int"/></xs:schema>""")
    xsd = path("served-own.xsd", schema % (addresses[2], '<xs:import namespace="http://www.w3.org/XML/1998'
               '/namespace" schemaLocation="my-xml.xsd"/>', "mine"))
    run(path("served.xml", '<r xml:mine="1"/>'), "-s", xsd, check=(0,))


def test_a_schema_document_is_one_by_whatever_address():
    path("circle-b.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b"
      xmlns:a="urn:a"><xs:import namespace="urn:a" schemaLocation="http://example.org/a.xsd"/>
      <xs:element name="b"><xs:complexType><xs:sequence><xs:element ref="a:i"/></xs:sequence></xs:complexType>
      </xs:element></xs:schema>""")
    path("circle-c.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a">
      <xs:include schemaLocation="http://example.org/d.xsd"/><xs:include schemaLocation="./circle%20d.xsd"/>
      </xs:schema>""")
    path("circle d.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>""")
    xsd = path("circle-a.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a"
      xmlns:a="urn:a"><xs:include schemaLocation="circle-c.xsd"/>
      <xs:import namespace="urn:b" schemaLocation="http://example.org/b.xsd"/>
      <xs:element name="i" type="a:t"/></xs:schema>""")
    names = {"a": "circle-a.xsd", "b": "circle-b.xsd", "d": "circle%20d.xsd"}
    catalog = path("circle.cat", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">' + "".join(
        '<uri name="http://example.org/%s.xsd" uri="%s"/>' % row for row in names.items()) + "</catalog>")
    for text, rc in (("1", 0), ("x", 1)):
        doc = path("circle.xml", '<b xmlns="urn:b"><i xmlns="urn:a">%s</i></b>' % text)
        got = run(doc, "-s", xsd, "--catalog", catalog)
        assert got.returncode == rc and not got.stderr.startswith(b"thresh:"), got
    assert "libxml2" not in run(doc, "--explain", "-s", xsd, "--catalog", catalog).stdout.decode()


def test_namespaces_in_order_of_first_sight():
    doc = path("ns.xml", '<a xmlns="u1" xmlns:p="u2"><b xmlns:p="u3"/><c xmlns="u1" xmlns:q="u4"/></a>')
    line = records(doc)[0]
    assert list(line["namespaces"].items()) == [("", "u1"), ("p", ["u2", "u3"]), ("q", "u4")]
    assert (line["elements"], line["attributes"], line["depth"]) == (3, 0, 2)


def test_a_path_selects_the_node_at_fault():
    doc = path("where.xml", '<note xmlns="urn:note"><to/><p:to xmlns:p="urn:x"/></note>')
    error = records(doc, "-s", NOTE_XSD)[0]["errors"][0]
    assert error["path"] == "/*[name()='note']/p:to[1]", error


def test_a_path_counts_the_elements_of_its_name():
    xsd = path("counted.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r">
      <xs:complexType><xs:choice maxOccurs="unbounded"><xs:element name="s" type="xs:int"/>
      <xs:element name="t"/></xs:choice></xs:complexType></xs:element></xs:schema>""")
    doc = path("counted.xml", "<r><s>1</s><t/><s>2</s><t/><s>x</s><s>y</s></r>")
    assert [e["path"] for e in records(doc, "-s", xsd)[0]["errors"]] == ["/r/s[3]", "/r/s[4]"]


def test_lines_past_65535():
    doc = path("long.xml", "<note xmlns='urn:note'><to>" + "\n" * 70000 + "</to><x/></note>")
    error = records(doc, "-s", NOTE_XSD)[0]["errors"][0]
    assert error["line"] == 70001, error


def test_errors_are_counted_beyond_those_told():
    doc = path("many.xml", '<m xmlns="urn:memo">' + "<x/>" * 5 + "</m>")
    xsd = path("list.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="l">
      <xs:complexType><xs:sequence><xs:element name="d" type="xs:date" maxOccurs="unbounded"/>
      </xs:sequence></xs:complexType></xs:element></xs:schema>""")
    doc = path("many.xml", "<l>" + "<d>x</d>\n" * 50 + "</l>")
    record = records(doc, "-s", xsd, "--max-errors", 3)[0]
    assert len(record["errors"]) == 3 and record["errors_total"] == 50


def test_truth_before_the_librarys_habits():
    documents = {"prefix.xml": "<p:a/>", "twice.xml": '<a xmlns:x="u" xmlns:y="u" x:k="" y:k=""/>',
                 "unbound.xml": '<a xmlns:p=""/>', "nul.xml": b"<a/>\0<b>", "ok.xml": "<a/>"}
    got = records(archive("truth.zip", documents))
    assert [r["verdict"] for r in got] == ["malformed"] * 4 + ["wellformed"]


SCANNED = [
    b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<!-- - -->"
    b"<!DOCTYPE note PUBLIC '-//F//DTD n//EN' \"n.dtd\">\n<?p i?><note xmlns='urn:note'>\r\n"
    b"\t<to>x\r\n&#xe9;&amp;]]&gt; ]</to>\r\n</note ><!---->\n",
    '<\u00e9 a\u00fc="\u4e00"><b:c xmlns:b="u" b:d=\'"\' d="&lt;&#9;\r\n\tx"/><b/><b></b\n></\u00e9>'.encode(),
    b'<a xmlns="u"><b xmlns=""><c xml:lang="x" xml:space=" "/></b><![CDATA[]]]>\r\n]]></a>',
    b'<p:a xmlns:p="u" xmlns:q="v"><p:b q:k="1" p:k="2" k="3"/><?xml-p ?x?>\n text\n</p:a>',
    b'<?xml version="1.0" encoding="ISO-8859-1"?><note xmlns="urn:note">\n\n \xe9\n<to>\xe9</to></note>',
]


def mutants(n):
    """Documents that are nearly right, the same in every run."""
    random = Random(1)
    pieces = [b"<", b">", b"/", b"&", b"&amp;", b"&#65;", b"&#0;", b"&e;", b"]]>", b"--", b"<!--", b"-->",
              b"<?", b"?>", b"<![CDATA[", b"\r", b"\n", b"\r\n", b"\0", b"\x01", b"\xc3\xa9", b"\xff",
              b"\xed\xa0\x80", b"\xef\xbf\xbe", b" ", b":", b"=", b'"', b"'", b"xmlns", b' xmlns:q="w"',
              b' xmlns=""', b"xml", b"</b>", b"<b/>", b"<!DOCTYPE a>", b"\xef\xbb\xbf", b"a", b"1", b"-"]
    for _ in range(n):
        text = random.choice(SCANNED)
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(text) + 1)
            text = text[:at] + random.choice(pieces) + text[at + random.choice((0, 0, 1, 4)):]
        yield text


def test_one_record_whichever_way_a_document_is_read():
    """An XPath may ask for a tree, which libxml2 builds; without one our scanner reads, and answers
    the other XPaths on the way."""
    documents = {"%04d.xml" % i: text for i, text in enumerate([*SCANNED, *mutants(3000)])}
    name = archive("ways.zip", documents)
    schema = ["-s", "urn:note=" + NOTE_XSD, "--max-errors", "9"]
    for field, xpath in enumerate((
            "//*", "//@*", "/*/*", "*/@*", "//to | //@k", "//q:b/@q:*", "//q:*//b", ".//c/@xml:lang",
            "count( //b | //c|/* )",
            "//q:b[@q:k][ @k = '3' ]", "/*[@*]/*[@q:d='\"']/@d", "//c[@xml:space=' ']", "count(//*[@k])", "string(//to)", "string(//none)", "boolean(//@d)", "boolean(/none)",
            "sum(//@k)", "number(//@k)", "number(//none)", "sum(/none)")):
        schema += ["-x", "x%d=%s" % (field, xpath)]
    schema += ["-N", "q=u"]
    scanned, parsed = records(name, *schema), records(name, *schema, "-x", "tree=//*[false()]")
    kinds = set()
    for one, other in zip(scanned, parsed):
        if other["fields"]:
            del other["fields"]["tree"]
        assert one == other, (documents[one["path"].split("/")[-1].split("!")[-1]], one, other)
        kinds.add(one["verdict"])
    assert kinds == {"valid", "invalid", "malformed", "unmapped"}, kinds


def test_references_in_attributes_are_characters():
    schema = path("rd.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r">'
                            '<xs:complexType><xs:attribute name="a"><xs:simpleType><xs:restriction '
                            'base="xs:string"><xs:enumeration value="R&amp;D"/></xs:restriction>'
                            '</xs:simpleType></xs:attribute></xs:complexType></xs:element></xs:schema>')
    documents = {"a.xml": '<r a="R&amp;D"/>', "b.xml": '<r a="R&#38;D"/>', "c.xml": '<r a="R&#x26;D"/>',
                 "d.xml": '<!DOCTYPE r [<!ENTITY e "x">]><r a="R&amp;D"/>', "e.xml": '<r a="R&amp;amp;D"/>'}
    for extract in ([], ["-x", "n=1"]):
        got = records(archive("rd.zip", documents), "-s", schema, *extract)
        assert [r["verdict"] for r in got] == ["valid"] * 4 + ["invalid"], got


def test_entities_are_replaced_and_never_fetched():
    doc = path("entity.xml", '<!DOCTYPE a [<!ENTITY e "<i>x</i>"><!ENTITY f SYSTEM "/etc/passwd">]>'
                             "<a>&e;&e;</a>")
    assert records(doc)[0]["elements"] == 3
    leak = path("leak.xml", '<!DOCTYPE note [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
                            '<note xmlns="urn:note"><to>&f;</to></note>')
    record = records(leak, "-s", NOTE_XSD, "-x", "to=string(/*)")[0]
    assert record["verdict"] == "invalid" and record["errors"][0]["code"] == "external-entity"
    assert "root:" not in json.dumps(record)


def test_a_run_that_leaves_content_unread_is_not_good():
    unread = {
        "external.xml": '<!DOCTYPE a [<!ENTITY f SYSTEM "f.xml">]><a>&f;</a>',
        "subset.xml": '<!DOCTYPE a SYSTEM "a.dtd"><a>&f;</a>',
        "attribute.xml": '<!DOCTYPE a SYSTEM "a.dtd"><a b="&f;"/>',
        "parameter.xml": '<!DOCTYPE a [<!ENTITY % f SYSTEM "f.ent">%f;]><a>&g;</a>',
        "defaults.xml": '<!DOCTYPE a [<!ENTITY % f SYSTEM "f.ent">%f;]><a/>'}
    read = {
        "none.xml": '<!DOCTYPE a SYSTEM "a.dtd"><a/>',
        "declared.xml": '<!DOCTYPE a [<!ENTITY f SYSTEM "f.xml"><!ENTITY % g SYSTEM "g">]><a/>',
        "alone.xml": '<?xml version="1.0" standalone="yes"?><!DOCTYPE a [<!ENTITY % g SYSTEM "g">%g;]><a/>',
        "internal.xml": '<!DOCTYPE a [<!ENTITY f "x">]><a>&f;</a>'}
    for documents, n in ((unread, len(unread)), (read, 0), ({**unread, **read}, len(unread))):
        name = archive("unread-%d-%d.zip" % (n, len(documents)), documents)
        for backend in backends():
            process = run(name, "-b", backend, "--stats", "--max-errors", "0", check=(1 if n else 0,))
            said = stats(process)
            assert said["unread"] == n and said["good"] == (n == 0), said
            assert said["verdicts"]["wellformed"] == len(documents), said
        text = run(name, "-f", "text", "-q", check=(1 if n else 0,)).stdout.decode()
        assert all((document in text) == (document in unread) for document in documents), text
        summary = run(name, "-f", "text").stderr.decode()
        assert ("; %d refer to entities that were not read" % n in summary) == (n > 0), summary
    name = archive("unread-schema.zip", {
        name: text.replace("<a", "<note").replace("</a", "</note") for name, text in unread.items()})
    assert stats(run(name, "-s", NOTE_XSD, "--stats", check=(1,)))["unread"] == len(unread)


# -- Extraction

def test_extraction_types():
    doc = path("x.xml", '<a xmlns:p="u"><b>1</b><b>2</b><c>one</c><p:d k="v"/></a>')
    fields = records(doc, "-N", "q=u", "-x", "many=//b", "-x", "one=//c", "-x", "none=//z",
                     "-x", "n=count(//b)", "-x", "t=boolean(//b)", "-x", "s=string(//c)",
                     "-x", "at=//q:d/@k", "-x", "nan=number('x')", "-x", "half=1 div 2")[0]["fields"]
    assert fields == {"many": ["1", "2"], "one": "one", "none": [], "n": 2, "t": True, "s": "one",
                      "at": "v", "nan": "NaN", "half": 0.5}, fields


def test_explain_says_which_xpath_needs_a_tree():
    tree = [line for xpaths in (["a=//b"], ["a=//b", "c=//b[1]"]) for line in run(
        "--explain", GOOD, *sum((["-x", x] for x in xpaths), [])).stdout.decode().splitlines()
        if line.startswith("tree ")]
    assert len(tree) == 2 and "not built" in tree[0] and tree[1].endswith("the XPath of c"), tree


def test_predicates_may_be_children():
    doc = path("children.xml", "<a><ab><xd/></ab><ab><yd/></ab><ab xd=''/></a>")
    fields = records(doc, "-x", "n=count(//ab[xd])", "-x", "m=count(//ab[@xd])")[0]["fields"]
    assert fields == {"n": 1, "m": 1}, fields


def test_bad_xpaths_are_refused_before_any_work():
    assert "from character 5 on" in fails(GOOD, "-x", "a=//b[")
    assert "from character 15 on" in fails(GOOD, "-x", "a=//order[count(]")
    assert "--namespace p=URI" in fails(GOOD, "-x", "a=//p:b")
    assert "NAME=XPATH" in fails(GOOD, "-x", "nothing")
    assert "two fields" in fails(GOOD, "-x", "a=1", "-x", "a=2")


# -- Formats and output

def test_csv_reads_back():
    doc = path("csv/odd \"name\", 1.xml", "<a><b>x,\"y\"\nz</b></a>")
    out = run(doc, "-f", "csv", "-x", "b=//b", "-x", "n=count(//b)").stdout.decode()
    row = list(csv.DictReader(io.StringIO(out)))[0]
    assert row["path"] == doc and row["b"] == 'x,"y"\nz' and row["n"] == "1"
    assert row["verdict"] == "wellformed" and row["elements"] == "2" and row["errors_total"] == "0"


def test_fields_picks_parts_of_the_record():
    assert list(records(GOOD, "--fields", "path,verdict")[0]) == ["path", "verdict"]
    assert "namespaces" not in records(GOOD, "--fields=-namespaces,errors")[0]
    assert "has no part" in fails(GOOD, "--fields", "colour")


def test_text_and_quiet():
    out = run(MIXED, "-s", "urn:note=" + NOTE_XSD, "-f", "text")
    assert b"valid      %s!/1.xml" % MIXED.encode() in out.stdout and b"not-xml" in out.stdout
    assert b"6 entries: " in out.stderr
    alone = run(path("alone.xml", "<a/>"), "-f", "text").stderr
    assert alone.startswith(b"1 entry: 1 wellformed\n") and b"compiled" not in alone, alone
    quiet = run(MIXED, "-s", "urn:note=" + NOTE_XSD, "-f", "text", "-q")
    assert b"1.xml" not in quiet.stdout and b"5.xml" in quiet.stdout and not quiet.stderr


def test_text_shows_values_and_how_much_it_leaves_out():
    doc = path("many.xml", "<note xmlns='urn:note'>%s<to>b</to></note>" % ("<to a='1'>a|\x7f</to>" * 9))
    process = run(doc, "-s", NOTE_XSD, "-f", "text", "--max-errors", "1", "-N", "n=urn:note",
                  "-x", "to=//n:to", "-x", "n=count(//n:to)")
    out = process.stdout.decode()
    assert out.count("    line ") == 1 and "    and 17 more\n" in out, out
    assert "    n: 10\n" in out and re.search(r"^    to: a.*\|b$", out, re.M), out
    assert "\x7f" not in out


def test_a_message_has_an_end():
    """A name of a document may be as long as it likes; what is told of it is cut between characters."""
    for name in ("n" * 4000, "\u00fc" * 2001, "\u20ac" * 1500):
        doc = path("long.xml", "<%s></b>" % name)
        (error,) = records(doc)[0]["errors"]
        assert error["message"].endswith("\u2026") or name not in error["message"], error
        assert len(error["message"].encode()) <= 2000, len(error["message"])


def test_output_file_is_complete_or_absent():
    out = path("out.ndjson")
    run(GOOD, "-o", out)
    assert open(out, "rb").read() == run(GOOD).stdout
    fails("nothing-there.zip", "-o", path("never.ndjson"))
    assert not os.path.exists(path("never.ndjson"))
    assert not [name for name in os.listdir(path()) if name.startswith("out.ndjson.")]
    assert "cannot be written" in fails(GOOD, "-o", "/nonexistent/out")
    assert "is a directory" in fails(GOOD, "-o", path())


def test_output_is_written_where_standard_streams_are_closed():
    """As a daemon may start it: the file then has one of their numbers."""
    want = run(SAMPLE, "-f", "ndjson")
    for closed in "<&-", "<&- >&-", "<&- >&- 2>&-":
        out = path("closed.ndjson")
        done = subprocess.run(["sh", "-c", '"$@" ' + closed, "sh", THRESH, SAMPLE, "-o", out], check=False,
                              timeout=LIMIT, stderr=subprocess.DEVNULL)
        assert done.returncode == want.returncode, closed
        with open(out, "rb") as file:
            assert file.read() == want.stdout, closed
        os.unlink(out)


def test_output_replaces_nothing_that_is_read():
    feed = path("own/feed.zip", open(GOOD, "rb").read())
    before = open(feed, "rb").read()
    os.symlink("feed.zip", path("own/link.zip"))
    os.link(feed, path("own/hard.zip"))
    for out in (feed, path("own/link.zip"), path("own/hard.zip"), path("own/../own/feed.zip")):
        for given in ((feed,), (path("own"),), (MIXED, path("own/link.zip")), ("--explain", feed)):
            line = fails(*given, "-o", out)
            assert "--output would replace it" in line, (given, out, line)
    with open(feed, "rb") as given:
        process = subprocess.run([THRESH, "-", "-o", feed], stdin=given, stderr=subprocess.PIPE,
                                 stdout=subprocess.PIPE, timeout=60, check=False)
        assert process.returncode == 2 and b"standard input: is an input" in process.stderr, process
    assert open(feed, "rb").read() == before and os.path.islink(path("own/link.zip"))
    assert sorted(os.listdir(path("own"))) == ["feed.zip", "hard.zip", "link.zip"]
    for given in (["-s", NOTE_XSD], ["-s", "urn:note=" + NOTE_XSD]):
        assert "note.xsd: is read by this run" in fails(MIXED, *given, "-o", NOTE_XSD)
    includes = path("own-inc.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import '
                    'namespace="urn:note" schemaLocation="%s"/></xs:schema>' % os.path.basename(NOTE_XSD))
    os.link(NOTE_XSD, path("own-hard.xsd"))
    path("own-b.rng", '<text xmlns="http://relaxng.org/ns/structure/1.0"/>')
    grammar = path("own.rng", '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0">'
                              '<externalRef href="own-b.rng"/></element>')
    for schema, out in ((includes, NOTE_XSD), (includes, path("own-hard.xsd")),
                        (grammar, path("own-b.rng"))):
        before = open(out, "rb").read()
        assert "is read by this run" in fails(GOOD, "-s", schema, "-o", out)
        assert open(out, "rb").read() == before
    job, names = path("own.json", "{}"), path("own.list", GOOD)
    assert "own.json: is read" in fails(GOOD, "--job", job, "-o", job)
    assert "own.list: is read" in fails("--files-from", names, "-o", names)
    assert open(NOTE_XSD).read().startswith("<xs:schema") and open(names).read() == GOOD


def test_output_may_lie_in_a_directory_that_is_read():
    path("results/a.xml", "<a/>")
    out = path("results/out.ndjson")
    run(path("results"), "-o", out)
    assert [r["verdict"] for r in map(json.loads, open(out))] == ["wellformed"]
    assert "with --exclude" in fails(path("results"), "-o", out)
    run(path("results"), "-o", out, "--exclude", "out.ndjson")
    assert [r["verdict"] for r in map(json.loads, open(out))] == ["wellformed", "skipped"]


def test_a_dash_is_standard_output():
    process = subprocess.run([THRESH, GOOD, "-o", "-"], stdout=subprocess.PIPE, cwd=path(), timeout=60,
                             check=True)
    assert process.stdout == run(GOOD).stdout and not os.path.exists(path("-"))


def test_output_keeps_what_was_there_when_a_run_fails():
    out = path("kept.ndjson", "before")
    fails(GOOD, "-s", path("not.xsd", "<a"), "-o", out)
    assert open(out).read() == "before"


def test_terminal_gets_text_in_colour_unless_no_color():
    def on_terminal(env):
        master, slave = pty.openpty()
        plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        subprocess.run([THRESH, MIXED], stdout=slave, stderr=subprocess.DEVNULL, timeout=60,
                       env={**plain, **env}, check=False)
        os.close(slave)
        out = b""
        while select.select([master], [], [], 1)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        os.close(master)
        return out
    coloured = on_terminal({})
    assert b"wellformed" in coloured and b"\033[32m" in coloured
    assert b"\033[" not in on_terminal({"NO_COLOR": "1"})


def test_progress_is_drawn_when_asked_for_and_only_then():
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "timeout": 60, "check": False}
    assert b"of 120" in subprocess.run([THRESH, SAMPLE, "--progress"], **quiet).stderr
    assert not subprocess.run([THRESH, SAMPLE], **quiet).stderr


def test_names_cannot_forge_output():
    name = "a\x1b[31m\nvalid      b\u009b.xml"
    docs = archive("forge.zip", {name: "<a/>"})
    text = run(docs, "-f", "text").stdout
    assert b"\x1b" not in text and b"\xc2\x9b" not in text and text.count(b"\n") <= 3
    assert records(docs)[0]["path"] == docs + "!/" + name


# -- Inputs

def test_many_inputs_directories_files_and_standard_input():
    path("tree/b/two.xml", "<two/>")
    path("tree/a.xml", "<one/>")
    path("tree/notes.txt", "text")
    tar = path("t.tar.gz")
    with tarfile.open(tar, "w:gz") as out:
        out.add(path("tree/a.xml"), "inside.xml")
    single = path("single.xml", "<single/>")
    packed = path("packed.xml.gz", gzip.compress(b"<packed/>"))
    got = records(GOOD, tar, path("tree"), single, packed, "-", stdin=b"<piped/>")
    assert [r["path"] for r in got] == [*map(path, (
        "good.zip!/a.xml", "good.zip!/b.xml", "t.tar.gz!/inside.xml", "tree/a.xml", "tree/b/two.xml",
        "tree/notes.txt", "single.xml", "packed.xml.gz")), "-"]
    assert [r["index"] for r in got] == list(range(9))


def test_a_path_begins_with_the_input_as_given():
    path("given/mon/feed.xml", "<a/>")
    path("given/tue/feed.xml", "<a/>")

    def paths(*inputs):
        out = subprocess.run([THRESH, *inputs, "-f", "ndjson", "--fields", "path"], cwd=path("given"),
                             stdout=subprocess.PIPE, timeout=60, check=True).stdout
        return [json.loads(line)["path"] for line in out.splitlines()]
    for given, shown in (("mon/feed.xml", "mon/feed.xml"), ("./mon", "./mon/feed.xml"),
                         ("mon/", "mon/feed.xml"), ("../given/mon", "../given/mon/feed.xml"),
                         (path("given/mon"), path("given/mon/feed.xml"))):
        assert paths(given) == [shown] and paths("tue/feed.xml", given) == ["tue/feed.xml", shown]
    assert paths(".") == ["./mon/feed.xml", "./tue/feed.xml"]


def test_one_input_that_is_missing_leaves_the_others():
    gone = path("gone.xml")
    for backend in backends():
        process = run("-b", backend, "-f", "ndjson", gone, GOOD, path("loop"), check=(1,))
        got = [json.loads(line) for line in process.stdout.splitlines()]
        assert [r["verdict"] for r in got] == ["unreadable", "wellformed", "wellformed", "unreadable"]
        assert got[0]["path"] == gone and got[0]["errors"][0]["code"] == "missing", got[0]
        lines = process.stderr.decode().splitlines()
        assert lines[0].startswith("thresh: %s: cannot be opened: No such file" % gone), lines
        assert len(lines) == 2, lines
    assert "gone.xml" in fails(gone) and "gone.xml" in fails(gone, path("lost.xml"))


def test_sockets_are_no_inputs():
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path("one.socket"))
        got = records(GOOD, path("one.socket"))
    assert got[-1]["errors"][0]["code"] == "device" and got[0]["verdict"] != "unreadable", got


def test_devices_are_no_inputs():
    got = records("/dev/zero", GOOD, timeout=20)
    assert [(r["path"], r["verdict"]) for r in got][0] == ("/dev/zero", "unreadable"), got
    assert got[0]["errors"][0]["code"] == "device" and len(got) == 3
    with open("/dev/zero", "rb") as zeros:
        process = subprocess.run([THRESH, "-"], stdin=zeros, stdout=subprocess.PIPE, timeout=20, check=False)
    assert process.returncode == 1 and b'"device"' in process.stdout, process


def test_inputs_from_lists():
    one, two = path("l/one.xml", "<one/>"), path("l/t w o.xml", "<two/>")
    feed = path("feed.list", "%s\n\n%s" % (one, two))

    def roots(*arguments, **options):
        return [r["root"]["name"] for r in records(*arguments, **options)]
    assert roots("--files-from", feed) == ["one", "two"]
    assert roots(GOOD, "--files-from", feed) == ["a", "b", "one", "two"]
    assert roots("--files-from", feed, "--files-from=-", stdin=GOOD.encode()) == ["one", "two", "a", "b"]
    windows = "\ufeff%s\r\n\r\n%s\r\n" % (one, two)
    assert roots("--files-from=-", stdin=windows.encode()) == ["one", "two"]
    odd = path("l/a\nb.xml", "<odd/>")
    nul = "\0".join((two, odd, one, "")).encode()
    assert roots("--null", "--files-from=-", stdin=nul) == ["two", "odd", "one"]
    many = "".join("%s\n" % path("l/%04d.xml" % i, "<n/>") for i in range(2000))
    assert len(records("--files-from=-", stdin=many.encode())) == 2000


def test_lists_that_are_none_are_refused():
    assert "give --null" in fails("--files-from=-", stdin=b"a.xml\0b.xml\0")
    assert "names no input" in fails(GOOD, "--files-from=-", stdin=b"\n")
    assert "cannot be an input" in fails("--files-from=-", stdin=b"-\n")
    assert "cannot be an input" in fails("-", "--files-from=-", stdin=b"a.xml\n")
    assert "give both" in fails(GOOD, "--null")
    assert "no.list cannot be opened" in fails("--files-from=no.list")
    assert "Is a directory" in fails("--files-from", path())
    assert "is a device" in fails("--files-from=/dev/zero")


def test_archives_inside_archives():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as out:
        out.writestr("deep.xml", "<deep/>")
    outer = archive("outer.zip", {"inner.zip": inner.getvalue(), "top.xml": "<top/>"})
    assert [r["path"] for r in records(outer)] == [outer + "!/inner.zip!/deep.xml",
                                                   outer + "!/top.xml"]
    got = records(outer, "--max-nesting", 0)
    assert got[0]["verdict"] == "unreadable" and got[0]["errors"][0]["code"] == "limit-nesting"


def test_include_and_exclude():
    docs = archive("filter.zip", {"in/a.xml": "<a/>", "in/b.xml": "<b/>", "out/c.xml": "<c/>"})
    got = records(docs, "--include", "in/*", "--exclude", "*b.xml")
    assert [(r["verdict"], r.get("reason")) for r in got] == [
        ("wellformed", None), ("skipped", "excluded"), ("skipped", "excluded")]


def test_nothing_passes_unread():
    broken = path("broken.zip", open(GOOD, "rb").read()[:-30])
    process = run(broken, GOOD)
    assert process.returncode == 1 and b'"unreadable"' in process.stdout
    docs = archive("crc.zip", {"a.xml": "<a>" + "text" * 100 + "</a>"})
    data = bytearray(open(docs, "rb").read())
    data[14] ^= 1  # the CRC in the local header and, below, in the directory
    at = data.rindex(b"PK\1\2")
    data[at + 16] ^= 1
    got = records(path("crc.zip", bytes(data)))
    assert got[0]["verdict"] == "unreadable" and got[0]["errors"][0]["code"] == "crc", got


def test_a_fault_in_a_tag_is_at_the_element_that_begins_there():
    for text, where in (("<r><a/><p:b><c/></p:b></r>", "/r/p:b[1]"),
                        ("<r><a/><b>&none;<c/></b></r>", "/r/b[1]")):
        (record,) = records(path("tag.xml", text))
        assert [error["path"] for error in record["errors"]] == [where], record


# -- Exit statuses and errors

def test_exit_statuses():
    assert run(GOOD).returncode == 0
    assert run(MIXED).returncode == 1
    assert run(GOOD, "-s", "urn:note=" + NOTE_XSD).returncode == 1  # unmapped
    assert "nothing.zip" in fails("nothing.zip")


def test_nothing_checked_is_not_good():
    for process in (run(GOOD, "-f", "text", "--include", "no such name"),
                    run(archive("none.zip", {}), "-f", "text"),
                    run(archive("notes.zip", {"a.txt": "text"}), "-f", "text")):
        assert process.returncode == 1, process
        assert b"no documents, so nothing was checked" in process.stderr, process.stderr
    for options in (("-f", "text"), ("--group",)):  # which say nothing else
        process = run(GOOD, "-q", *options, "--include", "no such name", check=(1,))
        assert b"there was no document: nothing was checked" in process.stderr, process.stderr


def test_errors_name_the_file_and_the_remedy():
    assert "no.xsd" in fails(GOOD, "-s", "no.xsd")
    broken = path("broken.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'
                                '<xs:element name="a" type="xs:nope"/></xs:schema>')
    line = fails(GOOD, "-s", broken)
    assert "broken.xsd:2" in line, line
    other = path("note-2.xsd", open(NOTE_XSD, encoding="utf-8").read())
    assert "are both for roots in urn:note, such as note; " in fails(GOOD, "-s", NOTE_XSD, "-s", other)
    assert "sequential" in fails(GOOD, "-b", "mpi")
    assert "--format" in fails(GOOD, "-f", "yaml")
    assert "--jobs" in fails(GOOD, "-j", "x")


def test_values_that_are_none_are_named():
    for arguments, said in (
            (["--vcpus", "0"], "'0' is not a number above 0"), (["--timeout", "soon"], "'soon'"),
            (["--timeout", "5x"], "'5x'"), (["--timeout", "nan"], "'nan'"), (["--timeout", "inf"], "'inf'"),
            (["-s", "urn:x="], "names no file"), (["--max-depth", "deep"], "--max-depth: 'deep'"),
            (["-o", ""], "--output: '' names no file"), (["--max-depth", "1000001"], "from 0 to 1000000"), (["-j", "1025"], "from 0 to 1024"),
            (["--max-nesting", "101"], "from 0 to 100"), (["--max-errors", "10001"], "to 10000"),
            (["--max-ratio", "-1"], "'-1'"), (["--max-total-bytes", "1X"], "'1X'"),
            (["--max-entity-bytes", ""], "--max-entity-bytes"), (["--isolate=maybe"], "maybe"),
            (["--fields", "-" + ",".join(ALL_PARTS)], "leaves nothing"),
            (["--catalog", path("no.xml")], "no.xml: the catalog cannot be read"),
            (["--catalog", path("is-no-catalog", "# no catalog <at all>")], "a catalog is an XML document"),
            (["--job", path("no.json")], "no.json: cannot be read")):
        line = fails(GOOD, *arguments)
        assert said in line, (arguments, line)
    assert "no input is named" in fails()


def said(*arguments):
    """All of standard error of a run that did not complete, which is one line."""
    process = run(*arguments, check=(2,))
    assert process.stderr.count(b"\n") == 1 and not process.stdout, process
    return process.stderr.decode().rstrip("\n")


def test_mistyped_names_name_the_near_one():
    job = path("mistyped.json", '{"max-erors": 5}')
    for arguments, line in (
            (["--max-erors", "5", GOOD], "there is no option --max-erors; did you mean --max-errors?"),
            (["--max-erors=5", GOOD], "there is no option --max-erors; did you mean --max-errors?"),
            ([GOOD, "--hepl"], "there is no option --hepl; did you mean --help?"),
            ([GOOD, "--frobnicate"], "there is no option --frobnicate; thresh --help lists them"),
            ([GOOD, "-qZ"], "there is no option -Z; thresh --help lists them"),
            (["--job", job, GOOD],
             "%s: there is no option --max-erors; did you mean --max-errors?" % job),
            ([GOOD, "-f", "cvs"],
             "--format: 'cvs' is none of auto, ndjson, csv, text, junit, sarif and github; did you mean csv?"),
            ([GOOD, "--fields", "path,verdit"],
             "--fields: a record has no part 'verdit'; did you mean verdict?"),
            (["--completion", "bsh"],
             "--completion: 'bsh' is none of bash, zsh and fish; did you mean bash?")):
        assert said(*arguments) == "thresh: " + line, said(*arguments)
    line = said(GOOD, "-b", "sequental")
    assert line.endswith("; did you mean sequential?"), line


def test_options_have_values_or_none():
    assert said(GOOD, "--jobs") == "thresh: --jobs needs a value: N"
    assert said(GOOD, "-j") == "thresh: --jobs needs a value: N"
    assert said(GOOD, "--quiet=yes") == "thresh: --quiet takes no value"
    assert "--max-ratio, --max-" in said(GOOD, "--max", "5")


def test_options_among_inputs_shortened_and_in_one_word():
    got = run(GOOD, "-qj2", "--form", "ndjson", "--fields=path", "--", GOOD).stdout.splitlines()
    assert len(got) == 4, got
    assert run("-" + "q" * 5000, "-fndjson", GOOD).stdout == run(GOOD).stdout


def test_help_lists_every_option_in_its_section():
    process = run("--help=all")
    text = process.stdout.decode()
    assert not process.stderr
    titles = re.findall(r"^([A-Z][A-Za-z ]+):$", text, re.M)
    assert titles == ["Schemas and XPaths", "Records", "Workers", "Limits", "Reports", "Other",
                      "Examples"], titles
    for word in ("--max-errors=N", "(default 20; at most 10000)", "--isolate[=require]", "thresh tune",
                 "  -s, --schema=", "  -V, --version"):
        assert word in " ".join(text.split()) or word in text, word
    assert max(map(len, text.splitlines())) <= 80
    limits = run("--help=limits").stdout.decode()
    assert limits.startswith("Limits:\n") and limits in text, limits
    sections = "all, schemas, records, workers, limits, reports and other"
    for word, near in (("limit", "; did you mean limits?"), ("measuring", ""), ("nonsense", "")):
        assert fails("--help=" + word).rstrip().endswith("--help: '%s' is none of %s%s" % (word, sections, near))


def test_help_begins_with_what_is_asked_for_most():
    text = run("--help").stdout.decode()
    assert text == run("-?").stdout.decode()
    assert len(re.findall(r"^ .* --[a-z]+", text.split("All options:")[0], re.M)) == 10, text
    assert "--help=SECTION" in text and max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) <= 48


def test_help_of_each_command_takes_sections_and_has_its_own_options():
    for command, sections in (("tune", 7), ("compile", 4), ("merge", 3)):
        def text(word, command=command):
            return subprocess.run([THRESH, command, word], stdout=subprocess.PIPE, check=True,
                                  timeout=LIMIT).stdout.decode()
        whole = text("--help=all")
        assert len(re.findall(r"^[A-Z][A-Za-z ]+:$", whole, re.M)) == sections, whole
        assert text("--help=records") in whole and "-o, --output=FILE" in text("--help=records")
        assert max(map(len, (whole + text("--help")).splitlines())) <= 80
        assert ("--jobs" in whole) == (command == "tune"), whole
        assert text("--help").startswith("Usage: thresh %s " % command) and len(text("--help").splitlines()) <= 48
    merge = subprocess.run([THRESH, "merge", "--help=limits"], stderr=subprocess.PIPE, check=False, timeout=LIMIT)
    assert merge.returncode == 2 and merge.stderr.endswith(b"is none of all, records, reports and other\n"), merge
    assert subprocess.run([THRESH, "tune", "--help=measuring"], stdout=subprocess.PIPE, check=True,
                          timeout=LIMIT).stdout.startswith(b"Measuring:\n")


def test_compile_takes_no_option_that_it_would_not_look_at():
    done = subprocess.run([THRESH, "compile", "-s", ORDER, "-o", path("x.image"), "--csv-safe"],
                          stderr=subprocess.PIPE, check=False, timeout=LIMIT)
    assert done.returncode == 2 and not os.path.exists(path("x.image"))
    assert b"--csv-safe is for a run; thresh compile takes --schema, " in done.stderr, done.stderr


ALL_PARTS = ("path", "index", "verdict", "bytes", "root", "namespaces", "elements", "attributes",
             "depth", "text_bytes", "schema", "fields", "errors")


def test_jobs_say_what_options_say():
    def job(**options):
        return path("job.json", json.dumps(options))
    process = run("--job", job(schema={"urn:note": "note.xsd", "urn:memo": "memo.xsd"}, vcpus=1.5,
                               extract={"n": "count(//*)"}, include=["*.xml"], quiet=True,
                               stats=False, output=None), MIXED)
    verdicts = [json.loads(line)["verdict"] for line in process.stdout.splitlines()]
    assert verdicts == ["valid", "invalid", "valid", "unmapped", "malformed", "skipped"], verdicts
    for options, said in (({"schema": {"urn:x": 1}}, "'urn:x' of 'schema' is not a string"),
                          ({"include": [["a"]]}, "'include' is a list in a list"),
                          ({"job": "other.json"}, "cannot name another"),
                          ({"quiet": "perhaps"}, "'perhaps' is neither true nor false"),
                          ({"max-errors": "x"}, "max-errors"), ({"nope": 1}, "nope")):
        assert said in fails("--job", job(**options), GOOD), options
    assert "a job is a JSON object" in fails("--job", path("list.json", "[]"), GOOD)


def test_schemas_of_files_by_their_addresses():
    path("with space/types.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>""")
    document = path("addressed.xml", "<a>x</a>")
    for address in ("with%20space/types.xsd", "file://" + path("with%20space/types.xsd"),
                    "file://localhost" + path("with%20space/types.xsd")):
        xsd = path("addressed.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:include schemaLocation="%s"/><xs:element name="a" type="T"/></xs:schema>""" % address)
        assert records(document, "-s", xsd)[0]["verdict"] == "invalid", address


def test_a_known_namespace_needs_no_address():
    schema = path("bare.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="http://www.w3.org/XML/1998/namespace"/>
      <xs:element name="r"><xs:complexType><xs:attribute ref="xml:lang"/></xs:complexType></xs:element>
    </xs:schema>""")
    process = run(path("bare.xml", "<r xml:lang='en'/>"), "-s", schema)
    assert process.returncode == 0 and b"warning" not in process.stderr, process.stderr
    assert records(path("bare.xml", "<r xml:lang='e n'/>"), "-s", schema)[0]["verdict"] == "invalid"


def test_schemas_load_offline():
    """An address that nothing maps is named with the line that would map it; a catalog maps it; what
    everyone imports is built in."""
    xsd = path("net.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="urn:p">
      <xs:import namespace="urn:p" schemaLocation="http://example.org/p.xsd"/>
      <xs:element name="a" type="p:T"/></xs:schema>""")
    line = fails(GOOD, "-s", xsd)
    assert '<uri name="http://example.org/p.xsd"' in line, line
    path("p.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:p">
      <xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>""")
    catalog = path("catalog.xml", """<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
      <uri name="http://example.org/p.xsd" uri="p.xsd"/></catalog>""")
    doc = path("a.xml", "<a>7</a>")
    assert records(doc, "-s", xsd, "--catalog", catalog)[0]["verdict"] == "valid"
    rng = path("net.rng", '<externalRef xmlns="http://relaxng.org/ns/structure/1.0" href="http://example.org/q.rng"/>')
    missing = path("missing-files.xml", """<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
      <rewriteURI uriStartString="http://example.org/" rewritePrefix="no%20where/"/></catalog>""")
    for schema, name in ((xsd, "p.xsd"), (rng, "q.rng")):
        line = fails(GOOD, "-s", schema, "--catalog", missing)
        assert "the catalog maps it to %s: put that file in place" % path("no where/" + name) in line, line
        assert "give --catalog" not in line, line
    common = path("common.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
      xmlns:x="http://www.w3.org/1999/xlink" xmlns:d="http://www.w3.org/2000/09/xmldsig#">
      <xs:import namespace="http://www.w3.org/XML/1998/namespace"
        schemaLocation="http://www.w3.org/2001/xml.xsd"/>
      <xs:import namespace="http://www.w3.org/1999/xlink"
        schemaLocation="https://www.w3.org/1999/xlink.xsd"/>
      <xs:import namespace="http://www.w3.org/2000/09/xmldsig#"
        schemaLocation="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd"/>
      <xs:element name="a"><xs:complexType><xs:sequence>
        <xs:element ref="d:Signature" minOccurs="0"/></xs:sequence>
        <xs:attribute ref="xml:lang"/><xs:attributeGroup ref="x:simpleAttrs"/>
      </xs:complexType></xs:element></xs:schema>""")
    good = path("common.xml", '<a xml:lang="de" xmlns:x="http://www.w3.org/1999/xlink" x:href="u"/>')
    assert records(good, "-s", common)[0]["verdict"] == "valid"


def test_a_document_cannot_choose_its_schema():
    doc = path("hint.xml", '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
                           'i:noNamespaceSchemaLocation="%s"/>' % path("hint.xsd", "<a"))
    assert records(doc)[0]["verdict"] == "wellformed"


# -- Backends and plan

def test_every_backend_gives_the_same_bytes():
    for form in ("ndjson", "csv", "text"):
        want = run(SAMPLE, "-s", ORDER, "-f", form, "-b", "sequential").stdout
        for backend in backends():
            for jobs in (1, 2, 5):
                got = run(SAMPLE, "-s", ORDER, "-f", form, "-b", backend, "-j", jobs).stdout
                assert got == want, "%s with %d workers (%s)" % (backend, jobs, form)


def test_stats_prove_coverage():
    for backend in backends():
        s = stats(run(MIXED, "--stats", "-b", backend, "-j", 2))
        assert list(s)[:12] == ["entries", "documents", "verdicts", "skipped", "bytes_in",
                                "bytes_inflated", "backend", "workers", "vcpus", "vcpus_source",
                                "schema_ms", "wall_ms"], list(s)
        assert s["backend"] == backend and s["workers"] == (1 if backend == "sequential" else 2)
        assert s["entries"] == 6 == sum(s["verdicts"].values())
        assert s["documents"] == 5 and s["skipped"] == {"not-xml": 1}


def test_plan_follows_documents_and_vcpus():
    parallel = "openmp" if "openmp" in backends() else "fork" if "fork" in backends() else "sequential"
    few = archive("few.zip", {"%d.xml" % i: "<a/>" for i in range(4)})
    five = archive("five.zip", {"%d.xml" % i: "<a/>" for i in range(5)})
    auto = ("-b", "auto", "--stats")
    assert stats(run(few, *auto, "--vcpus", 2))["backend"] == "sequential"
    assert stats(run(five, *auto, "--vcpus", 1))["backend"] == "sequential"
    some = archive("some.zip", {"%d.xml" % i: "<a>%s</a>" % ("x" * 200000) for i in range(4)})
    assert stats(run(some, *auto, "-j", 2))["backend"] == "sequential"
    assert stats(run(some, *auto, "-j", 2, "--threshold", 2))["backend"] == parallel
    tiny = archive("tiny.zip", {"%d.xml" % i: "<a/>" for i in range(7)})
    assert stats(run(tiny, *auto, "-j", 2))["backend"] == "sequential"
    large = archive("large.zip", {"%d.xml" % i: "<a>%s</a>" % ("x" * 600000) for i in range(2)})
    assert stats(run(large, *auto, "-j", 2))["backend"] == parallel
    lambda_1 = stats(run(five, *auto, env={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}))
    assert lambda_1["vcpus"] == 1 and lambda_1["vcpus_source"] == "lambda memory", lambda_1


def test_explain_does_nothing_but_tell():
    out = run(SAMPLE, "-s", ORDER, "--explain", "--vcpus", "2.3", "-b", "auto").stdout.decode()
    with zipfile.ZipFile(SAMPLE) as sample:
        size = sum(info.file_size for info in sample.infolist())
    for word in ("120 documents (%d bytes" % size, "2.3", "--vcpus", "rule", "plan", "order.xsd"):
        assert word in out, out
    records = path("kept.ndjson", "those of an earlier run")
    assert run(SAMPLE, "--explain", "-o", records).stdout.startswith(b"input ")
    with open(records, encoding="ascii") as file:
        assert file.read() == "those of an earlier run"


def test_version_names_the_libraries():
    out = run("--version").stdout.decode()
    for word in ("thresh ", "libxml2 ", "libarchive ", "backends: sequential"):
        assert word in out, out


def test_the_allocator_is_there_and_curl_is_not():
    """Threads scale with mimalloc only, and nothing but the bootstrap pays for libcurl's start."""
    libraries = subprocess.run(["ldd", THRESH], stdout=subprocess.PIPE).stdout
    wanted = os.environ.get("THRESH_MIMALLOC") == "1" and not os.environ.get("THRESH_SANITIZE")
    assert (b"libmimalloc" in libraries) == wanted, libraries
    assert b"libcurl" not in libraries


def test_completion_scripts():
    for shell in ("bash", "zsh", "fish"):
        script = run("--completion", shell).stdout
        assert b"schema" in script and b"max-errors" in script
        assert b"compile merge tune lambda" in script and b"svg" in script
    check = subprocess.run(["bash", "-n"], input=run("--completion", "bash").stdout)
    assert check.returncode == 0
    run("--completion", "tcsh", check=(2,))


def test_every_option_is_completed_in_zsh_and_fish():
    """Each of --help has a line of its own, in which nothing of its text ends a quotation early."""
    helped = run("--help=all").stdout.decode() + subprocess.run(
        [THRESH, "tune", "--help"], stdout=subprocess.PIPE, check=True, timeout=LIMIT).stdout.decode()
    options = set(re.findall(r"^ +(?:-\S, +)?--([a-z0-9-]+)", helped, re.M))
    quoted = r"'((?:[^'\\]|\\.)*)'"
    fish = re.compile(r"complete -c thresh(?: -n %s)?(?: -l ([a-z0-9-]+))?(?: -s \S)?(?: -r| -x -a %s)?(?: -d %s)?"
                      % (quoted, quoted, quoted))
    lines = run("--completion", "fish").stdout.decode().replace("__fish_use_subcommand -a", "'' -x -a").splitlines()
    rows = [fish.fullmatch(line) for line in lines]
    assert all(rows), [line for line, row in zip(lines, rows) if not row]
    assert {row.group(2) for row in rows} - {None} == options
    shown = {row.group(2): row.group(1) for row in rows}
    assert shown["output"] is None and shown["stats"] == "not __fish_seen_subcommand_from compile", shown
    assert shown["max-errors"] == "not __fish_seen_subcommand_from compile merge", shown
    assert shown["svg"] == "__fish_seen_subcommand_from tune", shown
    words = {row.group(2): row.group(3) for row in rows}
    assert words["format"] == "auto ndjson csv text junit sarif github" and words["schema"] is None
    assert words[None] == "compile merge tune lambda", words[None]
    text = r"(?:[^\[\]:'\\]|\\.)*"
    zsh = re.compile(r"    '\*--([a-z0-9-]+)(?:\[%s\]|=\[%s\]:%s:(?:_files|\(([\w -]+)\)))'" % (text, text, text))
    script = run("--completion", "zsh").stdout.decode()
    merge = script[script.index("  merge) "):script.index("  tune) ")]
    assert re.findall(r"'\*--([a-z-]+)", merge) == ["output", "quiet", "group", "stats", "help"], merge
    lines = [line for line in script.splitlines() if line.startswith("    '*")]
    rows = [zsh.fullmatch(line) for line in lines]
    assert all(rows), [line for line, row in zip(lines, rows) if not row]
    assert {row.group(1) for row in rows} == options
    words = {row.group(1): row.group(2) for row in rows}
    assert words["format"] == "auto ndjson csv text junit sarif github" and words["schema"] is None


def test_bash_completes_commands_options_and_words():
    complete = """source <("$THRESH" --completion bash)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _thresh; echo "${COMPREPLY[@]}" """
    for words, want in ((["tu"], "tune"), (["comp"], "compile"), (["-f", "nd"], "ndjson"), (["x.zip", "--max-er"], "--max-errors"),
                        (["tune", "--sv"], "--svg"), (["tune", "--max-er"], "--max-errors"),
                        (["merge", "--st"], "--stats"), (["merge", "--max-er"], ""), (["merge", "--vers"], ""),
                        (["compile", "--schema-l"], "--schema-location"), (["compile", "--st"], "--strict-schema"), (["x.zip", "--sv"], ""), (["x.zip", "--vers"], "--version"),
                        (["x.zip", "-b", ""], "auto sequential openmp fork")):
        got = subprocess.run(["bash", "-c", complete, "bash", "thresh", *words], cwd=path(),
                             stdout=subprocess.PIPE, check=True).stdout.decode().strip()
        assert got == want, (words, got)


# -- Signals and pipes

def test_a_reader_that_goes_away_ends_the_run_quietly():
    process = start(archive("big.zip", {"%05d.xml" % i: "<a/>" for i in range(20000)}))
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGPIPE
    assert process.stderr.read() == b""


def test_a_run_that_is_killed_leaves_nothing_behind():
    place = path("place/out", b"earlier")[:-4]
    try:
        os.close(os.open(place, os.O_TMPFILE | os.O_WRONLY))
    except OSError:
        skip("this file system has no files without a name")
    big = archive("long.zip", {"%05d.xml" % i: "<a>" + "<b/>" * 2000 + "</a>" for i in range(5000)})
    process = start(*[big] * 20, "-b", "sequential", "-o", place + "/out")
    while process.poll() is None and not unfinished_bytes(process, place + "/out"):
        time.sleep(0.001)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert os.listdir(place) == ["out"] and open(place + "/out", "rb").read() == b"earlier"


def test_interrupt_ends_in_order():
    # Half a minute's work, of which a signal is to end all but the beginning.
    big = archive("long.zip", {"%05d.xml" % i: "<a>" + "<b/>" * 2000 + "</a>" for i in range(5000)})
    for backend in backends():
        out = path("interrupted.ndjson")
        process = start(*[big] * 20, "-b", backend, "-j", "2", "-o", out)
        while process.poll() is None and not unfinished_bytes(process, out):
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1].decode()
        assert process.returncode == 130, (process.returncode, error)
        assert "of 100000 entries" in error, error
        assert not os.path.exists(out)
        assert not [name for name in os.listdir(path()) if name.startswith("interrupted")]


main()
