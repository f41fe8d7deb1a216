#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_corpora.py DIRECTORY: documents in three vocabularies, each with its schema, and mutants of them,
the same ones in every run. What is expected of each is known because of how it is made, and written
down beside it; Python's own parser, which is neither libxml2's nor ours, must agree on what is
well-formed and how many elements there are.

    schemas.tsv                          namespace and schema of each vocabulary
    documents.zip, expected.tsv          documents of every verdict that needs no accident
    mutants.zip, mutants-expected.tsv    documents with one change each; its kind is the directory
    values.tsv, values-namespaces.tsv    what XPaths find: how many nodes, and the first one's text
    formats/, formats.tsv                some of the documents in every kind of archive
    formats-expected.tsv                 these documents

A line in an expected table is that of the first error, `-` where the change does not fix it.
"""
import copy
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile

LIBRARY, WEATHER, MEMO = "urn:example:library", "urn:example:weather", "urn:example:memo"
XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" '
SCHEMAS = {
    "library.xsd": XS + """targetNamespace="urn:example:library" xmlns="urn:example:library">
<xs:include schemaLocation="types.xsd"/>
<xs:element name="library">
  <xs:complexType>
    <xs:sequence>
      <xs:element name="author" type="author" maxOccurs="unbounded"/>
      <xs:element name="book" type="book" maxOccurs="unbounded"/>
      <xs:element name="loan" minOccurs="0" maxOccurs="unbounded">
        <xs:complexType>
          <xs:attribute name="shelf" type="xs:token" use="required"/>
          <xs:attribute name="since" type="xs:date" use="required"/>
        </xs:complexType>
      </xs:element>
    </xs:sequence>
    <xs:attribute name="opened" type="xs:gYear"/>
  </xs:complexType>
  <xs:key name="shelf"><xs:selector xpath="book"/><xs:field xpath="@shelf"/></xs:key>
  <xs:keyref name="lent" refer="shelf"><xs:selector xpath="loan"/><xs:field xpath="@shelf"/></xs:keyref>
</xs:element>
</xs:schema>""".replace('xpath="book"', 'xpath="l:book"').replace('xpath="loan"', 'xpath="l:loan"')
    .replace('xmlns="urn:example:library">', 'xmlns="urn:example:library" xmlns:l="urn:example:library">'),
    # Without a namespace of its own: it takes that of the schema that includes it.
    "types.xsd": XS + """>
<xs:complexType name="author">
  <xs:sequence>
    <xs:element name="name" type="xs:string"/>
    <xs:element name="born" type="xs:date" minOccurs="0"/>
  </xs:sequence>
  <xs:attribute name="id" type="xs:ID" use="required"/>
</xs:complexType>
<xs:complexType name="book">
  <xs:sequence>
    <xs:element name="title"><xs:simpleType><xs:restriction base="xs:string">
      <xs:minLength value="1"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="by" type="xs:IDREF" maxOccurs="3"/>
    <xs:element name="price" type="price"/>
    <xs:choice minOccurs="0">
      <xs:element name="isbn"><xs:simpleType><xs:restriction base="xs:string">
        <xs:pattern value="97[89]-\\d{10}"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="issn"><xs:simpleType><xs:restriction base="xs:string">
        <xs:pattern value="\\d{4}-\\d{3}[\\dX]"/></xs:restriction></xs:simpleType></xs:element>
    </xs:choice>
    <xs:element name="subjects" type="xs:NMTOKENS" minOccurs="0"/>
  </xs:sequence>
  <xs:attribute name="shelf" type="xs:token" use="required"/>
  <xs:attribute name="lang" type="xs:language"/>
</xs:complexType>
<xs:complexType name="price"><xs:simpleContent><xs:extension base="amount">
  <xs:attribute name="currency" default="EUR"><xs:simpleType><xs:restriction base="xs:token">
    <xs:enumeration value="EUR"/><xs:enumeration value="CHF"/><xs:enumeration value="SEK"/>
  </xs:restriction></xs:simpleType></xs:attribute>
