#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images of compiled schemas: what is said with one is what is said with the schemas themselves."""
import json
import os
import re
import subprocess

from command import DATA, ORDER, SAMPLE, THRESH, archive, backends, main, path, run, stats
from corpus import schemas

CORPORA = os.path.join(DATA, "corpora")
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
TYPED = path("typed.xsd", '<xs:schema %s targetNamespace="urn:t"><xs:element name="t" type="xs:date"/>'
                          '</xs:schema>' % XS)
OTHER = path("other.xsd", '<xs:schema %s><xs:element name="o" type="xs:int"/></xs:schema>' % XS)
# A facet that does not apply, and imports that lead nowhere.
ODD = path("odd.xsd", """<xs:schema %s><xs:import namespace="urn:none" schemaLocation="http://x/none.xsd"/>
  <xs:import namespace="urn:more" schemaLocation="http://x/more.xsd"/>
  <xs:simpleType name="t"><xs:restriction base="xs:int"><xs:length value="2"/></xs:restriction></xs:simpleType>
  <xs:element name="o" type="t"/></xs:schema>""" % XS)
DOCUMENTS = archive("documents.zip", {
    "1.xml": '<t xmlns="urn:t">2024-02-30</t>', "2.xml": "<o>x</o>", "3.xml": "<o>7</o>",
    "4.xml": '<t xmlns="urn:t">2024-02-29</t>'})


