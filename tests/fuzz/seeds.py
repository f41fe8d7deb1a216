#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a seed corpus and a dictionary for each fuzz target: seeds.py DIRECTORY."""
import bz2
import io
import json
import lzma
import os
import struct
import sys
import tarfile
import zipfile
import zlib
import gzip

out = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))


def save(target, name, data):
    directory = os.path.join(out, target)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def words(target, *texts):
    with open(os.path.join(out, target + ".dict"), "w", encoding="ascii") as file:
        for text in texts:
            data = text if isinstance(text, bytes) else text.encode()
            file.write('"%s"\n' % "".join("\\x%02x" % byte for byte in data))


def archives():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", method) as archive:
            archive.writestr("a.xml", "<a/>")
            archive.writestr("d/b.xml", "<b>" + "x" * 100 + "</b>")
            archive.writestr("c.txt", "no")
        save("source", "zip%d" % method, data.getvalue())
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", method) as archive:
            archive.writestr("in.zip", data.getvalue())
            archive.writestr("z.xml.gz", gzip.compress(b"<z/>", mtime=0))
        save("source", "nested%d" % method, outer.getvalue())
    for mode in ("w", "w:gz", "w:xz", "w:bz2"):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode=mode) as archive:
            info = tarfile.TarInfo("a" * 120 + ".xml")
            info.size = 4
            archive.addfile(info, io.BytesIO(b"<a/>"))
        save("source", "tar" + mode.replace(":", ""), data.getvalue())
    save("source", "xml", "<?xml version='1.0'?><a/>")
    save("source", "sevenzip", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40))
    words("source", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08",
          b"\x1f\x8b\x08", b"ustar", b"BZh9", b"\xfd7zXZ\0", b"(\xb5/\xfd", b"../", b".xml",
          b"\xff\xff\xff\xff")


def codecs():
    text = b"<a>" + b"<b>text</b>" * 40 + b"</a>"
    raw = lzma.compress(text, lzma.FORMAT_ALONE)
    packed = (
        gzip.compress(text, mtime=0), lzma.compress(text), b"\x28\xb5\x2f\xfd\x20\4\x21\0\0<a/>",
        bz2.compress(text), b"LZIP\1\x10" + raw[13:] + bytes(20),
        b"\x04\x22\x4d\x18\x40\x70\xdf\x0f\0\0\0\x51<a>xy\2\0\x40</a>" + bytes(4),
        b"\x1f\x9d\x90<\xc2\xbc\xf0\x81", b"\x09\4\5\0" + raw[:5] + raw[13:], zlib.compress(text)[2:-4],
    )
    for i, data in enumerate(packed):
        save("codec", str(i), bytes([i, 3]) + data)
    words("codec", b"\x50\x2a\x4d\x18\1\0\0\0", b"\x04\x22\x4d\x18", b"\xff\xff", b"\x1f\x8b\x08")


DOCUMENTS = [
    '<r xmlns="urn:f" v="ab1"><item id="1">x<t>x y</t></item><n>1.50</n></r>',
    '<r xmlns="urn:f" v="xx" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<n xsi:nil="true"/><d>2020-02-29T24:00:00Z</d><u>a</u></r>',
    '<f:r xmlns:f="urn:f" v="a"><f:sub id="k" z="0aFF"/><f:item ref="k" i="a" j="a a"/>'
    '<f:l>1 -INF NaN</f:l><o xmlns="urn:o"/></f:r>',
    '<r xmlns="urn:f" v="a"><s id="1"><t/><n/><n/><t/><n/><n/><n/><d/></s><s id="2"><t/><n/></s>'
    '<s id="3"><t/></s></r>',
    '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;"><!ENTITY % p "q">]><r>&c;</r>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///x"><!ATTLIST r v CDATA "ab1">]>'
    '<r xmlns="urn:f">&x;</r>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><!-- c --><r><![CDATA[<>]]><?p i?></r>',
    '<a><b></a>', '<a xmlns:p="u" p:x="1" p:x="2"/>', '<a p:x="1"/>',
]


SCANNED = [
    "\ufeff<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<!-- - -->"
    "<!DOCTYPE r PUBLIC '-//F//DTD r//EN' \"r.dtd\">\n<?p i?><r>\r\n\tx\r\n</r><!---->\n",
    '<r xmlns="urn:f" v="a&amp;&#x62;&#9;\r\n\tc"><t>&lt;&#233;&#x10FFFF;]] ]&gt;</t></r >',
    '<\u00e9 a\u00fc="\u4e00"><b:c xmlns:b="u" b:d=\'"\' d="\'"/><b/><b></b\n></\u00e9>',
    '<a xmlns="u"><b xmlns=""><c xml:lang="x" xml:space=" "/></b><![CDATA[]]]>\r\n]]></a>',
]


