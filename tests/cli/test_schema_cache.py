#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Schemas that are kept compiled (--schema-cache): nobody can tell but by the time."""
import json
import os
import resource
import shutil
import signal
import subprocess

from command import DATA, LIMIT, ORDER, SAMPLE, THRESH, archive, backends, main, path, run, start
from corpus import schemas

CORPORA = os.path.join(DATA, "corpora")
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
DOCUMENTS = archive("documents.zip", {"%d.xml" % n: '<o xmlns="urn:o"><a>%s</a><b>%s</b></o>' % pair for n, pair in
                                      enumerate([("1", "2"), ("x", "2"), ("1", "x"), ("x", "x")])})


def fresh(name):
    """A path on which nothing is."""
    target = path(name)
    shutil.rmtree(target, ignore_errors=True)
    return target


def family(name):
    """A folder with a schema that includes one, imports another, and looks for one that is not there."""
    folder = fresh(name)

    def put(file, content):
        return path(os.path.join(name, file), content)
    put("main.xsd", '<xs:schema %s targetNamespace="urn:o" xmlns:o="urn:o" xmlns:i="urn:i" '
        'elementFormDefault="qualified"><xs:include schemaLocation="in/part.xsd"/>'
        '<xs:import namespace="urn:i" schemaLocation="http://example.com/import.xsd"/>'
        '<xs:include schemaLocation="late.xsd"/><xs:include schemaLocation="later.xsd"/><xs:element name="o">'
        '<xs:complexType><xs:sequence><xs:element name="a" type="o:a"/><xs:element name="b" type="i:b"/>'
        '</xs:sequence></xs:complexType></xs:element></xs:schema>' % XS)
    put("in/part.xsd", '<xs:schema %s targetNamespace="urn:o"><xs:simpleType name="a">'
        '<xs:restriction base="xs:int"/></xs:simpleType></xs:schema>' % XS)
    for kind in ("int", "any"):
        put("%s.xsd" % kind, '<xs:schema %s targetNamespace="urn:i"><xs:simpleType name="b">'
            '<xs:restriction base="xs:%s"/></xs:simpleType></xs:schema>' % (XS, "int" if kind == "int" else "NCName"))
    put("catalog.xml", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        '<uri name="http://example.com/import.xsd" uri="int.xsd"/></catalog>')
    return folder, ["-s", os.path.join(folder, "main.xsd"), "--catalog", os.path.join(folder, "catalog.xml")]


def said(*arguments, check=(0, 1), **options):
    process = run(*arguments, check=check, **options)
    return process.returncode, process.stdout, process.stderr


def is_found(*arguments):
    """Whether the schemas come from the cache."""
    return b"from the cache" in run(*arguments, "--explain").stdout


def same(cache, *arguments):
    """What a run without the cache says is what one says that finds nothing in it, and one that finds it."""
    want = said(*arguments)
    for _ in range(2):
        assert said(*arguments, "--schema-cache=" + cache) == want
    assert is_found(*arguments, "--schema-cache=" + cache)
    return want


def test_every_backend_says_the_same():
    cache = fresh("cache")
    for name in ("documents.zip", "mutants.zip"):
        for backend in backends():
            same(cache, os.path.join(CORPORA, name), *schemas(CORPORA), "-b", backend)
    assert len(os.listdir(cache)) == 1


def test_an_edit_of_any_file_is_seen():
    folder, options = family("edited")
    cache = fresh("edited-cache")

    def edit(file, old, new):
        with open(os.path.join(folder, file), encoding="utf-8") as before:
            text = before.read()
        assert old in text
        return path(os.path.join("edited", file), text.replace(old, new))
    said_last = same(cache, DOCUMENTS, *options)
    for change in (lambda: edit("main.xsd", 'name="a"', 'name="a" minOccurs="2" maxOccurs="2"'),
                   lambda: edit("in/part.xsd", "xs:int", "xs:string"),
                   lambda: edit("int.xsd", "xs:int", "xs:date"),
                   lambda: edit("catalog.xml", 'uri="int.xsd"', 'uri="any.xsd"'),
                   lambda: path("edited/late.xsd", "<xs:schema %s/>" % XS)):
        change()
        assert not is_found(DOCUMENTS, *options, "--schema-cache=" + cache)
        now = same(cache, DOCUMENTS, *options)
        assert now != said_last
        said_last = now
    assert len(os.listdir(cache)) == 1


