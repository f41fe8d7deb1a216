#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Schemas that read the same documents are compiled as one: each says what it says alone."""
import json
import os
import subprocess

from command import LIMIT, THRESH, archive, backends, main, path, run

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
NAMES = "abc"
MAIN = """<xs:schema %s targetNamespace="urn:{0}" xmlns:m="urn:{0}" xmlns:s="urn:s" elementFormDefault="qualified">
<xs:import namespace="urn:s" schemaLocation="shared.xsd"/>{1}
<xs:element name="{0}"><xs:complexType><xs:sequence><xs:element name="own" type="s:small" minOccurs="0"/>
<xs:element ref="s:part" minOccurs="0"/><xs:element ref="s:head" minOccurs="0"/></xs:sequence>
<xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:element>
<xs:complexType name="{0}Part"><xs:complexContent><xs:extension base="s:Part"><xs:attribute name="{0}" type="xs:int"/>
</xs:extension></xs:complexContent></xs:complexType><xs:attribute name="{0}" type="xs:int"/>{2}</xs:schema>""" % XS
SHARED = """<xs:schema %s targetNamespace="urn:s" xmlns:s="urn:s" elementFormDefault="qualified">
<xs:include schemaLocation="more.xsd"/><xs:simpleType name="small"><xs:restriction base="xs:int">
<xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
<xs:complexType name="Part"><xs:sequence><xs:element name="n" type="s:small"/>
<xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
<xs:element name="part" type="s:Part"/><xs:element name="head" type="xs:string"/></xs:schema>""" % XS
MORE = '<xs:schema %s targetNamespace="urn:s"><xs:element name="more" type="xs:date"/></xs:schema>' % XS
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def documents(name):
    """What each schema might know, in a document of each."""
    inner = []
    for other in NAMES:
        inner += ['<s:part><s:n>1</s:n><%s xmlns="urn:%s"><own>10</own></%s></s:part>' % (other, other, other),
                  '<s:part><s:n>1</s:n><x xmlns="urn:%s"/><late xmlns="urn:%s">x</late></s:part>' % (other, other),
                  '<s:part xsi:type="o:%sPart" xmlns:o="urn:%s" %s="1"><s:n>1</s:n></s:part>' % (other, other, other),
                  '<s:part xsi:type="o:%sPart" xmlns:o="urn:%s" %s="x"><s:n>1</s:n></s:part>' % (other, other, other),
                  '<%s xmlns="urn:%s"/>' % (other, other), '<instead xmlns="urn:%s"/>' % other,
                  '<s:part><s:n>1</s:n><s:n>2</s:n></s:part>', '<s:stray/><s:n>1</s:n>', '<own>10</own><%s/>' % other, '<s:part><s:more>x</s:more><s:n/></s:part>']
    made = {"%s%d.xml" % (root, i): '<%s xmlns="urn:%s" xmlns:s="urn:s" %s>%s</%s>' % (root, root, XSI, text, root)
            for root in NAMES for i, text in enumerate(inner)}
    made.update({"%s-%s.xml" % (root, other): '<%s xmlns="urn:%s" xmlns:o="urn:%s" o:%s="x"/>' % (root, root, other, other)
                 for root in NAMES for other in NAMES})
    return archive(name + ".zip", made)


def said(*arguments):
    process = run(*arguments, check=(0, 1, 2))
    warnings = [line for line in process.stderr.splitlines() if b"warning" in line or process.returncode == 2]
    return process.returncode, process.stdout, warnings


def family(name, extra=None, **files):
    """Its options, a list for each schema. `extra`: by schema, what it has in front of and behind its own."""
    for file, content in {"shared.xsd": SHARED, "more.xsd": MORE, **{key + ".xsd": value for key, value in files.items()}}.items():
        path(os.path.join(name, file), content)
    return [["-s", "urn:%s=%s" % (root, path(os.path.join(name, root + ".xsd"), MAIN.format(
        root, *(extra or {}).get(root, ("", "")))))] for root in NAMES]


def bytes_of_image(name, options):
    image = path(name + ".image")
    process = subprocess.run([THRESH, "compile", *options, "-o", image], stderr=subprocess.PIPE, check=False,
                             timeout=LIMIT)
    return os.path.getsize(image) if process.returncode == 0 else None


def by_path(lines):
    """Records without their positions, which are those of the documents that were looked at."""
    made = {}
    for record in map(json.loads, lines):
        record.pop("index")
        made[record["path"]] = record
    return made


def check(name, options, shares):
    """All together say what each says alone, from the schemas, from an image and from the cache."""
    archived, all_options = documents(name), sum(options, [])
    alone, warnings = [], []
    for root, option in zip(NAMES, options):
        _, out, lines = said(archived, *option, "--include", "%s*" % root)
        alone.append([line for line in out.splitlines() if b'"excluded"' not in line])
        warnings += [line for line in lines if line not in warnings]
    together = said(archived, *all_options)
    assert sorted(line for line in together[2] if b"of what is left out" not in line) == sorted(warnings)
    assert by_path(together[1].splitlines()) == by_path(line for lines in alone for line in lines)
    image = bytes_of_image(name, all_options)
    for backend in backends():
        assert said(archived, *all_options, "-b", backend)[:2] == together[:2]
        assert said(archived, "-s", path(name + ".image"), "-b", backend) == together
    for _ in range(2):
        assert said(archived, *all_options, "--schema-cache=" + path(name + "-cache")) == together
    sizes = [bytes_of_image(name + "-one", option) for option in options]
    assert (image < 0.6 * sum(sizes)) == shares, (name, image, sizes)
    return together