</xs:extension></xs:simpleContent></xs:complexType>
<xs:simpleType name="amount"><xs:restriction base="xs:decimal">
  <xs:minInclusive value="0"/><xs:fractionDigits value="2"/></xs:restriction></xs:simpleType>
</xs:schema>""",
    "weather.xsd": XS + """targetNamespace="urn:example:weather" xmlns="urn:example:weather"
  xmlns:u="urn:example:units">
<xs:import namespace="urn:example:units" schemaLocation="units.xsd"/>
<xs:element name="report"><xs:complexType>
  <xs:sequence maxOccurs="unbounded">
    <xs:element name="at" type="xs:dateTime"/>
    <xs:element ref="reading" maxOccurs="unbounded"/>
  </xs:sequence>
  <xs:attribute name="station" type="xs:NCName" use="required"/>
  <xs:attribute name="version" fixed="1" type="xs:int"/>
</xs:complexType></xs:element>
<xs:element name="reading" abstract="true"/>
<xs:element name="temperature" substitutionGroup="reading" type="u:degrees" nillable="true"/>
<xs:element name="wind" substitutionGroup="reading"><xs:complexType><xs:all>
  <xs:element name="speed" type="u:speed"/>
  <xs:element name="from" type="u:bearing" minOccurs="0"/>
</xs:all></xs:complexType></xs:element>
<xs:element name="remark" substitutionGroup="reading" type="remark"/>
<xs:complexType name="remark"><xs:sequence><xs:element name="text" type="xs:string"/></xs:sequence>
</xs:complexType>
<xs:complexType name="signed"><xs:complexContent><xs:extension base="remark"><xs:sequence>
  <xs:element name="signature" type="xs:Name"/></xs:sequence></xs:extension></xs:complexContent>
</xs:complexType>
</xs:schema>""",
    "units.xsd": XS + """targetNamespace="urn:example:units" xmlns="urn:example:units">
<xs:simpleType name="degrees"><xs:restriction base="xs:decimal">
  <xs:minInclusive value="-90"/><xs:maxInclusive value="60"/></xs:restriction></xs:simpleType>
<xs:simpleType name="speed"><xs:restriction base="xs:double"><xs:minInclusive value="0"/>
</xs:restriction></xs:simpleType>
<xs:simpleType name="bearing"><xs:union memberTypes="point">
  <xs:simpleType><xs:restriction base="xs:int"><xs:minInclusive value="0"/>
    <xs:maxExclusive value="360"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
<xs:simpleType name="point"><xs:restriction base="xs:token"><xs:enumeration value="N"/>
  <xs:enumeration value="E"/><xs:enumeration value="S"/><xs:enumeration value="W"/>
</xs:restriction></xs:simpleType>
</xs:schema>""",
    "recipe.xsd": XS + """>
<xs:element name="recipe"><xs:complexType><xs:sequence>
  <xs:element name="title" type="xs:normalizedString"/>
  <xs:element name="ingredient" maxOccurs="unbounded"><xs:complexType><xs:simpleContent>
    <xs:extension base="xs:string"><xs:attribute name="grams" type="xs:unsignedShort"/>
    </xs:extension></xs:simpleContent></xs:complexType></xs:element>
  <xs:element name="step" maxOccurs="unbounded"><xs:complexType mixed="true">
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="b" type="xs:string"/>
      <xs:element name="minutes" type="xs:positiveInteger"/>
    </xs:choice></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="serves" type="xs:positiveInteger"/></xs:complexType></xs:element>
