#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Records as other tools read them: JUnit's XML, SARIF, GitHub's annotations; whole at any end of a run."""
import json
import os
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as ElementTree

from command import (ORDER, SAMPLE, SOURCE, THRESH, archive, backends, full_device, main, path, run, skip,
                     start)

JUNIT_XSD = os.path.join(SOURCE, "tests", "data", "junit.xsd")
SARIF_SCHEMA = os.path.join(SOURCE, "tests", "node_modules", "@microsoft", "jest-sarif", "lib", "schemas",
                            "sarif-2.1.0-rtm.5.json")
NOTE_XSD = path("note.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                            '<xs:element name="note" type="xs:date"/></xs:schema>')
# One of each outcome, and names that would be something else in each of the formats.
MIXED = archive("mixed.zip", {
    "good.xml": "<note>2024-02-29</note>",
    "in/bad.xml": "<note>2024-02-30</note>",
    "broken.xml": "<note",
    "other.xml": "<other xmlns='urn:x'/>",
    "unread.xml": '<!DOCTYPE note [<!ENTITY e SYSTEM "file:///etc/passwd">]><note>&e;</note>',
    "readme.txt": "hello",
    'a"b<c>&amp;%0A::error::]]>.xml': "<note/>",
    "##[error]x\n::stop-commands::y.xml": "<note>##[group]\n</note>",
    "\u202egnp.xml \u2603 \ufffe#?é.xml": "<note/>",
})
ASKED = (MIXED, "-s", "=" + NOTE_XSD)


def junit(*arguments, **options):
    """The cases by name, of a file that is valid."""
    out = run("-f", "junit", *arguments, **options).stdout
    checked = run(path("junit.xml", out), "-s", JUNIT_XSD, "-f", "ndjson").stdout
    assert json.loads(checked)["verdict"] == "valid", checked
    return ElementTree.fromstring(out)


def sarif(*arguments, **options):
    log = json.loads(run("-f", "sarif", *arguments, **options).stdout)
    check_sarif(log)
    return log["runs"][0]


def check_sarif(log):
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    if not os.path.exists(SARIF_SCHEMA):
        skip("tests/node_modules lacks SARIF's schema; ci/setup gets it")
    with open(SARIF_SCHEMA, encoding="utf-8") as schema:
        jsonschema.Draft4Validator(json.load(schema)).validate(log)


# -- JUnit

def test_junit_has_a_case_an_entry():
    suite = junit(*ASKED).find("testsuite")
    cases = suite.findall("testcase")
    outcomes = {case.get("name"): [child.tag for child in case] for case in cases}
    assert suite.get("tests") == "9" == str(len(cases)), suite.attrib
    assert outcomes["good.xml"] == [] and outcomes["readme.txt"] == ["skipped"], outcomes
    assert outcomes["in/bad.xml"] == outcomes["broken.xml"] == outcomes["other.xml"] == ["failure"], outcomes
    assert outcomes["unread.xml"] in (["failure"], ["error"]), outcomes
    bad = next(case for case in cases if case.get("name") == "in/bad.xml")
    assert bad.get("classname") == MIXED, bad.attrib
    failure = bad.find("failure")
    assert failure.get("message").startswith("line 1: ") and failure.get("type").startswith("cvc-datatype")
    assert "2024-02-30" in failure.text and "[cvc-" in failure.text and "at /note" in failure.text


def test_junit_escapes_what_names_say():
    names = [case.get("name") for case in junit(*ASKED).iter("testcase")]
    assert 'a"b<c>&amp;%0A::error::]]>.xml' in names, names
    assert any("\\u202egnp.xml" in name for name in names), names


def test_where_there_is_no_document_nothing_is_green():
    os.makedirs(path("none"), exist_ok=True)
    cases = junit(path("none")).findall("testsuite/testcase")
    assert [[child.tag for child in case] for case in cases] == [["skipped"], ["error"]]
    assert sarif(path("none"))["invocations"][0]["executionSuccessful"] is False
    assert commands(path("none"))[0] == ["::error title=thresh::there was no document: nothing was checked"]


# -- SARIF

def test_sarif_is_valid_and_has_a_result_a_fault():
    log = sarif(*ASKED)
    verdicts = [result["properties"]["verdict"] for result in log["results"]]
    assert {"invalid", "malformed", "unmapped"} <= set(verdicts) and "valid" not in verdicts, verdicts
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in log["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"file:///([-\w.~/!$&'()*+,;=@]|%[0-9A-F]{2})*", uri, re.A), uri
    bad = next(r for r in log["results"] if r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
               .endswith("/in/bad.xml"))
    assert bad["level"] == "error" and "2024-02-30" in bad["message"]["text"]
    assert bad["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert bad["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "/note"
    assert log["invocations"][0]["executionSuccessful"] is True
    assert log["properties"]["entries"] == 9 and log["properties"]["skipped"] == 1


def test_sarif_of_good_documents_has_no_result():
    log = sarif(path("good.xml", "<a/>"))
    assert log["results"] == [] and log["tool"]["driver"]["rules"] == []


def test_sarif_paths_that_are_relative_stay_so():
    path("dir/b:c.xml", "<a")
    log = sarif("dir/b:c.xml", cwd=path())
    uri = log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "dir/b%3Ac.xml", uri


def uris(*arguments):
    log = sarif(*arguments, cwd=path())
    return [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["results"]]


def test_sarif_uris_are_normal():
    path("dots/x/y.xml", "<a")
    for given, uri in (("./dots/x/y.xml", "dots/x/y.xml"), ("dots//x/./y.xml", "dots/x/y.xml"),
                       ("./dots", "dots/x/y.xml"), (".//dots/", "dots/x/y.xml"),
                       ("dots/../dots/x/y.xml", "dots/../dots/x/y.xml")):
        assert uris(given) == [uri], given
    os.symlink("x", path("dots/link"))
    real = "file://" + os.path.realpath(path())
    for given in ("dots/x/../x/y.xml", "dots/link/../x/./y.xml", "dots//x/..//../dots/x//y.xml"):
        assert uris(path() + "/" + given) == [real + "/dots/x/y.xml"], given
    assert uris("/.." + os.path.realpath(path()) + "/dots/x/y.xml") == [real + "/dots/x/y.xml"]


def test_sarif_uris_of_what_is_in_an_archive_lead_to_nothing_else():
    names = ["../../etc/passwd.xml", "./a.xml", "a//b.xml", "a/../../../b.xml", "/abs.xml", "a/.../b.xml", "..",
             "x/..", "%2E%2E/c.xml", "\\..\\d.xml", "!/../e.xml"]
    archive("names/evil.zip", {name: "<?xml version='1.0'?><a" for name in names})
    got = list(dict.fromkeys(uris("names/evil.zip")))
    assert len(got) == len(names), got
    for uri, name in zip(got, names):
        where = urllib.parse.urlsplit(urllib.parse.urljoin("http://h/repository/", uri))
        assert where.path.startswith("/repository/names/evil.zip!"), (uri, where)
        assert not where.query and not where.fragment and re.fullmatch(r"[!-~]+", uri), uri
        assert urllib.parse.unquote(uri).replace("\\", "/").endswith(name.replace("\\", "/")), (uri, name)


# -- GitHub

def commands(*arguments, **options):
    """What a runner would take for commands, and the other lines."""
    lines = run("-f", "github", *arguments, **options).stdout.decode().splitlines()
    return ([line for line in lines if line.lstrip().startswith("::") or "##[" in line],
            [line for line in lines if not line.lstrip().startswith("::")])


def test_github_annotates_files_at_their_place():
    xml = path("notes/one,two:three.xml", "<note>\n<x></note>")
    found, _ = commands("notes/one,two:three.xml", "-s", NOTE_XSD, cwd=path())
    assert len(found) == 1 and found[0].startswith(
        "::error file=notes/one%2Ctwo%3Athree.xml,line=2,col="), found
    assert ",title=malformed tag-name-mismatch::line 2, column " in found[0], found
    assert os.path.exists(xml)
    for dotted in ("./notes", "././notes/one,two:three.xml"):
        assert commands(dotted, "-s", NOTE_XSD, cwd=path())[0] == found, dotted


def test_github_annotates_an_archive_for_what_is_in_it():
    found, _ = commands("mixed.zip", "-s", "=" + NOTE_XSD, cwd=path())
    bad = next(line for line in found if "in/bad.xml" in line)
    assert bad.startswith("::error file=mixed.zip,title=invalid cvc-datatype"), bad
    assert "::in/bad.xml: line 1: " in bad, bad


def test_github_lets_no_document_give_a_command():
    found, _ = commands(*ASKED)
    for line in found:
        assert re.match(r"::(error|warning) file=[^:]*,title=[\w .-]*::", line), line
        assert "##[" not in line, line
    xml = path("names.xml", "<note>" + "".join("<##[error]%d/>" % i for i in range(30)) + "</note>")
    found, plain = commands(archive("many.zip", {"%d\n::set-env name=X::y##[debug].xml" % i: "<a" for i in range(30)}),
                            xml)
    assert not any("##[" in line or "set-env" in line.split("::")[1] for line in found), found
    assert all(line.startswith(("error: ", "warning: ", "thresh: ")) for line in plain), plain


def test_github_is_capped_and_says_what_is_not_shown():
    found, plain = commands(archive("thirty.zip", ["<a"] * 30))
    assert len([line for line in found if line.startswith("::error ")]) == 10, found
    assert found[-1].startswith("::notice title=thresh::20 more errors are in the log"), found
    assert len([line for line in plain if line.startswith("error: ")]) == 20
    assert plain[-1] == "thresh: 30 entries, 30 malformed", plain


# -- All

def test_every_backend_writes_the_same():
    for form in ("junit", "sarif", "github"):
        first = None
        for backend in backends():
            for jobs in ("1", "3"):
                out = run(SAMPLE, *ASKED[:1], "-s", ORDER, "-f", form, "-b", backend, "-j", jobs).stdout
                first = first or out
                assert out == first, (form, backend, jobs)


def test_a_run_that_is_stopped_is_whole_and_says_so():
    names = archive("many-more.zip", {"%05d.xml" % i: "<a>%s</c>" % ("<b/>" * 400) for i in range(40000)})
    for form in ("junit", "sarif", "github"):
        process = start(names, "-f", form, "-b", "sequential", "--max-errors", "1")
        first = process.stdout.read(1 << 16)
        process.terminate()
        out = first + process.stdout.read()
        assert process.wait() == 143, process.stderr.read()
        told = "stopped after "
        if form == "junit":
            error = ElementTree.fromstring(out).findall("testsuite/testcase")[-1].find("error")
            assert error.get("type") == "run" and told in error.get("message"), error.attrib
        elif form == "sarif":
            log = json.loads(out)
            check_sarif(log)
            done = log["runs"][0]["invocations"][0]
            assert done["executionSuccessful"] is False
            assert told in done["toolExecutionNotifications"][0]["message"]["text"], done
        else:
            assert b"\n::error title=thresh::" + told.encode() in out, out[-500:]


def test_they_are_of_records_of_a_whole_run():
    for other in (["--group"], ["--shard", "1/2"]):
        for form in ("junit", "sarif", "github"):
            process = run(SAMPLE, "-f", form, *other, check=(2,))
            assert process.stderr.startswith(b"thresh: --format: junit, sarif and github are of "), process.stderr
            assert process.stdout == b"", process.stdout


def test_a_file_is_complete_or_not_at_all():
    out = path("results.xml")
    run(SAMPLE, "-s", ORDER, "-f", "junit", "-o", out)
    assert len(ElementTree.parse(out).findall("testsuite/testcase")) == 120
    with full_device() as full:
        process = subprocess.run([THRESH, SAMPLE, "-f", "junit"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert process.returncode == 2 and b"cannot be written" in process.stderr, process.stderr


main()
