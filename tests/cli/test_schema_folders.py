#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Directories and archives of schemas: those that none of the others includes are the schemas, however they
include each other and by whatever address; and what is not given so, or with a +, is told."""
import bz2
import gzip
import json
import lzma
import os
import shutil
import subprocess
import warnings
import zipfile

from command import LIMIT, THRESH, backends, main, path, run, skip, stats, zipped

XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"%s>%s</xs:schema>'
RNG = '<grammar xmlns="http://relaxng.org/ns/structure/1.0">%s</grammar>'
ROOTS = {name: path(name + ".xml", "<%s>1</%s>" % (name, name)) for name in "abcd"}


def xsd(*includes, root="", target=""):
    """A document that includes others, and declares a root, an integer."""
    return XS % (target and " targetNamespace='%s'" % target, "".join(
        "<xs:include schemaLocation='%s'/>" % address for address in includes) +
        (root and "<xs:element name='%s' type='xs:int'/>" % root))


def given(name, documents):
    """The documents as a directory, and as an archive."""
    for file, content in documents.items():
        path("%s/%s" % (name, file), content)
    return path(name), path(name + ".zip", zipped(documents))


def schemas_of(name, documents, valid="a", left_out=0):
    """The base names of the schemas, by which the roots named are valid."""
    first = None
    for schemas in given(name, documents):
        got = []
        for root in valid:
            process = run(ROOTS[root], "-s", schemas, "--fields", "verdict,schema", check=(0,))
            record = json.loads(process.stdout)
            assert record["verdict"] == "valid" and not process.stderr, (schemas, root, process)
            got.append(record["schema"])
        explained = run(ROOTS["a"], "-s", schemas, "--explain").stdout.decode()
        assert ("left out   %d that others include" % left_out in explained) == (left_out > 0), explained
        assert explained.count("\nschema     ") + left_out == sum(
            file.endswith((".xsd", ".rng")) for file in documents), explained
        first = first or got
        assert got == first, schemas
    return first


def refused(*arguments):
    line = run(ROOTS["a"], *arguments, check=(2,)).stderr.decode()
    assert line.startswith("thresh: ") and line.count("\n") == 1, line
    return line


# -- Circles

def test_of_schemas_that_include_each_other_the_first_is_one():
    pair = {"a.xsd": xsd("b.xsd", root="a"), "b.xsd": xsd("a.xsd", root="b")}
    assert schemas_of("pair", pair, "ab", 1) == ["a.xsd", "a.xsd"]
    beside = dict(pair, **{"c.xsd": xsd(root="c")})
    assert schemas_of("beside", beside, "abc", 1) == ["a.xsd", "a.xsd", "c.xsd"]
    three = dict(pair, **{"b.xsd": xsd("c.xsd", root="b"), "c.xsd": xsd("a.xsd", root="c")})
    assert schemas_of("three", three, "abc", 2) == ["a.xsd"] * 3


def test_a_schema_that_includes_itself_is_one():
    assert schemas_of("itself", {"s.xsd": xsd("s.xsd", root="a")}) == ["s.xsd"]
    assert schemas_of("as-well", {"s.xsd": xsd("s.xsd", "t.xsd", root="a"), "t.xsd": xsd("t.xsd", root="b")},
                      "ab", 1) == ["s.xsd"] * 2


def test_a_circle_that_another_includes_is_no_schema():
    circle = {"b.xsd": xsd("c.xsd", root="b"), "c.xsd": xsd("b.xsd", root="c")}
    assert schemas_of("outer", dict(circle, **{"d.xsd": xsd("c.xsd", root="d")}), "bcd", 2) == ["d.xsd"] * 3
    # And what a circle includes is none, though it comes first.
    circle["c.xsd"] = xsd("b.xsd", "a.xsd", root="c")
    assert schemas_of("inner", dict(circle, **{"a.xsd": xsd(root="a")}), "abc", 2) == ["b.xsd"] * 3


def test_long_chains_of_includes():
    chain = {"%04d.xsd" % i: xsd("%04d.xsd" % (i + 1)) for i in range(2000)}
    chain["2000.xsd"] = xsd("0000.xsd", root="a")
    for schemas in given("chain", chain):
        explained = run(ROOTS["a"], "-s", schemas, "--explain").stdout.decode()
        assert "0000.xsd" in explained and "left out   2000 that" in explained, explained


# -- Addresses

def test_an_include_is_one_by_whatever_address():
    for i, (file, address) in enumerate((
            ("b c.xsd", "b c.xsd"), ("b c.xsd", "b%20c.xsd"), ("größe.xsd", "größe.xsd"),
            ("größe.xsd", "gr%C3%B6%C3%9Fe.xsd"), ("b.xsd", "b.xsd#b"), ("b c.xsd", "./b c.xsd#b"),
            ("b.xsd", "\n  b.xsd "), ("b#1.xsd", "b%231.xsd"), ("sub dir/b.xsd", "sub dir/../sub dir/b.xsd"),
            ("sub/b.xsd", ".//sub/b.xsd"))):
        documents = {"a.xsd": xsd(address, root="a"), file: xsd(root="b").replace(" xmlns", " id='b' xmlns")}
        assert schemas_of("address-%d" % i, documents, "ab", 1) == ["a.xsd"] * 2, address


def test_an_archive_may_name_its_files_from_a_dot_on():
    documents = {"a.xsd": xsd("sub/b.xsd", root="a"), "sub/b.xsd": xsd("../c.xsd", root="b"),
                 "c.xsd": xsd(root="c")}
    folder, _ = given("dotted", documents)
    for name, options in (("tar", []), ("tar.gz", [])):
        archive = path("dotted." + name)
        subprocess.run(["tar", "-c", "-a", "-f", archive, "-C", folder, "."], check=True, timeout=LIMIT)
        records = run(*(ROOTS[root] for root in "abc"), "-s", archive, *options, check=(0,)).stdout
        assert [json.loads(line)["schema"] for line in records.splitlines()] == ["a.xsd"] * 3, records


def test_an_include_of_relax_ng_is_one_by_whatever_address():
    documents = {"a.rng": RNG % '<include href="b é.rng"/><start><ref name="b"/></start>',
                 "b é.rng": RNG % '<define name="b"><element name="a"><text/></element></define>'}
    assert schemas_of("relaxng", documents, "a", 1) == ["a.rng"]


def test_an_include_is_one_by_links_and_catalogs():
    folder, _ = given("linked", {"a.xsd": xsd("link.xsd", root="a"), "b.xsd": xsd(root="b")})
    os.symlink("b.xsd", os.path.join(folder, "link.xsd"))
    record = json.loads(run(ROOTS["b"], "-s", folder, check=(0,)).stdout)
    assert record["schema"] == "a.xsd", record
    folder, _ = given("mapped", {"a.xsd": xsd("http://example.org/b.xsd", root="a"), "b.xsd": xsd(root="b")})
    catalog = path("mapped.cat", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
                   '<uri name="http://example.org/b.xsd" uri="mapped/b.xsd"/></catalog>')
    record = json.loads(run(ROOTS["b"], "-s", folder, "--catalog", catalog, check=(0,)).stdout)
    assert record["schema"] == "a.xsd", record


# -- What an archive is

def test_an_archive_of_schemas_is_known_by_what_is_in_it():
    documents = {"a.xsd": xsd("sub/b.xsd", root="a"), "sub/b.xsd": xsd(root="b")}
    folder, zip_file = given("known", documents)
    archives = [path("known.jar"), path("known-without-a-name"), path("known.xsd")]
    for copy in archives:
        shutil.copy(zip_file, copy)
    for letter, name in (("z", "tgz"), ("J", "txz"), ("j", "tbz2"), ("z", "other"), ("", "one.xml")):
        archives.append(path("known-tar." + name))
        subprocess.run(["tar", "-c%sf" % letter, archives[-1], "-C", folder, "a.xsd", "sub"], check=True, timeout=LIMIT)
    for schemas in archives:
        records = run(ROOTS["a"], ROOTS["b"], "-s", schemas, check=(0,)).stdout
        assert [json.loads(line)["schema"] for line in records.splitlines()] == ["a.xsd"] * 2, schemas


def test_a_compressed_schema_is_a_schema():
    path("packed/b.xsd", xsd(root="b"))
    for name, pack in (("a.xsd.gz", gzip.compress), ("a.xsd.xz", lzma.compress), ("a", bz2.compress)):
        schema = path("packed/" + name, pack(xsd("b.xsd", root="a").encode()))
        for option in (schema, "=" + schema, "root:a=" + schema):
            record = json.loads(run(ROOTS["a"], "-s", option, check=(0,)).stdout)
            assert record["schema"] == name, record
        # As any single schema it is for every root.
        assert json.loads(run(ROOTS["c"], "-s", schema, check=(1,)).stdout)["verdict"] == "invalid"
        assert json.loads(run(ROOTS["b"], "-s", schema, check=(0,)).stdout)["verdict"] == "valid"
    assert ":1: " in refused("-s", path("bad.xsd.gz", gzip.compress(b"<xs:schema")))
    assert "is not XML" in refused("-s", path("text.gz", gzip.compress(b"element a")))


def test_what_is_named_as_an_archive_and_is_none_is_told_as_that():
    assert "its name says that an archive" in refused("-s", path("page.zip", "<!DOCTYPE html><html/>no"))
    assert "is empty" in refused("-s", path("empty.zip", ""))
    assert "a RAR archive, which cannot be read here" in refused("-s", path("a-rar", b"Rar!\x1a\x07\0\0\0"))


# -- Hostile archives

def test_a_name_that_is_there_twice():
    first, other = xsd(root="a"), xsd(root="b")
    for names in (("a.xsd", "a.xsd"), ("a.xsd", "./a.xsd")):
        def pack(documents, names=names):
            file = path("twice.zip")
            with zipfile.ZipFile(file, "w") as stream, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for name, document in zip(names, documents):
                    stream.writestr(name, document)
            return file
        line = refused("-s", pack([first, other]))
        assert "twice.zip!/a.xsd: is there twice, and the two differ" in line, line
        twice = pack([first, first])
        for schemas in (["-s", twice], ["-s", "=" + twice, "-s", "urn:x=" + twice]):
            assert json.loads(run(ROOTS["a"], *schemas, check=(0,)).stdout)["verdict"] == "valid"


def test_what_lies_in_an_archive_leads_to_no_file_outside():
    path("secret/b.xsd", xsd(root="b"))
    path("b.xsd", xsd(root="b"))
    text = path("secret/text", "TOP SECRET")
    absolute = path("secret/b.xsd")
    for address in ("../secret/b.xsd", "../../b.xsd", "../../../../../../../../../.." + absolute, absolute,
                    "file://" + absolute, "file:" + absolute, "file://localhost" + absolute, "FILE://" + absolute,
                    "..%2Fsecret/b.xsd", "%2e%2e/b.xsd", "/../secret/b.xsd"):
        file = path("evil.zip", zipped({"sub/a.xsd": xsd(address, root="a")}))
        assert json.loads(run(ROOTS["a"], "-s", file, check=(0,)).stdout)["verdict"] == "valid"
        process = run(ROOTS["b"], "-s", file, check=(1,))
        assert "No matching global declaration" in json.loads(process.stdout)["errors"][0]["message"], (address, process)
        assert b"the include is left out, for " in process.stderr, process.stderr
    for address in (text, "file://" + text, "../secret/text"):
        doctype = '<!DOCTYPE xs:schema [<!ENTITY e SYSTEM "%s">]>' % address
        for document in (doctype + XS % ("", "<xs:annotation><xs:documentation>&e;</xs:documentation></xs:annotation>"),
                         doctype.replace("ENTITY e", "ENTITY % e").replace("]", "%e;]") + xsd(root="a")):
            process = run(ROOTS["a"], "-s", path("evil.zip", zipped({"a.xsd": document})), check=(1, 2))
            assert b"SECRET" not in process.stdout + process.stderr, process
    grammar = RNG % '<start><externalRef href="../secret/b.rng"/></start>'
    path("secret/b.rng", '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><text/></element>')
    line = refused("-s", path("evil.zip", zipped({"a.rng": grammar})))
    assert "evil.zip!/secret/b.rng', which is not there" in line, line


def test_a_catalog_leads_out_of_an_archive():
    path("outside/b.xsd", xsd(root="b"))
    file = path("mapped-out.zip", zipped({"a.xsd": xsd("urn:x:b", root="a")}))
    assert "the line <uri name=\"urn:x:b\" uri=\"LOCAL-FILE\"/>" in run(
        ROOTS["a"], "-s", file, check=(0,)).stderr.decode()
    catalog = path("out.cat", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
                   '<uri name="urn:x:b" uri="outside/b.xsd"/></catalog>')
    assert json.loads(run(ROOTS["b"], "-s", file, "--catalog", catalog, check=(0,)).stdout)["verdict"] == "valid"


def test_a_directory_may_be_called_as_an_archive_is():
    path("odd!/common/b.xsd", xsd(root="b"))
    schema = path("odd!/a/a.xsd", xsd("../../odd!/common/b.xsd", root="a"))
    assert json.loads(run(ROOTS["b"], "-s", schema, check=(0,)).stdout)["verdict"] == "valid"


# -- What is refused

def test_an_unusable_schema_of_a_directory_is_named_with_what_to_do():
    for bad, place in (("<xs:schema", "bad.xsd:1: "), ("<no-schema/>", "bad.xsd:1: "), ("", "bad.xsd: is empty"),
                       ("<!DOCTYPE html><html/>", "bad.xsd:1: "), ("element a", "bad.xsd: is not XML"),
                       (XS % ("", "<xs:element/>"), "bad.xsd:1: "), (RNG % "<start/>", "bad.xsd")):
        # What macOS puts beside a file is none.
        for schemas in given("bad", {"a.xsd": xsd(root="a"), "bad.xsd": bad, "._a.xsd": b"\0\5\x16\7\0"}):
            line = refused("-s", schemas)
            assert place in line and line.endswith(
                ". Of a directory or an archive all schemas are used: take this one out, or give those to use one"
                " by one\n"), line
    assert "Of a directory" not in refused("-s", path("bad/bad.xsd"))


def test_a_guard_unpacks_no_compressed_tar():
    if "fork" not in backends():
        skip("no fork backend in this build")
    folder, _ = given("guarded", {"a.xsd": xsd(root="a")})
    subprocess.run(["tar", "-czf", path("guarded.tar.gz"), "-C", folder, "a.xsd"], check=True, timeout=LIMIT)
    layers = set(stats(run(ROOTS["a"], "--isolate", "--stats"))["isolation"])
    process = run(ROOTS["a"], "-s", path("guarded.tar.gz"), "--guard-schemas", check=(0, 2))
    assert process.returncode == (2 if layers & {"seccomp", "landlock"} else 0), process.stderr
    assert (b"give it as a ZIP, or unpacked" in process.stderr) == ("seccomp" in layers), process.stderr


def test_a_schema_image_is_given_by_itself():
    one, two = path("one.xsd", xsd(root="a")), path("two.xsd", xsd(root="b"))
    image = path("one.image")
    subprocess.run([THRESH, "compile", "-s", one, "-o", image], check=True, timeout=LIMIT)
    for option in (image + "+" + two, two + "+" + image, "urn:x=%s+%s" % (image, two)):
        line = refused("-s", option)
        assert line.startswith("thresh: --schema: %s: is a schema image, which is given by itself" % image), line


def test_each_side_of_a_plus_is_a_schema():
    one = path("one.xsd", xsd(root="a"))
    for option in (one + "+", "+" + one, one + "++" + one, "+", "urn:x=" + one + "+"):
        line = refused("-s", option)
        assert line.startswith("thresh: --schema: %s: no file is named on one side of a +; " %
                               option.replace("urn:x=", "")), line
    for schemas in given("whole", {"a.xsd": xsd(root="a")}):
        for option in (schemas + "+" + one, one + "+" + schemas):
            line = refused("-s", option)
            assert line.startswith("thresh: --schema: %s: is a directory, an archive or compressed; only XSDs are put "
                                   "together" % schemas), line


main()