def test_the_same_size_and_time_do_not_make_it_the_same():
    folder, options = family("timed")
    cache, part = fresh("timed-cache"), os.path.join(folder, "in", "part.xsd")
    before = same(cache, DOCUMENTS, *options)
    facts = os.stat(part)
    with open(part, "r+b") as file:
        text = file.read().replace(b"xs:int", b"xs:ID ")
        file.seek(0)
        file.write(text)
    os.utime(part, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert os.stat(part).st_size == facts.st_size
    assert same(cache, DOCUMENTS, *options) != before
    other = path("timed-other", text.replace(b"xs:ID ", b"xs:int"))
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    os.rename(other, part)
    assert same(cache, DOCUMENTS, *options) == before
    os.utime(part)  # and with another time it may be the same
    assert is_found(DOCUMENTS, *options, "--schema-cache=" + cache)


def test_a_file_that_becomes_another_is_seen():
    """Two files, that hold the same and include what lies beside them, become one."""
    one = '<xs:schema %s><xs:include schemaLocation="t.xsd"/></xs:schema>' % XS
    main_xsd = path("links/main.xsd", '<xs:schema %s><xs:include schemaLocation="x/a.xsd"/><xs:include schemaLocation='
                    '"y/a.xsd"/><xs:element name="o" type="xs:int"/></xs:schema>' % XS)
    for place in "xy":
        path("links/%s/a.xsd" % place, one)
        path("links/%s/t.xsd" % place, '<xs:schema %s><xs:element name="%s"/></xs:schema>' % (XS, place))
    document, cache = path("links/d.xml", "<y/>"), fresh("links-cache")
    assert b'"valid"' in same(cache, document, "-s", main_xsd)[1]
    os.remove(path("links/y/a.xsd"))
    os.symlink("../x/a.xsd", path("links/y/a.xsd"))
    assert b'"invalid"' in same(cache, document, "-s", main_xsd)[1]


def test_what_is_added_to_a_folder_is_seen():
    cache = fresh("folder-cache")
    folder = os.path.dirname(path("folder/o.xsd", '<xs:schema %s targetNamespace="urn:o"><xs:element name="o"/>'
                                                  '</xs:schema>' % XS))
    document = path("folder.xml", '<p xmlns="urn:p"/>')
    before = same(cache, document, "-s", folder)
    path("folder/p.xsd", '<xs:schema %s targetNamespace="urn:p"><xs:element name="p"/></xs:schema>' % XS)
    assert same(cache, document, "-s", folder) != before
    packed = '<xs:schema %s targetNamespace="urn:p"><xs:element name="p" type="xs:%s"/></xs:schema>'
    os.remove(os.path.join(folder, "p.xsd"))
    archive("folder/p.zip", {"p.xsd": packed % (XS, "string")})
    before = same(cache, document, "-s", folder)
    archive("folder/p.zip", {"p.xsd": packed % (XS, "int")})
    assert same(cache, document, "-s", folder) != before
    before = same(cache, document, "-s", os.path.join(folder, "p.zip"))
    archive("folder/p.zip", {"p.xsd": packed % (XS, "string")})
    assert same(cache, document, "-s", os.path.join(folder, "p.zip")) != before


def test_warnings_errors_and_other_options_are_those_of_the_schema():
    cache = fresh("warned-cache")
    odd = path("odd.xsd", """<xs:schema %s><xs:import namespace="urn:none" schemaLocation="http://x/none.xsd"/>
      <xs:import namespace="urn:more" schemaLocation="http://x/more.xsd"/><xs:include schemaLocation="none.xsd"/><xs:simpleType name="t"><xs:restriction base="xs:int"><xs:length value="2"/>
      </xs:restriction></xs:simpleType><xs:element name="o" type="t"/></xs:schema>""" % XS)
    want = same(cache, DOCUMENTS, "-s", odd)
    assert b"cos-applicable-facets" in want[2] and b"as a catalog" in want[2]
    strict = said(DOCUMENTS, "-s", odd, "--strict-schema", check=(2,))
    assert said(DOCUMENTS, "-s", odd, "--strict-schema", "--schema-cache=" + cache, check=(2,)) == strict
    same(cache, DOCUMENTS, "-s", odd, "--guard-schemas")
    image = path("odd.image")
    for options in ([], ["--schema-cache=" + cache]):
        subprocess.run([THRESH, "compile", "-s", odd, "-o", image, *options], check=True, timeout=LIMIT,
                       stderr=subprocess.DEVNULL)
        with open(image, "rb") as file:
            content = file.read()
        assert said(DOCUMENTS, "-s", image) == want
        assert not options or content == first
        first = content
    broken = path("broken.xsd", '<xs:schema %s><xs:element name="o" type="none"/></xs:schema>' % XS)
    for _ in range(2):
        assert said(DOCUMENTS, "-s", broken, "--schema-cache=" + cache, check=(2,)) == \
            said(DOCUMENTS, "-s", broken, check=(2,))


def test_beside_images_and_relax_ng():
    cache, folder = fresh("beside-cache"), family("beside")
    rng = path("o.rng", '<element name="r" ns="urn:r" xmlns="http://relaxng.org/ns/structure/1.0"><text/></element>')
    image = path("order.image")
    subprocess.run([THRESH, "compile", "-s", ORDER, "-o", image], check=True, timeout=LIMIT)
    same(cache, DOCUMENTS, SAMPLE, "-s", image, "-s", "urn:r=" + rng, *folder[1])
    given = os.path.join(folder[0], "main.xsd")
    same(cache, DOCUMENTS, "-s", "urn:o=" + given, "-s", "urn:x=" + given, *folder[1][2:])
    line = run(DOCUMENTS, "-s", rng, "--schema-cache=" + fresh("rng-cache")).stderr
    assert b"cache" not in line, line


def test_damage_costs_time_and_never_truth():
    (folder, options), cache = family("damaged"), fresh("damaged-cache")
    want = same(cache, DOCUMENTS, *options)
    other = fresh("damaged-other")
    same(other, DOCUMENTS, "-s", ORDER)
    kept, = (os.path.join(cache, name) for name in os.listdir(cache))
    foreign, = (os.path.join(other, name) for name in os.listdir(other))
    with open(kept, "rb") as file:
        whole = file.read()
    with open(foreign, "rb") as file:
        of_other = file.read()
    half = len(whole) // 2
    for content in (b"", whole[:half], whole + b"x", whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1:],
                    b"no image at all", of_other):
        with open(kept, "wb") as file:
            file.write(content)
        assert not is_found(DOCUMENTS, *options, "--schema-cache=" + cache)
        assert same(cache, DOCUMENTS, *options) == want
        with open(kept, "rb") as file:
            assert file.read() == whole
    for make in (lambda: os.symlink(foreign, kept), lambda: os.mkfifo(kept)):
        os.remove(kept)
        make()
        assert same(cache, DOCUMENTS, *options) == want
    with open(foreign, "rb") as file:
        assert file.read() == of_other, "what a link leads to is left alone"
    assert os.path.isdir(folder)