</xs:schema>""",
}
SCHEMA_OF = {LIBRARY: "library.xsd", WEATHER: "weather.xsd", "": "recipe.xsd"}
WORDS = ("amber", "brook", "cedar", "dune", "élan", "fjörd", "granite", "harbour", "île", "jetty", "knoll",
         "lagoon", "müde", "noon & night", "owl", "path < road", "quay", "river", "\u4e2d\u6587", "tide")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


# -- Documents as trees --------------------------------------------------------------------------

class Node:
    """An element: attributes by name, children that are nodes and texts. Once it is written, `line` is
    where its start tag ends."""

    def __init__(self, name, *children, **attributes):
        self.name, self.children, self.attributes = name, list(children), attributes
        self.line = None

    def all(self, name=None):
        found = [self] if name in (None, self.name) else []
        return found + [n for child in self.children if isinstance(child, Node)
                        for n in child.all(name)]

    def depth(self):
        return 1 + max((c.depth() for c in self.children if isinstance(c, Node)), default=0)

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


def words(rng, most=6):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, most)))


def day(rng):
    return "%d-%02d-%02d" % (rng.randint(1800, 2025), rng.randint(1, 12), rng.randint(1, 28))


def library(rng, size):
    authors = [Node("author", Node("name", words(rng)), id="a%d" % i)
               for i in range(rng.randint(1, size))]
    for author in authors[::2]:
        author.children.append(Node("born", day(rng)))
    books = []
    for i in range(rng.randint(2, 3 * size)):
        by = [Node("by", rng.choice(authors).attributes["id"]) for _ in range(rng.randint(1, 3))]
        book = Node("book", Node("title", words(rng)), *by,
                    Node("price", "%d.%02d" % (rng.randint(0, 900), rng.randint(0, 99))), shelf="s%d" % i)
        if i % 2:
            book.attributes["lang"] = rng.choice(("de", "fr-CH", "en"))
            book.children[-1].attributes["currency"] = rng.choice(("EUR", "CHF", "SEK"))
        number = rng.choice(("isbn", "issn", None))
        if number:
            book.children.append(Node(number, "978-%010d" % rng.randrange(10 ** 10) if number == "isbn"
                                      else "%04d-%03dX" % (rng.randrange(10000), rng.randrange(1000))))
        if i % 3 == 0:
            book.children.append(Node("subjects", " ".join("t%d" % rng.randrange(9) for _ in range(3))))
        books.append(book)
    loans = [Node("loan", shelf=rng.choice(books).attributes["shelf"], since=day(rng))
             for _ in range(rng.randrange(size))]
    return Node("library", *authors, *books, *loans, opened=str(rng.randint(1800, 2025)))


def weather(rng, size):
    report = Node("report", station=rng.choice(("north", "ridge", "port")), version="1")
    for _ in range(rng.randint(1, size)):
        report.children.append(Node("at", "%sT%02d:%02d:00Z" % (day(rng), rng.randrange(24),
                                                                 rng.randrange(60))))
        for _ in range(rng.randint(1, 5)):
            kind = rng.randrange(5)
            reading = (
                Node("temperature", "%.1f" % rng.uniform(-40, 45)) if kind < 2 else
                Node("wind", *rng.sample((Node("speed", "%.2e" % rng.uniform(0, 40)),
                                          Node("from", rng.choice(("N", "W", "270", "0")))), 2))
                if kind == 2 else
                Node("remark", Node("text", words(rng)), Node("signature", "observer"),
                     **{"xsi:type": "signed"}) if kind == 3 else
                Node("temperature", **{"xsi:nil": "true"}))
            report.children.append(reading)
    return report


def recipe(rng, size):
    steps = []
    for _ in range(rng.randint(1, size)):
        steps.append(Node("step", words(rng), Node("minutes", str(rng.randint(1, 90))), words(rng),
                          *([Node("b", words(rng, 2)), words(rng)] if rng.random() < 0.5 else [])))
    return Node("recipe", Node("title", words(rng)),
                *(Node("ingredient", words(rng, 2), grams=str(rng.randint(1, 2000)))
                  for _ in range(rng.randint(1, size))), *steps, serves=str(rng.randint(1, 12)))


VOCABULARIES = {LIBRARY: library, WEATHER: weather, "": recipe}


# -- Trees as bytes ------------------------------------------------------------------------------

class Style:
    """How a document is written: what XML leaves to the writer."""

    def __init__(self, rng, plain=False):
        self.rng = rng
        self.plain = plain  # nothing but what the tree says, in UTF-8
        self.encoding = "utf-8" if plain else rng.choice(
            ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "iso-8859-1"))
        self.prefix = "" if plain or rng.random() < 0.5 else "x:"
        self.newline = "\n" if plain or rng.random() < 0.7 else "\r\n"
        self.indented = plain or rng.random() < 0.8
        self.entity = not plain and rng.random() < 0.15
        self.doctype = self.entity or not plain and rng.random() < 0.1


def escaped(style, text, quote=""):
    """Text as it may stand between tags, or between these quotes."""
    def plainly(part):
        out = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return out.replace(quote, {"'": "&apos;", '"': "&quot;"}[quote]) if quote else out

    way = "" if style.plain or not text else style.rng.choice(("reference", "cdata", "", "", ""))
    if way == "reference":
        at = style.rng.randrange(len(text))
        return plainly(text[:at]) + "&#%d;" % ord(text[at]) + plainly(text[at + 1:])
    if way == "cdata" and not quote and text.isascii():
        return "<![CDATA[%s]]>" % text
    if style.entity and not quote:
        return plainly(text).replace("amber", "&amber;")
    return plainly(text)


class Writer:
    def __init__(self, style, namespace):
        self.style, self.namespace = style, namespace
        self.out, self.line = [], 1

    def put(self, text):
        self.out.append(text)
        self.line += text.count("\n")

    def document(self, root):
        style = self.style
        prefix = style.prefix if self.namespace else ""
        if style.encoding in ("iso-8859-1", "utf-16") or style.rng.random() < 0.5:
            self.put('<?xml version="1.0" encoding="%s"?>%s' % (
                style.encoding.replace("-sig", ""), style.newline))
        if style.doctype:
            self.put("<!DOCTYPE %s%s [<!ENTITY amber 'amber'>]>%s" % (prefix, root.name, style.newline))
        self.element(root, prefix, style.newline)
        self.put(style.newline)
        return "".join(self.out).encode(style.encoding, "xmlcharrefreplace")

    def declarations(self, prefix):
        if self.namespace:
            yield ("xmlns:" + prefix[:-1] if prefix else "xmlns"), self.namespace
        if self.namespace == WEATHER:
            yield "xmlns:xsi", XSI

    def element(self, node, prefix, newline):
        rng = self.style.rng
        attributes = list(node.attributes.items())
        if newline == self.style.newline:
            attributes = [*self.declarations(prefix), *attributes]
        self.put("<" + prefix + node.name)
        wide = not self.style.plain and len(attributes) > 1 and rng.random() < 0.2
        for name, value in attributes:
            if name == "xsi:type":
                value = prefix + value
            quote = '"' if self.style.plain else rng.choice("'\"")
            self.put((newline if wide else " ") + name + "=" + quote +
                     escaped(self.style, value, quote) + quote)
        self.put(">" if node.children else "/>")
        node.line = self.line
        if not node.children:
            return
        texts = any(isinstance(child, str) for child in node.children)
        inner = newline + "  " if self.style.indented and not texts else ""
        for child in node.children:
            if isinstance(child, str):
                self.put(escaped(self.style, child))
                continue
            self.put(inner)
            if not self.style.plain and rng.random() < 0.04:
                self.put(rng.choice(("<!-- no element: <b/> -->", "<?step off?>", "<!---->")))
            self.element(child, prefix, newline + "  ")
        self.put(newline if inner else "")
        self.put("</%s%s>" % (prefix, node.name))


def written(rng, root, namespace, plain=False):
    """The bytes, checked against Python's own parser."""
    data = Writer(Style(rng, plain), namespace).document(root)
    assert sum(1 for _ in ElementTree.fromstring(data).iter()) == len(root.all())
    return data