def documents():
    for i, text in enumerate(DOCUMENTS + SCANNED):
        save("scanner", str(i), text)
        save("learned", str(i), text)
    for i, text in enumerate(DOCUMENTS):
        for form in range(3):
            save("document", "%d-%d" % (i, form), bytes([form]) + text.encode())
    save("document", "utf16", b"\0" + "<r xmlns='urn:f' v='a'/>".encode("utf-16"))
    markup = ("<!DOCTYPE", "<!ENTITY", "<!ATTLIST", "<![CDATA[", "]]>", "<!--", "-->", "<?xml",
              "xmlns", "xmlns:f", "urn:f", "xsi:type", "xsi:nil", "item", "sub", "encoding=",
              "&a;", "%p;", "&#0;", "UTF-16", "SYSTEM", "http://www.w3.org/2001/XMLSchema-instance")
    words("document", *markup)
    words("learned", *markup)
    words("scanner", *markup, "PUBLIC", "xml:", "&amp;", "&#x", "\r\n", "xmlns=\"\"", b"\xef\xbb\xbf",
          b"\xef\xbf\xbe", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf0\x90\x80\x80", "<?", "?>", "version='1.0'")
    with open(os.path.join(here, "fuzz.xsd"), "rb") as file:
        schema = file.read()
    for i, text in enumerate(DOCUMENTS[:3]):
        save("schema", str(i), schema + b"\0" + text.encode())
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    parts = {
        "all": '<xs:element name="a"><xs:complexType><xs:all><xs:element name="b"/>'
               '</xs:all></xs:complexType></xs:element>',
        "group": '<xs:group name="g"><xs:choice><xs:group ref="g"/></xs:choice></xs:group>',
        "loop": '<xs:complexType name="t"><xs:complexContent><xs:restriction base="t"/>'
                '</xs:complexContent></xs:complexType>',
        "include": '<xs:include schemaLocation="fuzz.xsd"/><xs:import namespace="u"/>',
        "redefine": '<xs:redefine schemaLocation="fuzz.xsd"><xs:simpleType name="s">'
                    '<xs:restriction base="s"/></xs:simpleType></xs:redefine>',
        "many": '<xs:element name="a"><xs:complexType><xs:sequence minOccurs="0" maxOccurs="9">'
                '<xs:element name="b" minOccurs="2" maxOccurs="999"/><xs:any/>'
                '</xs:sequence></xs:complexType></xs:element>',
        "key": '<xs:element name="a"><xs:key name="k"><xs:selector xpath=".//b|c/@d"/>'
               '<xs:field xpath="@e"/></xs:key></xs:element>',
    }
    for name, text in parts.items():
        save("schema", name, (head + text + "</xs:schema>").encode() + b"\0<a><b/></a>")
    words("schema", *markup, *("<xs:%s" % name for name in (
        "element", "attribute", "complexType", "simpleType", "sequence", "choice", "all", "any",
        "anyAttribute", "group", "attributeGroup", "restriction", "extension", "list", "union",
        "key", "keyref", "unique", "selector", "field", "include", "import", "redefine",
        "notation", "pattern", "enumeration", "length")),
        *('%s="' % name for name in (
            "name", "ref", "type", "base", "minOccurs", "maxOccurs", "abstract", "final", "block",
            "nillable", "default", "fixed", "form", "use", "substitutionGroup", "namespace",
            "processContents", "memberTypes", "itemType", "xpath", "refer", "value", "mixed")))


def images():
    documents = DOCUMENTS[:4] + [
        '<r xmlns="urn:r"><item id="a" ref="a">b1</item><item id="c" n="2000">b1</item><member>x</member>'
        '<w>2020-01-01 2020-01-02Z</w><u>7</u><u>2020-01-01</u><x/><y/><z/><x/><p/><p/><q/><p/>'
        '<o xmlns="urn:o"/></r>',
        '<r xmlns="urn:r"><u>x</u><y/><z/><q/><q/></r>', '<all xmlns="urn:r"><b/>f<a/></all>']
    for which in range(2):
        for i, text in enumerate(documents):
            save("image", "%d-%d" % (which, i), bytes([which, 0]) + text.encode())
            for at in range(0, 60000, 3001):
                save("image", "%d-%d-%d" % (which, i, at), bytes([which, 1]) + at.to_bytes(3, "big") +
                     b"\x0b\0\1" + text.encode())
    words("image", *(b"\x02" + bytes([0, number]) for number in range(8)), b"\xff\xff", b"\0\0")


def journals():
    for i in range(40):
        save("journal", str(i), i.to_bytes(2, "big") + bytes([7 * i % 256, 1 << i % 8, 1 << i % 4]))
    words("journal", b"\x8aTHJ\r\n\x1a\n", b"\x8bTHJ\r\n\x1a\n")


def values():
    texts = ["1", "-1.50", "true", "2020-02-29T12:00:00.5+14:00", "--02-30", "P1Y2M3DT4H5M6.7S",
             "1e400", "-INF", "0aFF", "QUJD", "p:x", "a b c", "", " x ", "en-US", "24:00:00",
             "99999999999999999999999999", "http://a b/%zz", "\u00e9\u4e00"]
    for kind in range(44):
        for i, text in enumerate(texts):
            save("datatype", "%d-%d" % (kind, i), bytes([kind]) + text.encode())
    for i, (pattern, text) in enumerate([
            ("(a?){40}a{40}", "a" * 40), ("[a-z-[aeiou]]+", "xyz"), (r"\p{Lu}\i\c*", "Ab"),
            (r"(x+x+)+y", "x" * 30), (r"\d{3,}|[^\s\S]", "123"), (r".*\P{IsGreek}", "abc")]):
        save("datatype", "pattern%d" % i, b"\xff" + ("%s\n%s" % (pattern, text)).encode())
    words("datatype", r"\p{L}", r"\p{IsBasicLatin}", r"\i", r"\c", r"\d", r"\S", "-[", "{1,2}",
          "{3,}", "[^", "T24:00:00", "+14:00", "Z", "P1", "INF", "NaN")


def wire():
    save("record", "one", struct.pack("=QIBBH", 4, 5, 0, 0, 0) + b"hello")
    save("record", "two", (struct.pack("=QIBBH", 4, 2, 8, 3, 0) + b"dirok") * 2)
    frame = struct.Struct("=QIHH")
    ready = frame.pack(0, 0, 1, 0)
    results = b"".join(frame.pack(i, 3, 2, 7) + b"abc" for i in range(8))
    save("frames", "all", b"\0" + ready + results)
    save("frames", "on", b"\1" + results)
    save("frames", "cut", b"\1" + results[:-5])
    save("frames", "error", b"\1" + results[:38] + frame.pack(2, 4, 3, 0) + b"oops")
    save("frames", "early", b"\0" + frame.pack(0, 4, 3, 0) + b"oops")
    words("record", b"\0\0\0\0", b"\xff\xff\xff\xff")
    words("frames", frame.pack(0, 0, 1, 0), frame.pack(1, 4, 2, 1), frame.pack(1, 4, 3, 1),
          frame.pack(1, 4, 4, 1), b"\xff\xff\xff\xff")


def jobs():
    job = {"schema": ["a.xsd", "urn:x=b.xsd"], "extract": {"n": "count(//x)"}, "format": "csv",
           "jobs": 2, "vcpus": 1.5, "max-total-bytes": "64M", "fields": "-path", "quiet": True,
           "catalog": None, "output": "s3://b/k", "timeout": 5}
    save("options", "job", json.dumps(job))
    for name, value in job.items():
        save("options", name, json.dumps({name: value}))
    words("options", *('"%s"' % name for name in (
        "schema", "extract", "namespace", "catalog", "backend", "jobs", "vcpus", "threshold",
        "isolate", "format", "output", "fields", "include", "exclude", "max-errors", "max-depth",
        "max-memory", "timeout", "csv-safe", "quiet", "stats", "explain", "progress")),
        "true", "null", "16M", "1e9")
    s3 = {"s3": {"bucket": {"name": "b"}, "object": {"key": "a+b%20.zip", "versionId": "v",
                                                     "eTag": "e", "size": 9}},
          "eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    events = {
        "s3": {"Records": [s3]},
        "sqs": {"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": json.dumps(
            {"Records": [s3]}), "eventSourceARN": "arn:aws:sqs:r:1:q.fifo"}]},
        "sns": {"Records": [{"EventSource": "aws:sns", "Sns": {"MessageId": "m", "Message":
                json.dumps({"Records": [s3]})}}]},
        "bridge": {"detail-type": "Object Created", "source": "aws.s3", "detail": {
            "bucket": {"name": "b"}, "object": {"key": "k.zip"}}},
        "batch": {"invocationSchemaVersion": "2.0", "invocationId": "i", "tasks": [
            {"taskId": "t", "s3BucketArn": "arn:aws:s3:::b", "s3Key": "k%2F.zip"}]},
        "map": {"Items": [{"Bucket": "b", "Key": "k.zip"}], "BatchInput": {"schema": "a.xsd"}},
        "http": {"version": "2.0", "requestContext": {"http": {"method": "POST"}}, "body":
                 "PGEvPg==", "isBase64Encoded": True, "queryStringParameters": {"format": "csv"}},
        "direct": {"bucket": "b", "key": "k.zip", "job": job},
        "test": {"Event": "s3:TestEvent", "Bucket": "b"},
    }
    for name, event in events.items():
        save("event", name, json.dumps(event))
    words("event", *('"%s"' % word for word in (
        "Records", "s3", "bucket", "object", "key", "name", "body", "Sns", "Message", "detail",
        "tasks", "Items", "requestContext", "isBase64Encoded", "eventSource", "aws:sqs")))


archives()
codecs()
documents()
images()
journals()
values()
wire()
jobs()