def test_what_everybody_may_write_to_is_refused():
    place = fresh("open")
    os.mkdir(place)
    os.chmod(place, 0o777)
    line = run(SAMPLE, "-s", ORDER, "--schema-cache=" + place, check=(2,)).stderr.decode()
    assert "everybody may write to it, and so say what schemas are; take a directory of your own for --schema-cache" in line
    line = run(SAMPLE, "-s", ORDER, "--schema-cache=" + path("file", b""), check=(2,)).stderr.decode()
    assert "cannot be opened" in line and "name another directory with --schema-cache, or none" in line
    line = run(SAMPLE, "-s", ORDER, "--schema-cache=", check=(2,)).stderr.decode()
    assert "--schema-cache: no directory is named" in line


def test_without_a_name_it_is_the_users_own():
    xdg, home = fresh("xdg"), fresh("home")
    os.mkdir(home)
    for variables, place in (({"XDG_CACHE_HOME": xdg, "HOME": home}, os.path.join(xdg, "thresh")),
                             ({"XDG_CACHE_HOME": "", "HOME": home}, os.path.join(home, ".cache", "thresh")),
                             ({"XDG_CACHE_HOME": "relative", "HOME": home}, os.path.join(home, ".cache", "thresh"))):
        run(SAMPLE, "-s", ORDER, "--schema-cache", env=variables)
        assert len(os.listdir(place)) == 1 and os.stat(place).st_mode & 0o777 == 0o700
        assert b"from the cache" in run(SAMPLE, "-s", ORDER, "--schema-cache", "--explain", env=variables).stdout
    line = run(SAMPLE, "-s", ORDER, "--schema-cache", env={"XDG_CACHE_HOME": "", "HOME": ""}, check=(2,)).stderr
    assert b"there is no home directory to keep it in; name one, --schema-cache=DIR" in line