def facts(path, data, verdict, namespace="", root=None, line="-"):
    read = verdict not in ("skipped", "unreadable")
    row = {"path": path, "bytes": len(data) if read else "-", "verdict": verdict, "line": line, "root_ns": namespace,
           "root_name": "-", "elements": "-", "attributes": "-", "max_depth": "-"}
    if root:
        row.update(root_name=root.name, elements=len(root.all()), max_depth=root.depth(),
                   attributes=sum(len(node.attributes) for node in root.all()))
    return row


# -- Mutants -------------------------------------------------------------------------------------

def value_mutants():
    """Kind, vocabulary, the element that is changed, the change, verdict, and whether its line is told."""
    def text(value):
        return lambda node: node.children.__setitem__(slice(None), [value])

    def attribute(name, value):
        return lambda node: node.attributes.__setitem__(name, value)

    def without(name):
        return lambda node: node.attributes.pop(name)

    def insert(at, *children):
        return lambda node: node.children.__setitem__(slice(at, at), children)

    def drop(name):
        return lambda node: node.children.remove(node.all(name)[0])

    everything = [
        ("add_attribute", LIBRARY, "title", attribute("bogus", "1"), "invalid"),
        ("drop_attribute", LIBRARY, "book", without("shelf"), "invalid"),
        ("bad_date", LIBRARY, "born", text("2023-02-29"), "invalid"),
        ("leap_day", LIBRARY, "born", text("2024-02-29"), "valid"),
        ("date_with_zone", LIBRARY, "born", text("1999-12-31-05:00"), "valid"),
        ("space_around_date", LIBRARY, "born", text(" 1999-12-31 "), "valid"),
        ("bad_decimal", LIBRARY, "price", text("1,50"), "invalid"),
        ("three_digits", LIBRARY, "price", text("1.505"), "invalid"),
        ("zeros_do_not_count", LIBRARY, "price", text("1.500"), "valid"),
        ("negative", LIBRARY, "price", text("-1"), "invalid"),
        ("bad_enumeration", LIBRARY, "price", attribute("currency", "XXX"), "invalid"),
        ("bad_pattern", LIBRARY, "isbn", text("977-0000000000"), "invalid"),
        ("bad_language", LIBRARY, "book", attribute("lang", "english_of_old"), "invalid"),
        ("bad_year", LIBRARY, "library", attribute("opened", "97"), "invalid"),
        ("bad_id", LIBRARY, "author", attribute("id", "1a"), "invalid"),
        ("bad_reference", LIBRARY, "by", text("nobody"), "invalid"),
        ("empty_title", LIBRARY, "title", text(""), "invalid"),
        ("empty_list", LIBRARY, "subjects", text(""), "invalid"),
        ("extra_element", LIBRARY, "loan", insert(0, Node("bogus")), "invalid"),
        ("text_among_elements", LIBRARY, "author", insert(0, "text"), "invalid"),
        ("element_in_text", LIBRARY, "name", insert(0, Node("b")), "invalid"),
        ("drop_element", LIBRARY, "book", drop("price"), "invalid"),
        ("four_of_three", LIBRARY, "book", insert(1, *(Node("by", "a0") for _ in range(4))), "invalid"),
        ("bad_substitute", WEATHER, "report", insert(1, Node("reading")), "invalid"),
        ("out_of_range", WEATHER, "temperature", text("61"), "invalid"),
        ("fixed_value", WEATHER, "report", attribute("version", "2"), "invalid"),
        ("fixed_value_in_other_words", WEATHER, "report", attribute("version", "01"), "valid"),
        ("bad_union", WEATHER, "from", text("360"), "invalid"),
        ("other_member_of_union", WEATHER, "from", text("359"), "valid"),
        ("twice_in_all", WEATHER, "wind", insert(0, Node("speed", "1")), "invalid"),
        ("infinite", WEATHER, "speed", text("INF"), "valid"),
        ("not_a_number", WEATHER, "speed", text("nan"), "invalid"),
        ("unknown_type", WEATHER, "remark", attribute("xsi:type", "unknown"), "invalid"),
        ("content_of_nil", WEATHER, "temperature", attribute("xsi:nil", "true"), "invalid"),
        ("bad_name", WEATHER, "signature", text("2nd"), "invalid"),
        ("bad_time", WEATHER, "at", text("2024-01-01T24:00:01Z"), "invalid"),
        ("end_of_day", WEATHER, "at", text("2024-01-01T24:00:00Z"), "valid"),
        ("zero", "", "minutes", text("0"), "invalid"),
        ("plus", "", "minutes", text("+10"), "valid"),
        ("too_large", "", "ingredient", attribute("grams", "65536"), "invalid"),
        ("no_integer", "", "recipe", attribute("serves", "4.0"), "invalid"),
        ("mixed", "", "step", insert(0, "text"), "valid"),
        ("unknown_in_mixed", "", "step", insert(0, Node("i", "text")), "invalid"),
        ("swapped", "", "recipe", lambda node: node.children.reverse(), "invalid"),
    ]
    # Where an error is about the whole of an element, validators may name its start or its end.
    spread = {"drop_element", "extra_element", "four_of_three", "bad_substitute", "twice_in_all",
              "swapped", "element_in_text", "text_among_elements", "unknown_in_mixed"}
    return [(*row, row[0] not in spread) for row in everything]