def compile_to(name, *arguments):
    """The path of the image."""
    image = path(name)
    process = subprocess.run([THRESH, "compile", *arguments, "-o", image], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    assert process.returncode == 0 and not process.stdout, process.stderr
    return image


def refused(*arguments):
    process = subprocess.run([THRESH, "compile", *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    lines = process.stderr.decode().splitlines()
    assert process.returncode == 2 and not process.stdout and len(lines) == 1, process
    assert lines[0].startswith("thresh compile: "), lines
    return lines[0]


def said(*arguments, check=(0, 1)):
    process = run(*arguments, check=check)
    return process.returncode, process.stdout, process.stderr


def test_every_backend_says_the_same_by_the_image():
    image = compile_to("corpora.image", *schemas(CORPORA))
    for name in ("documents.zip", "mutants.zip"):
        for form in ("ndjson", "csv", "text"):
            want = said(os.path.join(CORPORA, name), *schemas(CORPORA), "-f", form)
            assert want[1]
            for backend in backends():
                for jobs in (1, 3):
                    got = said(os.path.join(CORPORA, name), "-s", image, "-f", form, "-b", backend, "-j",
                               jobs)
                    assert got[:2] == want[:2], "%s by %s with %d workers" % (name, backend, jobs)


def test_plans_are_the_same():
    image = compile_to("order.image", "-s", ORDER)
    image, schema = (re.sub(rb"(?m)^compiled .*$", b"", run("--explain", SAMPLE, "-s", name).stdout)
                     for name in (image, ORDER))
    assert image == schema and b"order.xsd" in image


def test_an_image_has_the_namespaces_of_its_schemas():
    both = compile_to("both.image", "-s", "urn:t=" + TYPED, "-s", OTHER)
    want = said(DOCUMENTS, "-s", "urn:t=" + TYPED, "-s", OTHER)
    assert said(DOCUMENTS, "-s", both) == want
    typed = compile_to("typed.image", "-s", TYPED)
    assert said(DOCUMENTS, "-s", "urn:t=" + typed, "-s", OTHER) == want
    assert said(DOCUMENTS, "-s", compile_to("again.image", "-s", both)) == want
    line = run(DOCUMENTS, "-s", "urn:x=" + both, check=(2,)).stderr.decode()
    assert "both.image: is an image of 2 schemas, which cannot all be for the same roots" in line
    line = run(DOCUMENTS, "-s", both, "-s", OTHER, check=(2,)).stderr.decode()
    assert "are both for" in line


def test_an_image_warns_as_its_schemas_do():
    image = compile_to("odd.image", "-s", ODD)
    want = said(DOCUMENTS, "-s", ODD)
    assert b"cos-applicable-facets" in want[2] and b"urn:none" in want[2] and b"as a catalog" in want[2]
    assert said(DOCUMENTS, "-s", image) == want
    assert stats(run(DOCUMENTS, "-s", image, "--stats"))["warnings"] == \
        stats(run(DOCUMENTS, "-s", ODD, "--stats"))["warnings"]
    strict = said(DOCUMENTS, "-s", image, "--strict-schema", check=(2,))
    assert strict == said(DOCUMENTS, "-s", ODD, "--strict-schema", check=(2,))
    assert b"by --strict-schema" in strict[2]
    compiled = subprocess.run([THRESH, "compile", "-s", ODD, "-o", path("odd2.image")], check=True,
                              stderr=subprocess.PIPE).stderr
    assert compiled == b"".join(line + b"\n" for line in want[2].splitlines()
                                if line.startswith(b"thresh: warning: ")), compiled
    assert b"by --strict-schema" in refused("-s", ODD, "--strict-schema", "-o", path("no")).encode()
    assert not os.path.exists(path("no"))


def test_jobs_and_bounds_take_images():
    image = compile_to("job.image", "-s", TYPED)
    job = path("job.json", json.dumps({"schema": {"urn:t": image}, "guard-schemas": True}))
    assert said(DOCUMENTS, "--job", job) == said(DOCUMENTS, "-s", "urn:t=" + TYPED)
    line = run(DOCUMENTS, "-s", image, "--schema-memory", "1K", check=(2,)).stderr.decode()
    assert "the schema image has" in line and "raise --schema-memory" in line


def test_the_same_schemas_have_the_same_image():
    with open(compile_to("one.image", "-s", ORDER), "rb") as one, \
            open(compile_to("two.image", "-s", ORDER), "rb") as two:
        assert one.read() == two.read()


def test_what_has_no_image_is_refused():
    rng = path("a.rng", '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><text/></element>')
    out = path("none.image")
    assert "a.rng: is RELAX NG, of which there are no images; give it to --schema" in \
        refused("-s", rng, "-o", out)
    assert "no schema is named; give --schema FILE" in refused("-o", out)
    assert "no file is named; give --output FILE" in refused("-s", ORDER)
    assert "no input is read" in refused("-s", ORDER, "-o", out, SAMPLE)
    with open(TYPED, "rb") as file:
        before = file.read()
    assert "typed.xsd: is one of the schemas, and --output would replace it" in \
        refused("-s", TYPED, "-o", TYPED)
    with open(TYPED, "rb") as file:
        assert file.read() == before
    assert not os.path.exists(out)


def test_an_image_that_is_none_is_refused():
    with open(compile_to("whole.image", "-s", ORDER), "rb") as file:
        whole = file.read()
    half = len(whole) // 2
    for name, content, why in (
            ("cut", whole[:half], "and the file has %d; make it anew with thresh compile" % half),
            ("head", whole[:16], "is no schema image, or cut short; make it anew with thresh compile"),
            ("bit", whole[:half] + bytes([whole[half] ^ 4]) + whole[half + 1:],
             "is a damaged schema image: its checksum is wrong; make it anew with thresh compile"),
            ("more", whole + b"x", "make it anew with thresh compile")):
        line = run(SAMPLE, "-s", path(name, content), check=(2,)).stderr.decode()
        assert line.startswith("thresh: %s: " % path(name)) and why in line, line


def test_an_image_that_is_read_is_not_replaced():
    image = compile_to("kept.image", "-s", ORDER)
    assert b"is read by this run" in run(SAMPLE, "-s", image, "-o", image, check=(2,)).stderr


def test_help_says_how():
    process = subprocess.run([THRESH, "compile", "--help"], stdout=subprocess.PIPE, check=True)
    assert process.stdout.startswith(b"Usage: thresh compile -s [NAMESPACE=]FILE... -o FILE\n")


main()