def test_jobs_name_it_too():
    cache = fresh("job-cache")
    for value in (cache, True):
        job = path("job.json", json.dumps({"schema": ORDER, "schema-cache": value}))
        for found in (False, True):
            assert found == (b"from the cache" in run(SAMPLE, "--job", job, "--explain",
                                                      env={"XDG_CACHE_HOME": path("job-xdg")}).stdout)
            run(SAMPLE, "--job", job, env={"XDG_CACHE_HOME": path("job-xdg")})
            os.makedirs(path("job-xdg"), exist_ok=True)
    job = path("job.json", json.dumps({"schema": ORDER, "schema-cache": False}))
    assert not is_found(SAMPLE, "--job", job)


def test_it_is_bounded_and_the_oldest_goes():
    cache = fresh("bounded-cache")
    files = [path("bounded/%d.xsd" % n, '<xs:schema %s><xs:element name="o%d"/></xs:schema>' % (XS, n)) for n in range(3)]
    run(DOCUMENTS, "-s", files[0], "--schema-cache=" + cache)
    size, = (os.path.getsize(os.path.join(cache, name)) for name in os.listdir(cache))
    bound = ["--schema-cache=" + cache, "--cache-size", size * 5 // 2]
    run(DOCUMENTS, "-s", files[1], *bound)
    for name in os.listdir(cache):
        os.utime(os.path.join(cache, name), (1, 1))
    assert is_found(DOCUMENTS, "-s", files[0], *bound), "which is now the one used last"
    run(DOCUMENTS, "-s", files[2], *bound)
    assert [is_found(DOCUMENTS, "-s", file, *bound[:1]) for file in files] == [True, False, True]
    line = run(DOCUMENTS, "-s", ORDER, "--schema-cache=" + cache, "--cache-size", "1K").stderr.decode()
    assert "is not kept; raise --cache-size" in line


def test_one_that_cannot_be_written_is_a_warning():
    cache, want = fresh("full-cache"), said(SAMPLE, "-s", ORDER)

    def bounded():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    process = subprocess.run([THRESH, SAMPLE, "-s", ORDER, "--schema-cache=" + cache, "-b", "sequential"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=bounded, check=False,
                             timeout=LIMIT)
    assert (process.returncode, process.stdout) == want[:2]
    line = process.stderr.decode()
    assert "warning: %s: cannot be written to" % cache in line and "--schema-cache, or none" in line, line
    assert not os.listdir(cache), "nothing is left behind"


def test_any_number_of_runs_at_a_time():
    (_, options), cache = family("together"), fresh("together-cache")
    want = said(DOCUMENTS, *options)
    for _ in range(3):
        runs = [start(DOCUMENTS, *options, "--schema-cache=" + cache) for _ in range(8)]
        for process in runs:
            out, errors = process.communicate(timeout=LIMIT)
            assert (process.returncode, out, errors) == want
        name, = os.listdir(cache)
        assert name.endswith(".image")
        path("together/in/part.xsd", '<xs:schema %s targetNamespace="urn:o"><xs:simpleType name="a">'
             '<xs:restriction base="xs:string"/></xs:simpleType></xs:schema>' % XS)
        want = said(DOCUMENTS, *options)


def test_schemas_from_the_cache_are_not_replaced():
    (folder, options), cache = family("read"), fresh("read-cache")
    same(cache, DOCUMENTS, *options)
    for name in ("main.xsd", "in/part.xsd", "int.xsd", "catalog.xml"):
        file = os.path.join(folder, name)
        assert b"is read by this run" in run(DOCUMENTS, *options, "--schema-cache=" + cache, "-o", file, check=(2,)).stderr


def test_documents_are_known_whichever_way_schemas_were_loaded():
    (_, options), image = family("known"), path("known.image")
    subprocess.run([THRESH, "compile", "-s", ORDER, "-o", image], check=True, timeout=LIMIT)
    for before in ([], ["-s", image]):
        cache = fresh("known-cache")
        for want in (0, 4, 4):
            process = run(DOCUMENTS, *before, *options, "--schema-cache=" + cache, "--cache", cache, "--stats")
            assert json.loads(process.stderr.splitlines()[-1])["known"] == want, before


main()