def identity_mutants(root):
    """Of a library: what its keys and IDs refuse. A list of kind and changed tree."""
    made = []
    for kind, name, attribute, value in (
            ("twice_the_id", "author", "id", None), ("twice_the_key", "book", "shelf", None),
            ("no_such_key", "loan", "shelf", "none")):
        changed = copy.deepcopy(root)
        nodes = changed.all(name)
        if nodes and (value or len(nodes) > 1):
            nodes[-1].attributes[attribute] = value or nodes[0].attributes[attribute]
            made.append((kind, changed))
    return made


TEXT_MUTANTS = [  # kind, what is replaced once, by what, verdict
    ("cut", rb"(?s)</\w+>\s*\Z", b"", "malformed"),
    ("wrong_end_tag", rb"</(\w)", rb"</z\1", "malformed"),
    ("prefix", rb"<(name|at|title)>", rb"<none:\1>", "malformed"),
    ("attribute_twice", rb'( \w+="[^"]*")', rb"\1\1", "malformed"),
    ("undeclared_entity", rb">(\w)", rb">&none;\1", "malformed"),
    ("bare_ampersand", rb">(\w)", rb">& \1", "malformed"),
    ("control_character", rb">(\w)", b">\x01\\1", "malformed"),
    ("not_utf8", rb">(\w)", b">\xff\\1", "malformed"),
    ("less_than_in_attribute", rb'="', rb'="<', "malformed"),
    ("two_roots", rb"\Z", b"<again/>", "malformed"),
    ("text_after_root", rb"\Z", b"text", "malformed"),
    ("late_declaration", rb"\A", b"\n<?xml version='1.0'?>", "malformed"),
    ("two_hyphens", rb">(\w)", rb"><!-- -- -->\1", "malformed"),
    ("end_of_cdata", rb">(\w)", rb">]]>\1", "malformed"),
    ("null_reference", rb">(\w)", rb">&#0;\1", "malformed"),
    ("comment", rb"<(name|at|title)>", rb"<!-- <\1> --><\1>", "valid"),
    ("instruction", rb"<(name|at|title)>", rb"<?do <\1>?><\1>", "valid"),
    ("cdata", rb"<(name|title)>", rb"<\1><![CDATA[<a>&b;]]>", "valid"),
    ("reference", rb"<(name|title)>", rb"<\1>&#x41;&lt;", "valid"),
    ("hint_is_no_schema", rb"<(library|report|recipe)\b", rb"<\1 xmlns:hint='%s' "
     rb"hint:noNamespaceSchemaLocation='none.xsd'" % XSI.encode(), "valid"),
    ("other_namespace", rb'"urn:example:(library|weather)"', b'"%s"' % MEMO.encode(), "unmapped"),
]