def test_each_says_what_it_says_alone():
    _, out, _ = check("plain", family("plain"), True)
    assert out.count(b'"invalid"') > 10 < out.count(b'"valid"')


def test_what_only_some_of_them_have_is_no_others():
    late = '<xs:element name="late" type="xs:int"/>'
    check("lately", family("lately", {"b": ("", late)}), True)
    check("copied", family("copied", {"b": ('<xs:include schemaLocation="late.xsd"/>', "")},
                           late='<xs:schema %s>%s</xs:schema>' % (XS, late)), True)


def test_a_name_that_is_global_in_one_of_them_alone():
    """s:n is local in what they share."""
    extra = {"b": ('<xs:import namespace="urn:s" schemaLocation="n.xsd"/>', "")}
    check("global", family("global", extra, n='<xs:schema %s targetNamespace="urn:s"><xs:element name="n" '
                                       'type="xs:date"/></xs:schema>' % XS), True)


def test_an_element_that_stands_for_a_shared_one_in_one_of_them():
    instead = '<xs:element name="instead" substitutionGroup="s:head"/>'
    check("instead", family("instead", {"c": ("", instead)}), False)


def test_a_redefinition_in_one_of_them():
    extra = {"b": ('<xs:import namespace="urn:s" schemaLocation="re.xsd"/>', "")}
    check("redefined", family("redefined", extra, re='<xs:schema %s targetNamespace="urn:s" xmlns:s="urn:s"><xs:redefine '
          'schemaLocation="more2.xsd"><xs:simpleType name="t"><xs:restriction base="s:t"><xs:length value="1"/>'
          '</xs:restriction></xs:simpleType></xs:redefine></xs:schema>' % XS, more2='<xs:schema %s targetNamespace="urn:s">'
          '<xs:simpleType name="t"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>' % XS), False)


def test_one_that_refers_to_what_only_another_has_read():
    """Alone, it is an error; so it is together."""
    extra = {"a": ('<xs:import namespace="urn:late" schemaLocation="late.xsd"/>', ""),
             "b": ('<xs:import namespace="urn:late"/>', '<xs:element name="l" type="l:t" xmlns:l="urn:late"/>')}
    options = family("unread", extra, late='<xs:schema %s targetNamespace="urn:late"><xs:simpleType name="t">'
                     '<xs:restriction base="xs:int"/></xs:simpleType></xs:schema>' % XS)
    archived = documents("unread")
    alone = said(archived, *options[1])
    assert alone[0] == 2 and b"src-resolve" in alone[2][-1]
    assert said(archived, *sum(options, [])) == alone


def test_components_of_one_name_that_differ():
    extra = {root: ('<xs:import namespace="urn:x" schemaLocation="x-%s.xsd"/>' % kind,
                    '<xs:element name="late" type="x:t" xmlns:x="urn:x"/>') for root, kind in (("a", "int"), ("b", "date"))}
    differing = {"x-" + kind: '<xs:schema %s targetNamespace="urn:x"><xs:simpleType name="t"><xs:restriction base="xs:%s"/>'
                              '</xs:simpleType></xs:schema>' % (XS, kind) for kind in ("int", "date")}
    check("differing", family("differing", extra, **differing), False)
    differing["x-date"] = differing["x-int"]
    check("same", family("same", extra, **differing), False)


def test_warnings_are_those_of_each():
    wrong = '<xs:simpleType name="w"><xs:restriction base="xs:int"><xs:length value="2"/></xs:restriction></xs:simpleType>'
    absent = '<xs:import namespace="urn:none" schemaLocation="http://example.com/%s.xsd"/>'
    _, _, lines = check("warned", family("warned", {"b": (absent % "b", wrong), "c": (absent % "c", "")}), False)
    assert len(lines) == 4, lines  # two that are not there, a facet, and the catalog
    _, _, lines = check("noted", family("noted", {"b": (absent % "b", ""), "c": (absent % "c", "")}), True)
    assert len(lines) == 3, lines


def test_built_in_schemas_and_files_in_their_place():
    lang = '<xs:import namespace="http://www.w3.org/XML/1998/namespace"%s/>'
    use = '<xs:attributeGroup name="g"><xs:attribute ref="xml:lang"/></xs:attributeGroup>'
    check("built-in", family("built-in", {root: (lang % "", use) for root in NAMES}), True)
    own = '<xs:schema %s targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:int"/>' \
          '</xs:schema>' % XS
    check("own", family("own", {"a": (lang % ' schemaLocation="own.xsd"', use), "b": (lang % "", use)}, own=own), False)


def test_chameleons_and_circles():
    chameleon = '<xs:schema %s><xs:element name="instead" type="xs:int"/></xs:schema>' % XS
    extra = {root: ('<xs:include schemaLocation="chameleon.xsd"/>', "") for root in NAMES}
    check("chameleon", family("chameleon", extra, chameleon=chameleon), True)
    circle = {"a": ('<xs:import namespace="urn:b" schemaLocation="b.xsd"/>', '<xs:element name="late" type="b:bPart" xmlns:b="urn:b"/>'),
              "b": ('<xs:import namespace="urn:a" schemaLocation="a.xsd"/>', "")}
    check("circle", family("circle", circle), True)


main()
