#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Documents that mean harm, or look as if: make_hostile.py DIRECTORY writes documents.zip and cases.json,
in which each document has its verdict without and with hostile.xsd, the kind of its first error, and
its code or None. SECRET in a document is a file that must never be read."""
import json
import os
import sys
import zipfile

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
GOOD = ("wellformed", "unmapped", None, None)
BAD = ("malformed", "malformed", "xml", None)
cases = {}


def case(name, content, expected=GOOD, **facts):
    data = content if isinstance(content, bytes) else content.encode()
    cases[name] = (data, expected, facts)


def limit(code):
    return ("unreadable", "unreadable", "limit", code)


def told(kind):
    """Well-formed, with something to say; under a schema not valid."""
    return ("wellformed", "unmapped", kind, None)


def entities(directory):
    secret = "file://%s/secret.txt" % directory
    laughs = "".join('<!ENTITY l%d "%s">' % (i, "&l%d;" % (i - 1) * 10) for i in range(1, 12))
    laughs = '<!ENTITY l0 "lol">' + laughs
    case("laughs", "<!DOCTYPE a [%s]><a>&l11;</a>" % laughs, limit("limit-entity"))
    case("laughs-attribute", "<!DOCTYPE a [%s]><a b='&l11;'/>" % laughs, limit("limit-entity"))
    case("laughs-default", "<!DOCTYPE a [%s<!ATTLIST a b CDATA '&l11;'>]><a/>" % laughs,
         limit("limit-entity"))
    case("laughs-backwards", "<!DOCTYPE a [%s]><a>&l11;</a>" % "".join(
        reversed(['<!ENTITY l0 "lol">'] + ['<!ENTITY l%d "%s">' % (i, "&l%d;" % (i - 1) * 10)
                                           for i in range(1, 12)])), limit("limit-entity"))
    nothing = '<!ENTITY l0 "">' + laughs[len('<!ENTITY l0 "lol">'):]
    case("laughs-at-nothing", "<!DOCTYPE a [%s]><a>&l11;</a>" % nothing, limit("limit-entity"))
    case("quadratic", "<!DOCTYPE a [<!ENTITY x '%s'>]><a>%s</a>" % ("x" * 50000, "&x;" * 1000),
         limit("limit-entity"))
    case("quadratic-attributes", "<!DOCTYPE a [<!ENTITY x '%s'>]><a>%s</a>" % (
        "x" * 50000, "<b c='&x;'/>" * 1000), limit("limit-entity"))
    parameter = '<!ENTITY % p0 "&#60;!ENTITY e \'x\'>">' + "".join(
        '<!ENTITY %% p%d "%s">' % (i, "&#37;p%d;" % (i - 1) * 10) for i in range(1, 12))
    case("parameter-blowup", "<!DOCTYPE a [%s%%p11;]><a>&e;</a>" % parameter,
         limit("limit-entity"))
    case("default-blowup", "<!DOCTYPE r [<!ATTLIST a b CDATA '%s'>]><r>%s</r>" % (
        "x" * 100000, "<a/>" * 2000), limit("limit-entity"))
    case("loop", "<!DOCTYPE a [<!ENTITY x '&x;'>]><a>&x;</a>", BAD)
    case("loop-two", "<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y 'a&x;'>]><a>&x;</a>", BAD)
    case("loop-attribute", "<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a b='&x;'/>", BAD)
    case("loop-parameter", "<!DOCTYPE a [<!ENTITY % p '&#37;q;'><!ENTITY % q '&#37;p;'>%p;]><a/>",
         BAD)
    case("entities-ten-deep", "<!DOCTYPE a [<!ENTITY e0 'x'>%s]><a>&e10;</a>" % "".join(
        "<!ENTITY e%d '&e%d;'>" % (i, i - 1) for i in range(1, 11)))
    case("entities-hundred-deep", "<!DOCTYPE a [<!ENTITY e0 'x'>%s]><a>&e100;</a>" % "".join(
        "<!ENTITY e%d '&e%d;'>" % (i, i - 1) for i in range(1, 101)), limit("limit-entity"))
    case("entity-namespace", "<!DOCTYPE a [<!ENTITY e '<b><p:c/></b>'>]><a xmlns='u' xmlns:p='v'>&e;</a>")
    case("entity-undeclared-inside", "<!DOCTYPE a SYSTEM 'x' [<!ENTITY e '&f;'>]><a>&e;</a>",
         told("entity"))
    case("entity-large-attribute", "<!DOCTYPE a [<!ENTITY e 'x'>]><a b='%s'>&e;</a>" % ("x" * 11000000))
    case("entity-large-text", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>%s&e;</a>" % ("x" * 11000000))
    case("entity-depth", "<!DOCTYPE a [<!ENTITY e 'x'>]>" + "<a>" * 1000 + "&e;" + "</a>" * 1000)
    case("entities-unused", "<!DOCTYPE a [%s]><a/>" % laughs)
    case("xxe-general", "<!DOCTYPE a [<!ENTITY x SYSTEM '%s'>]><a>&x;</a>" % secret,
         told("entity"))
    case("xxe-attribute", "<!DOCTYPE a [<!ENTITY x SYSTEM '%s'>]><a b='&x;'/>" % secret, BAD)
    case("xxe-http", "<!DOCTYPE a [<!ENTITY x SYSTEM 'http://127.0.0.1:9/x'>]><a>&x;</a>",
         told("entity"))
    case("xxe-parameter", "<!DOCTYPE a [<!ENTITY %% x SYSTEM '%s'> %%x;]><a/>" % secret,
         told("entity"))
    case("xxe-out-of-band", "<!DOCTYPE a [<!ENTITY %% f SYSTEM '%s'><!ENTITY %% x SYSTEM "
         "'http://127.0.0.1:9/x.dtd'> %%x; %%all;]><a>&send;</a>" % secret, told("entity"))
    case("xxe-dtd", "<!DOCTYPE a SYSTEM '%s'><a/>" % secret)
    case("xxe-dtd-public", "<!DOCTYPE a PUBLIC '-//X//Y' 'ftp://127.0.0.1/x.dtd'><a/>")
    case("xxe-unparsed", "<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ENTITY x SYSTEM '%s' NDATA n>"
         "<!ATTLIST a b ENTITY #IMPLIED>]><a b='x'/>" % secret)
    case("xinclude", "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='%s' "
         "parse='text'/></a>" % secret)
    case("stylesheet", "<?xml-stylesheet href='%s'?><a/>" % secret)
    case("catalog", "<?oasis-xml-catalog catalog='file://%s/catalog.xml'?>"
         "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>" % directory)
    case("schema-location", "<a %s xsi:noNamespaceSchemaLocation='%s' xsi:schemaLocation='urn:h "
         "%s'/>" % (XSI, secret, secret))
    case("schema-location-mapped", "<h:h xmlns:h='urn:h' %s xsi:schemaLocation='urn:h %s "
         "http://www.w3.org/2001/XMLSchema http://127.0.0.1:9/'>1</h:h>" % (XSI, secret),
         ("wellformed", "valid", None, None))


def shapes():
    case("depth-million", "<a>" * 1000000 + "</a>" * 1000000, limit("limit-depth"))
    case("depth-limit", "<a>" * 1000 + "</a>" * 1000)
    case("depth-over", "<a>" * 1001 + "</a>" * 1001, limit("limit-depth"))
    # The parser is stopped with an attribute's value in its hands, of an input that it owns.
    case("depth-over-utf16", ("<a b='%s'>" % ("x" * 40) * 1001 + "</a>" * 1001).encode("utf-16"),
         limit("limit-depth"))
    case("depth-unclosed", "<a>" * 900, BAD)
    attributes = " ".join("a%d='>'" % i for i in range(100000))
    case("attributes", "<a>\n\n<b %s/></a>" % attributes, limit("limit-attributes"), line=3)
    case("attributes-utf16", ("<a>\n<b %s/></a>" % attributes.replace(">", "\u3c00")).encode(
        "utf-16"), limit("limit-attributes"), line=2)
    case("attributes-entity", "<!DOCTYPE a [<!ENTITY e \"&#60;b %s/>\">]><a>&e;</a>" % attributes,
         limit("limit-attributes"))
    case("namespaces", "<a %s/>" % " ".join("xmlns:n%d='u%d'" % (i, i) for i in range(100000)),
         limit("limit-attributes"))
    case("attributes-allowed", "<a %s/>" % " ".join("a%d=''" % i for i in range(10000)))
    case("attributes-not", "<a><![CDATA[%s]]>%s</a>" % (
        "<b" + " 'x'" * 50000, " x='y'" * 50000))
    case("text", "<a>%s</a>" % ("text " * 10000000))
    case("cdata", "<a><![CDATA[%s]]></a>" % ("x" * 20000000))
    case("comment", "<a><!--%s--></a>" % ("x" * 20000000))
    case("instruction", "<a><?p %s?></a>" % ("x" * 9000000))
    case("attribute", "<a b='%s'/>" % ("x" * 9000000))
    case("siblings", "<a>%s</a>" % ("<b/>" * 1000000))
    case("name", "<%s/>" % ("n" * 1000000))
    case("attribute-name", "<a %s='1'/>" % ("n" * 1000000))
    case("prefix", "<%s:a xmlns:%s='u'/>" % ("p" * 1000000, "p" * 1000000))
    case("namespace-name", "<a xmlns='u:%s'/>" % ("n" * 1000000))
    case("names", "<a>%s</a>" % "".join("<n%d/>" % i for i in range(200000)))
    case("redeclared", "".join("<p:a xmlns:p='u:%d'>" % i for i in range(1000)) + "</p:a>" * 1000)
    case("redeclared-wide", "".join(
        "<a %s>" % " ".join("xmlns:p%d='u:%d'" % (k, i) for k in range(100))
        for i in range(900)) + "</a>" * 900)
    case("line-70001", "<a>\n" + "<b/>\n" * 69999 + "<c></d>\n</a>", BAD, line=70001)
    case("line-70001-text", "<a>" + "\n" * 70000 + "<b>x</c></a>", BAD, line=70001)


def bytes_and_encodings():
    plain = "<?xml version='1.0'%s?><a>\u00e4\u4e2d</a>"
    latin = "<?xml version='1.0' encoding='%s'?><a>\u00e4</a>"
    case("nul", b"<a>x\0y</a>", BAD)
    case("nul-in-tag", b"<a b\0='x'/>", BAD)
    case("nul-after", b"<a/>\0<b/>", BAD)
    case("nul-end", b"<a/>\0", BAD)
    case("nuls", b"<a/>" + b"\0" * 100000, BAD)
    for coding in ("utf-16", "utf-16-le", "utf-16-be"):
        case(coding, (plain % (" encoding='UTF-16'" if coding == "utf-16" else "")).encode(coding))
    case("utf-32-le", (plain % " encoding='UTF-32LE'").encode("utf-32-le"))
    case("utf-32-be", (plain % " encoding='UTF-32BE'").encode("utf-32-be"))
    case("utf-8-bom", b"\xef\xbb\xbf" + (plain % "").encode())
    case("latin-1", (latin % "ISO-8859-1").encode("latin-1"))
    case("windows-1252", (latin % "windows-1252").encode("cp1252"))
    case("shift-jis", "<?xml version='1.0' encoding='Shift_JIS'?><a>\u65e5</a>".encode("shift_jis"))
    case("gb18030", "<?xml version='1.0' encoding='GB18030'?><a>\u65e5</a>".encode("gb18030"))
    case("ebcdic", (latin % "IBM037").encode("cp037"))
    case("ebcdic-unnamed", "<?xml version='1.0'?><a/>".encode("cp037"), BAD)
    case("utf-8-is-latin", (latin % "UTF-8").encode("latin-1"), BAD)
    case("ascii-is-utf-8", (latin % "US-ASCII").encode(), BAD)
    case("latin-is-utf-8", (latin % "ISO-8859-1").encode())
    case("utf-16-is-utf-8", (latin % "UTF-16").encode(), BAD)
    case("utf-8-is-utf-16", (latin % "UTF-8").encode("utf-16"), BAD)
    case("latin-1-is-marked-utf-8", b"\xef\xbb\xbf" + (latin % "ISO-8859-1").encode(), BAD)
    case("stylesheet-names-an-encoding", "<?xml-stylesheet encoding='US-ASCII'?><a>\u00e4</a>")
    for coding, byte in (("US-ASCII", b"\xe9"), ("ISO-8859-3", b"\xa5"), ("windows-1252", b"\x81"),
                         ("Shift_JIS", b"\x81"), ("EUC-JP", b"\xa4\x41"), ("GB18030", b"\x81\x30\x81"),
                         ("Big5", b"\xa4\x00"), ("UTF-8", b"\xe9"), ("ISO-2022-JP", b"\x1b$B\xff")):
        begin = b"<?xml version='1.0' encoding='%s'?><a>" % coding.encode()
        for where, bad in (("text", begin + byte + b"</a>"), ("comment", begin + b"<!--" + byte + b"--></a>"),
                           ("behind", begin + b"</a>" + byte), ("far", begin + b"x" * 70000 + byte + b"</a>"),
                           ("value", begin + b"<b c='" + byte + b"'/></a>")):
            case("not-in-%s-%s" % (coding.lower(), where), bad, BAD)
    for coding in ("utf-16-le", "utf-16-be"):
        mark, lone = "\ufeff".encode(coding), "\udc00".encode(coding, "surrogatepass")
        for where, text in (("text", "<a>|</a>"), ("behind", "<a/>|"), ("comment", "<a/><!--|-->")):
            before, after = (part.encode(coding) for part in text.split("|"))
            case("lone-surrogate-%s-%s" % (coding, where), mark + before + lone + after, BAD)
    case("utf-16-cut", (plain % "").encode("utf-16")[:-1], BAD)
    case("utf-16-surrogate", b"\xff\xfe" + "<a>".encode("utf-16-le") + b"\x00\xd8" +
         "</a>".encode("utf-16-le"), BAD)
    case("unknown", latin % "x-there-is-none", BAD)
    case("overlong", b"<a>\xc0\x80\xc1\xbf</a>", BAD)
    case("surrogate", b"<a>\xed\xa0\x80</a>", BAD)
    case("too-far", b"<a>\xf4\x90\x80\x80</a>", BAD)
    case("noncharacter", "<a>\ufffe</a>", BAD)
    case("control", b"<a>\x1b[31m\x07</a>", BAD)
    case("reference-nul", "<a>&#0;</a>", BAD)
    case("reference-surrogate", "<a>&#xD800;</a>", BAD)
    case("reference-far", "<a>&#99999999999999999999;</a>", BAD)
    case("empty", b"", BAD)
    case("blank", " \n", BAD)
    case("only-declaration", "<?xml version='1.0'?>", BAD)
    case("two-roots", "<a/><b/>", BAD)
    case("unbound", "<p:a/>", ("malformed", "malformed", "namespace", None))
    case("twice", "<a b='1' b='2'/>", BAD)
    case("twice-expanded", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
         ("malformed", "malformed", "namespace", None))
    case("formula", "<a b='=1+1'>=cmd|' /C calc'!A0</a>")
    case("escape", "<\u202ea/>", BAD)


SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:h">
<xs:element name="h" type="xs:int"/></xs:schema>
"""


def main():
    directory = os.path.abspath(sys.argv[1])
    os.makedirs(directory, exist_ok=True)
    for name, text in (("secret.txt", "SECRET"), ("hostile.xsd", SCHEMA),
                       ("catalog.xml", "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:"
                        "catalog'><systemSuffix systemIdSuffix='dtd' uri='secret.txt'/></catalog>")):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)
    entities(directory)
    shapes()
    bytes_and_encodings()
    with zipfile.ZipFile(os.path.join(directory, "documents.zip"), "w", zipfile.ZIP_DEFLATED,
                         compresslevel=1) as archive:
        for name, (data, _, _) in cases.items():
            archive.writestr(name + ".xml", data)
    with open(os.path.join(directory, "cases.json"), "w", encoding="utf-8") as file:
        json.dump([{"name": name, "expected": expected, **facts}
                   for name, (_, expected, facts) in cases.items()], file, indent=1)


main()