def mutants(rng, originals, each=4):
    rows = []

    def add(kind, number, data, verdict, namespace, root=None, line="-"):
        rows.append((facts("%s/%04d.xml" % (kind, number), data, verdict, namespace, root, line), data))

    for kind, namespace, name, change, verdict, told in value_mutants():
        changed = 0
        for number, (space, root) in enumerate(originals):
            if space != namespace or changed == each:
                continue
            root = copy.deepcopy(root)
            nodes = root.all(name)
            if kind == "content_of_nil":
                nodes = [node for node in nodes if node.children]
            if not nodes:
                continue
            node = rng.choice(nodes)
            node.attributes.pop("xsi:nil", None)
            change(node)
            data = written(rng, root, namespace, plain=rng.random() < 0.5)
            add(kind, number, data, verdict, namespace, root,
                node.line if told and verdict == "invalid" else "-")
            changed += 1
        assert changed == each, "%d of %s" % (changed, kind)
    for number, (namespace, root) in enumerate(originals[:20]):
        for kind, changed in identity_mutants(root) if namespace == LIBRARY else ():
            add(kind, number, written(rng, changed, namespace), "invalid", namespace, changed)
    texts = [(number, namespace, written(rng, root, namespace, plain=True))
             for number, (namespace, root) in enumerate(originals[:30])]
    for kind, pattern, by, verdict in TEXT_MUTANTS:
        changed = 0
        for number, namespace, data in texts:
            mutant = re.sub(pattern, by, data, count=1)
            if mutant == data or changed == each:
                continue
            try:
                ElementTree.fromstring(mutant)
                assert verdict != "malformed", kind
            except ElementTree.ParseError:
                assert verdict == "malformed", kind
            add(kind, number, mutant, verdict, MEMO if verdict == "unmapped" else namespace)
            changed += 1
        assert changed == each, "%d of %s" % (changed, kind)
    return rows


# -- XPath values --------------------------------------------------------------------------------

XPATHS = {
    LIBRARY: ("/l:library/@opened", "//l:book/l:title", "/l:library/l:author/@id", "//l:isbn", "//l:by",
              "/*/l:book/l:price/@currency", "//l:loan/@since"),
    WEATHER: ("/w:report/@station", "//w:temperature", "//w:wind/w:from", "/w:report/w:at",
              "//w:remark/w:text"),
    "": ("/recipe/title", "//ingredient/@grams", "//step/minutes", "//b", "/*/@serves"),
}


def select(root, xpath):
    """The texts of the nodes, in document order: steps of / and //, names and * alone."""
    nodes = [Node("", root)]
    for axis, at, name in re.findall(r"(//?)(@?)(?:\w+:)?([\w*]+)", xpath):
        if at:
            return [node.attributes[name] for node in nodes if name in node.attributes]
        below = [n for node in nodes for child in node.children if isinstance(child, Node)
                 for n in (child.all() if axis == "//" else [child])]
        nodes = [node for node in below if name in ("*", node.name)]
    return [node.text() for node in nodes]


# -- Archives ------------------------------------------------------------------------------------

def zipped(entries, method=zipfile.ZIP_DEFLATED, stream=False):
    class Pipe(io.RawIOBase):  # cannot be sought in: sizes follow the data
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    out = Pipe() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, method)
    return bytes(out.data) if stream else out.getvalue()


def zip64(entries):
    """Every entry and the directory in the form that large archives have."""
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, -1
    try:
        return zipped(entries)
    finally:
        zipfile.ZIP64_LIMIT = limit


def tarred(entries, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.USTAR_FORMAT) as archive:
        for name, data in entries:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def packed_by(program, arguments, folder, entries, name):
    """By a program that may not be there, from files of its own; whether it was."""
    if not shutil.which(program):
        return False
    work = os.path.join(folder, "files")
    for entry, data in entries:
        os.makedirs(os.path.dirname(os.path.join(work, entry)), exist_ok=True)
        with open(os.path.join(work, entry), "wb") as file:
            file.write(data)
    subprocess.run([program, *arguments, os.path.join(folder, name), *(entry for entry, _ in entries)],
                   cwd=work, stdout=subprocess.DEVNULL, check=True)
    shutil.rmtree(work)
    return True


def formats(directory, entries):
    """The rows of formats.tsv: file, what it is, and the program that was not there to make it."""
    folder = os.path.join(directory, "formats")
    os.makedirs(folder)
    half = len(entries) // 2
    halves = [("batch-1.zip", zipped(entries[:half])), ("batch-2.zip", zipped(entries[half:]))]
    tar = tarred(entries)
    rows = []
    for name, what, data in (
            ("deflate.zip", "ZIP, deflate", zipped(entries)),
            ("stored.zip", "ZIP, stored", zipped(entries, zipfile.ZIP_STORED)),
            ("stream.zip", "ZIP written to a pipe: sizes behind the data", zipped(entries, stream=True)),
            ("zip64.zip", "ZIP64", zip64(entries)),
            ("plain.tar", "tar", tar), ("tar.tar.gz", "tar, gzip", tarred(entries, "w:gz")),
            ("tar.tar.bz2", "tar, bzip2", tarred(entries, "w:bz2")),
            ("tar.tar.xz", "tar, xz", tarred(entries, "w:xz")),
            ("zip-in-zip.zip", "two ZIPs in a ZIP", zipped(halves)),
            ("zip-in-tar.tar.gz", "two ZIPs in a tar", tarred(halves, "w:gz"))):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        rows.append({"file": name, "format": what, "missing": "-"})
    for name, what, program, arguments, content in (
            ("tar.tar.zst", "tar, zstd", "zstd", ["-q", "-o"], [("tar.tar", tar)]),
            ("solid.7z", "7z in one block", "7z", ["a", "-ms=on", "-mx=1"], entries),
            ("blocks.7z", "7z, a block for each", "7z", ["a", "-ms=off", "-mx=1"], entries)):
        made = packed_by(program, arguments, folder, content, name)
        rows.append({"file": name, "format": what, "missing": "-" if made else program})
    return rows


# -- The whole -----------------------------------------------------------------------------------

def save_table(directory, name, rows):
    with open(os.path.join(directory, name), "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join("\t".join(str(cell) for cell in row) for row in
                             [rows[0].keys(), *(row.values() for row in rows)]) + "\n")


def save_archive(directory, name, entries):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(zipped(entries))


def damaged(directory, name, entry):
    """Turns a bit of the last entry's data, so that its checksum is wrong."""
    full = os.path.join(directory, name)
    with zipfile.ZipFile(full) as archive:
        info = archive.getinfo(entry)
        at = info.header_offset + 30 + len(entry) + info.compress_size // 2
    with open(full, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 4]))


def main():
    directory = sys.argv[1]
    os.makedirs(os.path.join(directory, "schema"))
    for name, text in SCHEMAS.items():
        with open(os.path.join(directory, "schema", name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(directory, "schemas.tsv"), "w", encoding="utf-8") as file:
        file.writelines("%s\tschema/%s\n" % pair for pair in SCHEMA_OF.items())
    with open(os.path.join(directory, "values-namespaces.tsv"), "w", encoding="utf-8") as file:
        file.write("l\t%s\nw\t%s\n" % (LIBRARY, WEATHER))

    rng = random.Random(20)
    originals, rows, entries, values = [], [], [], []
    for i in range(150):
        namespace = list(VOCABULARIES)[i % 3]
        root = VOCABULARIES[namespace](rng, rng.choice((2, 3, 8, 30)))
        path = "%s/%03d.xml" % (root.name, i)
        data = written(rng, root, namespace)
        originals.append((namespace, root))
        entries.append((path, data))
        rows.append(facts(path, data, "valid", namespace, root))
        for xpath in XPATHS[namespace]:
            found = select(root, xpath)
            values.append({"path": path, "xpath": xpath, "count": len(found),
                           "first": found[0] if found else ""})
    some = sorted(range(40), key=lambda i: entries[i][0])  # as 7-Zip has them
    save_table(directory, "formats-expected.tsv", [rows[i] for i in some])
    save_table(directory, "formats.tsv", formats(directory, [entries[i] for i in some]))
    for kind, path, data, root in (
            ("unmapped", "memo/1.xml", b'<memo xmlns="%s"/>' % MEMO.encode(), Node("memo")),
            ("malformed", "memo/2.xml", b"<memo>", None), ("malformed", "memo/3.xml", b"", None),
            ("skipped", "memo/notes.txt", b"no document", None),
            ("unreadable", "memo/damaged.xml", b"<memo>%s</memo>" % (b"x" * 999), None)):
        entries.append((path, data))
        rows.append(facts(path, data, kind, MEMO if root else "", root))
    save_archive(directory, "documents.zip", entries)
    damaged(directory, "documents.zip", "memo/damaged.xml")
    save_table(directory, "expected.tsv", rows)
    save_table(directory, "values.tsv", values)
    changed = mutants(rng, originals)
    save_archive(directory, "mutants.zip", [(row["path"], data) for row, data in changed])
    save_table(directory, "mutants-expected.tsv", [row for row, _ in changed])


if __name__ == "__main__":
    main()
