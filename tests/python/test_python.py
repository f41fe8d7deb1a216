#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The package for Python, as a program uses it: its records are the command's, whatever the input is, and
whatever way the loop over them ends nothing of the run is left."""
import ast
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile

from command import (LIMIT, ORDER, SAMPLE, SANITIZED, SOURCE, archive, backends, main, path, records, run, skip,
                     zipped)

BUILD = os.environ["THRESH_BUILD_DIR"]
PACKAGE = os.path.join(BUILD, "python")
if SANITIZED and not os.environ.get("LD_PRELOAD"):
    # The sanitizer's runtime comes first, or it refuses to be loaded into a program without it. Python itself
    # never frees some of what it allocates.
    runtime = subprocess.run([os.environ["THRESH_CC"], "-print-file-name=libclang_rt.asan-x86_64.so"],
                             stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    if not os.path.isabs(runtime):
        print("SKIPPED: there is no shared runtime of the sanitizer")
        sys.exit(77)
    os.execve(sys.executable, [sys.executable, *sys.argv], {
        **os.environ, "LD_PRELOAD": runtime, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
# What other interpreters need, and the command, which has a runtime of its own, does not bear.
OF_PYTHON = dict(os.environ)
os.environ.pop("LD_PRELOAD", None)
sys.path.insert(0, PACKAGE)
import thresh  # noqa: E402: it lies in the build

MANY = archive("many.zip", {"%04d.xml" % i: "<a n='%d'/>" % i for i in range(3000)})
EXTRACT = {"parties": "count(//*)", "id": "string(/*/@id)", "all": "//@sku", "is": "boolean(//@sku)", "nan": "number('x')"}


def command_lines(*arguments):
    return run("-f", "ndjson", *arguments).stdout.decode()


def text_of(run_of_records):
    return "".join(record.text() for record in run_of_records)


def threads():
    return len(os.listdir("/proc/self/task"))


def descriptors():
    return sorted(os.listdir("/proc/self/fd"))


def ends(count, want):
    """Threads that have been joined may be seen for a moment."""
    for _ in range(100):
        if count() == want:
            return True
        time.sleep(0.02)
    return False


def raises(kind, call, *words):
    try:
        call()
    except kind as error:
        assert all(word in str(error) for word in words), error
        return
    raise AssertionError("nothing was raised")


def script(text, *, wait=True):
    """Another interpreter that runs the text, in which the package is thresh."""
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.path.insert(0, %r)\nimport thresh\n%s"
                                % (PACKAGE, text)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=OF_PYTHON)
    if not wait:
        return process
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err.decode()
    return out.decode()


def python_with(*modules):
    """This interpreter, or the system's, whichever has the modules."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import " + ", ".join(modules)], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0:
            return python
    return skip("no Python here has " + ", ".join(modules))


# -- Records are the command's

def test_records_are_the_bytes_of_the_command():
    extractions = [word for item in EXTRACT.items() for word in ("-x", "%s=%s" % item)]
    want = command_lines(SAMPLE, "-s", ORDER, "--max-errors", "2", *extractions)
    # Threads last: there are OpenMPs that keep theirs, beside which no process is forked.
    for backend in sorted(backends(), key="openmp".__eq__):
        with thresh.Checker(schema=ORDER, extract=EXTRACT, max_errors=2, backend=backend) as checker:
            got = []
            checker.each(SAMPLE, lambda record, got=got: got.append(record.text()))
            assert "".join(got) == want, backend
            if backend != "fork":
                assert text_of(checker.run(SAMPLE)) == want, backend


def test_a_record_as_a_dict_is_the_command_s_json():
    with thresh.Checker(schema=ORDER, extract=EXTRACT) as checker:
        got = [record.as_dict() for record in checker.run(SAMPLE)]
    assert got == records(SAMPLE, "-s", ORDER, *(word for item in EXTRACT.items() for word in ("-x", "%s=%s" % item)))


def test_csv_is_the_command_s():
    with thresh.Checker(schema=ORDER, extract=EXTRACT) as checker:
        thresh.to_csv(checker.run(SAMPLE), path("records.csv"))
        text = io.StringIO()
        thresh.to_csv(checker.run(SAMPLE), text)
    want = run(SAMPLE, "-s", ORDER, "-f", "csv", *(word for item in EXTRACT.items() for word in ("-x", "%s=%s" % item)))
    assert pathlib.Path(path("records.csv")).read_bytes() == want.stdout == text.getvalue().encode()


def test_attributes_of_records():
    document = ("<p:a xmlns:p='urn:x' xmlns='urn:y'><b>text</b><b>\u00e9</b></p:a>")
    extract = {"nodes": "//*[local-name()='b']", "string": "string(/*)", "number": "1 div 4", "none": "1 div 0",
               "boolean": "false()"}
    with thresh.Checker(extract=extract) as checker:
        record, bad, other = checker.run([thresh.Input(document.encode(), "one"), thresh.Input(b"<a>\n<b>", "two"),
                                          thresh.Input(b"text", "three")])
    assert (record.verdict, record.path, record.index, record.reason, record.schema) == (
        "wellformed", "one", 0, None, None)
    assert (record.bytes, record.root_namespace, record.root_name) == (len(document.encode()), "urn:x", "a")
    assert (record.elements, record.attributes, record.depth, record.text_bytes) == (3, 0, 2, 6)
    assert record.namespaces == (("p", "urn:x"), ("", "urn:y")) and record.namespaces[0].uri == "urn:x"
    assert record.fields == {"nodes": ["text", "\u00e9"], "string": "text\u00e9", "number": 0.25, "none": "Infinity",
                             "boolean": False}
    assert record.errors == () and record.errors_total == 0 and not record.is_unread
    with thresh.Checker(extract=extract) as checker:
        unread, = checker.run(b"<!DOCTYPE a [<!ENTITY e SYSTEM 'e.xml'>]><a><b>&e;</b></a>")
    assert unread.is_unread and set(unread.fields.values()) == {None}
    assert bad.verdict == "malformed" and bad.elements is None and bad.root_name is None and bad.fields == {}
    error = bad.errors[0]
    assert error.line == 2 and error.code and error.message and bad.errors_total == 1
    assert (other.verdict, other.reason, other.bytes) == ("skipped", "not-xml", None)
    assert repr(record) == "<thresh.Record 'one' wellformed>"
    assert record.text("csv").startswith("one,0,wellformed") and record.text("text").startswith("wellformed")
    raises(ValueError, lambda: record.text("xml"), "ndjson, csv and text")


def test_records_stay_when_the_run_and_the_checker_are_gone():
    with thresh.Checker() as checker:
        kept = list(checker.run(MANY))
    del checker
    assert [record.index for record in kept] == list(range(3000))
    assert kept[2999].text() == command_lines(MANY).splitlines(keepends=True)[2999]


def test_statistics_are_the_command_s():
    checker = thresh.Checker(schema=ORDER)
    assert checker.stats is None
    with checker.run(SAMPLE) as running:
        list(running)
        assert running.stats == checker.stats
    want = json.loads(run(SAMPLE, "-s", ORDER, "--stats").stderr.splitlines()[-1])
    for name in ("entries", "documents", "verdicts", "skipped", "bytes_in", "bytes_inflated", "unread", "good"):
        assert checker.stats[name] == want[name], name


# -- Inputs

def test_every_kind_of_input():
    content = pathlib.Path(SAMPLE).read_bytes()
    folder = path("folder/sample.zip", content)
    packed = path("sample.zip.gz", gzip.compress(content))
    outer = path("outer.zip", zipped({"inner": content}, zipfile.ZIP_STORED))
    want = [(r["verdict"], r["path"].split("!/", 1)[1]) for r in records(SAMPLE)]
    spooled = tempfile.TemporaryFile()
    spooled.write(b"before" + content)
    spooled.seek(6)
    reader, writer = os.pipe()
    threading.Thread(target=lambda: (os.fdopen(writer, "wb").write(content)), daemon=True).start()
    half_read = open(SAMPLE, "rb")
    half_read.read(10)
    half_read.seek(0)
    inputs = {
        "path": SAMPLE, "Path": pathlib.Path(SAMPLE), "bytes path": os.fsencode(SAMPLE) and SAMPLE,
        "bytes": content, "bytearray": bytearray(content), "memoryview": memoryview(content),
        "file": half_read, "raw file": open(SAMPLE, "rb", buffering=0), "temporary": spooled,
        "BytesIO": io.BytesIO(content), "gzip": gzip.open(packed), "entry": zipfile.ZipFile(outer).open("inner"),
        "descriptor": os.open(SAMPLE, os.O_RDONLY), "pipe": os.fdopen(reader, "rb", buffering=0),
        "list": [SAMPLE], "generator": (name for name in [SAMPLE]), "named": thresh.Input(content, "x.zip"),
    }
    with thresh.Checker() as checker:
        for kind, given in inputs.items():
            got = [(r.verdict, r.path.split("!/", 1)[1]) for r in checker.run(given)]
            assert got == want, kind
        assert [r.path for r in checker.run(os.path.dirname(folder))][0].startswith(folder + "!/")
        assert half_read.read(10) == content[:10]  # where it stood
        assert [r.path for r in checker.run([thresh.Input(b"<a/>", "n.xml"), b"<b/>"])] == ["n.xml", "memory"]


def test_what_is_no_input():
    with thresh.Checker() as checker:
        for wrong in (None, 1.5, [None], [object()], True):
            raises(TypeError, lambda wrong=wrong: checker.run(wrong))
        raises(TypeError, lambda: checker.run(io.StringIO("<a/>")), "reading bytes")
        raises(TypeError, lambda: checker.run(open(ORDER, encoding="utf-8")), "reading bytes")
        assert list(checker.run([])) == [] and not checker.stats["good"]
        raises(thresh.Error, lambda: list(checker.run("/nowhere.zip")), "/nowhere.zip: ")
        for fd in (12345, 1 << 32, -1):
            raises(thresh.Error, lambda fd=fd: list(checker.run(fd)), "cannot open fd %d" % fd)
        for wrong in ("a\0b", thresh.Input(MANY + "\0b", "n")):
            raises(ValueError, lambda wrong=wrong: checker.run(wrong))


# -- Options

def test_options_are_the_command_s_and_mistakes_have_its_words():
    raises(thresh.Error, lambda: thresh.Checker(schem="x"), "did you mean --schema?")
    raises(thresh.Error, lambda: thresh.Checker(schema="/nowhere.xsd"), "/nowhere.xsd: ")
    raises(thresh.Error, lambda: thresh.Checker(extract={"a": "//["}), "a")
    raises(thresh.Error, lambda: thresh.Checker(max_errors=-1), "is not a whole number")
    raises(thresh.Error, lambda: thresh.Checker(backend="gpu"), "no backend")
    raises(thresh.Error, lambda: thresh.Checker(strict_schema="maybe"), "neither true nor false")
    for name in ("output", "format", "stats", "explain", "progress", "no_progress", "quiet",
                 "report", "group"):
        raises(thresh.Error, lambda name=name: thresh.Checker(**{name: "x"}), "is for the command")
    with thresh.Checker(schema=None, include=["*.xml"], exclude=("*1.xml",), jobs=1, strict_schema=False,
                        vcpus=1.5, namespace={"p": "urn:x"}, extract={"n": "count(//p:a)"}) as checker:
        assert checker.run(MANY).stats is None
        assert len(list(checker.run(MANY))) == 3000
        assert checker.stats["workers"] == 1


def test_warnings_of_schemas():
    broken = path("broken.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
      <xs:complexType><xs:sequence><xs:element name="b" minOccurs="0"/><xs:element name="b" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element></xs:schema>""")
    assert any("cos-nonambig" in line for line in thresh.Checker(schema=broken).warnings)
    assert thresh.Checker(schema=ORDER).warnings == []
    raises(thresh.Error, lambda: thresh.Checker(schema=broken, strict_schema=True), "cos-nonambig")


def test_an_extraction_that_gives_nothing_is_warned_of_once_a_run():
    document = b"<a xmlns='urn:a'><b>1</b></a>"
    checker = thresh.Checker(extract={"b": "/a/b", "any": "/*:a/*:b"})
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run_of_two = checker.run([document, document])
        assert [record.fields["any"] for record in run_of_two] == [["1"], ["1"]] and list(run_of_two) == []
        run_of_two.close()
        stats = checker.each(document, lambda record: None)
        for _ in checker.run([document, document]):
            break
    assert [warning.category for warning in told] == [thresh.EmptyExtraction] * 2
    assert all(warning.filename == __file__ for warning in told)
    assert str(told[0].message).startswith("--extract b: '/a/b' gives no node in each of 2 documents")
    assert "try -x 'b=/*:a/*:b'" in str(told[1].message) and stats["fields_empty"] == [str(told[1].message)]


def test_explain():
    with thresh.Checker(schema=ORDER) as checker:
        text = checker.explain(SAMPLE)
    assert "order.xsd" in text and "backends " in text and "entries " in text


# -- How a run ends

def test_nothing_is_left_of_a_run_however_it_ends():
    # More than workers may have done, and wait to hand over, before anybody takes the second record.
    more = archive("more.zip", ["<a/>"] * 40000)
    checker = thresh.Checker()
    list(checker.run(MANY))
    before = (threads(), descriptors())

    def by_break():
        for _ in checker.run(MANY):
            break

    def by_exception():
        for _ in checker.run(MANY):
            raise KeyError

    def by_close():
        running = checker.run(more)
        next(running)
        running.close()
        assert list(running) == [] and 0 < checker.stats["answered"] < 40000, checker.stats

    def by_letting_go():
        next(checker.run(open(MANY, "rb")))

    def by_context():
        with checker.run(MANY) as running:
            next(running)

    def by_the_checker():
        other = thresh.Checker()
        running = other.run(MANY)
        next(running)
        other.close()
        assert list(running) == []
        raises(ValueError, lambda: other.run(MANY), "closed")

    for end in (by_break, by_exception, by_close, by_letting_go, by_context, by_the_checker):
        try:
            end()
        except KeyError:
            pass
        assert ends(threads, before[0]), end
        assert ends(descriptors, before[1]), end


def test_cancel_gives_what_is_done():
    checker = thresh.Checker(jobs=1, backend="sequential")
    running = checker.run(MANY)
    first = next(running)
    running.cancel()
    rest = list(running)
    assert first.index == 0 and [r.index for r in rest] == list(range(1, len(rest) + 1))
    assert len(rest) < 2999 and running.stats["answered"] == len(rest) + 1
    assert running.stats["stopped_by"] == "cancel"


def test_fail_fast_ends_the_records():
    documents = archive("fast.zip", ["<a/>", "<a>", "<a/>", "<a>", "<a/>"])
    with thresh.Checker(fail_fast=2).run(documents) as running, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert [record.verdict for record in running] == ["wellformed", "malformed"] * 2
    assert running.stats["bad"] == 2 and not running.stats["good"]
    assert [(one.category, str(one.message), one.filename) for one in told] == [
        (thresh.Stopped, "stopped by fail_fast after 4 of 5 entries", __file__)], told
    seen = []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        stats = thresh.Checker(fail_fast=2).each(documents, seen.append)
    assert [(one.category, one.filename) for one in told] == [(thresh.Stopped, __file__)], told
    assert [record.index for record in seen] == [0, 1, 2, 3] and stats["answered"] == 4 and not stats["good"]
    assert stats["stopped_by"] == "fail-fast" == running.stats["stopped_by"]
    with thresh.Checker(max_bad=40).run(documents) as running, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(running)) == 5
    assert running.stats["good"] and running.stats["stopped_by"] is None


def test_what_is_known_is_not_done_again():
    documents = archive("known.zip", ["<a b='1'>x</a>", "<a>", "<a/>"])
    with tempfile.TemporaryDirectory() as directory:
        seen = []
        for want in (0, 3):
            for options in ({"cache": os.path.join(directory, "c")}, {"resume": os.path.join(directory, "j")}):
                with thresh.Checker(extract={"b": "/a/@b"}, **options).run(documents) as running:
                    seen.append([(record.as_dict(), record.fields, record.errors) for record in running])
                assert running.stats["known"] == want
        with thresh.Checker(extract={"b": "/a/@b"}).run(documents) as running:
            assert seen == [[(record.as_dict(), record.fields, record.errors) for record in running]] * 4


def test_a_cache_is_where_it_was_when_the_run_began():
    documents, here = archive("moved.zip", ["<a/>", "<a>"]), os.getcwd()
    with tempfile.TemporaryDirectory() as directory:
        try:
            for want in (0, 2):
                os.chdir(directory)
                assert thresh.Checker(cache="c").each(documents, lambda record: os.chdir("/"))["known"] == want
        finally:
            os.chdir(here)


def test_what_is_thrown_out_of_a_cache_is_done_again_and_no_error():
    documents = archive("thrown.zip", ["<a/>", "<a>"])

    def throw_out(record):
        for name in os.listdir(directory):
            os.remove(os.path.join(directory, name))

    with tempfile.TemporaryDirectory() as directory:
        for look, want in ((throw_out, 0), (print, 0), (throw_out, 2), (print, 0)):
            assert thresh.Checker(cache=directory).each(documents, look)["known"] == want, (look, want)


def test_sha256_is_a_fact_of_the_record():
    documents = archive("sums.zip", ["<a/>"])
    record, = thresh.Checker(sha256=True).run(documents)
    assert record.sha256 == hashlib.sha256(b"<a/>").hexdigest() == record.as_dict()["sha256"]
    record, = thresh.Checker().run(documents)
    assert record.sha256 is None and "sha256" not in record.as_dict()


def test_a_run_that_waits_for_a_pipe_ends_at_once():
    reader, writer = os.pipe()
    before = threads()
    checker = thresh.Checker()
    checker.run(reader).close()
    assert checker.stats["entries"] == 0 and ends(threads, before)
    running = checker.run(os.fdopen(reader, "rb", buffering=0))
    threading.Timer(0.1, running.cancel).start()
    assert list(running) == []
    os.close(writer)


def test_no_more_records_wait_than_the_window_holds():
    more = archive("more.zip", {"%05d.xml" % i: "<a n='%d'/>" % i for i in range(30000)})
    with thresh.Checker().run(more) as running:
        next(running)
        time.sleep(1)
        running.cancel()
        assert len(list(running)) < 10000  # those in the window, and those that workers had ready


def test_an_error_comes_behind_the_records_before_it():
    full = path("tmp-is-a-file", b"")
    with thresh.Checker() as checker:
        got = []
        raises(thresh.Error, lambda: got.extend(checker.run([MANY, full and 77777])))
        assert not got or got[0].index == 0


def test_an_exception_in_each_ends_the_run():
    checker = thresh.Checker()
    seen = []

    def look(record):
        seen.append(record.index)
        if len(seen) == 5:
            raise LookupError("enough")

    raises(LookupError, lambda: checker.each(MANY, look), "enough")
    assert seen == [0, 1, 2, 3, 4]
    raises(TypeError, lambda: checker.each(MANY, 5))


def test_control_c_ends_a_run():
    process = script("""
import os, signal
checker = thresh.Checker(backend="sequential")
print(os.getpid(), flush=True)
try:
    while True:
        for record in checker.run(%r):
            pass
except KeyboardInterrupt:
    print("interrupted", len(os.listdir("/proc/self/task")), flush=True)
""" % MANY, wait=False)
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out == b"interrupted 1\n", (out, err)


def test_control_c_ends_each():
    waits = "reader, writer = os.pipe(); print(1, flush=True); thresh.Checker().each(reader, print)"
    works = ("print(1, flush=True); thresh.Checker(backend='openmp' if %r else 'sequential', jobs=2).each(\n"
             "    [%r] * 3000, lambda record: None)" % ("openmp" in backends(), MANY))
    nests = ("checker = thresh.Checker(backend='sequential')\n"
             "def look(record):\n"
             "    reader, writer = os.pipe(); print(1, flush=True); checker.each(reader, print)\n"
             "checker.each(%r, look)" % MANY)
    for text in (waits, works, nests):
        process = script("import os, signal\n" + text, wait=False)
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
        assert process.returncode == -signal.SIGINT and b"KeyboardInterrupt" in err, (text, out, err)


def test_a_handler_of_one_s_own_hears_of_control_c():
    out = script("""
import os, signal
heard = []
signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
thresh.Checker(backend="sequential").each(
    %r, lambda record: os.kill(os.getpid(), signal.SIGINT) if record.index == 5 else None)
print(heard)
""" % MANY)
    assert out == "[2]\n", out


def test_the_interpreter_ends_in_the_middle_of_a_run():
    script("checker = thresh.Checker(); running = checker.run(%r); next(running)" % MANY)
    script("import os; checker = thresh.Checker(); next(checker.run(%r)); sys.exit(0)" % MANY)


def test_a_process_forked_off_in_the_middle_of_a_run():
    out = script("""
import os
checker = thresh.Checker()
running = checker.run(%r)
next(running)
child = os.fork()
if child == 0:
    try:
        next(running)
    except thresh.Error as error:
        print("child:", error, flush=True)
    del running
    os._exit(0)
os.waitpid(child, 0)
print(sum(1 for _ in running))
""" % MANY)
    assert "child: the run belongs to the process that began it" in out and out.endswith("2999\n")


# -- Threads and processes

def test_the_gil_is_free_while_workers_work():
    big = archive("big.zip", {"%d.xml" % i: "<a>%s</a>" % ("<b c='1'/>" * 200000) for i in range(8)})
    ticks = []
    ended = threading.Event()

    def tick():
        while not ended.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.monotonic()
    list(thresh.Checker().run(big))
    took = time.monotonic() - begun
    ended.set()
    thread.join()
    longest = max(b - a for a, b in zip(ticks, ticks[1:]))
    assert longest < took / 2, (longest, took)


def test_statistics_are_those_of_the_run_that_ended_last():
    checker = thresh.Checker()
    first, second = checker.run(SAMPLE), checker.run(MANY)
    list(first)
    list(second)
    del first
    assert checker.stats["entries"] == 3000


def test_threads_may_end_a_run_at_once():
    for _ in range(50):
        with thresh.Checker() as checker:
            running = checker.run(MANY)
            ends = [threading.Thread(target=end) for end in (running.close, checker.close, running.close,
                                                             lambda running=running: list(running))]
            for thread in ends:
                thread.start()
            for thread in ends:
                thread.join()
            assert running.stats is not None and list(running) == []


def test_threads_run_one_checker_at_once():
    checker = thresh.Checker(schema=ORDER)
    want, got = command_lines(SAMPLE, "-s", ORDER), {}

    def work(i):
        got[i] = text_of(checker.run(SAMPLE))

    all_threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join()
    assert all(got[i] == want for i in range(6))


def test_the_fork_backend_says_why_not_and_what_to_do():
    if "fork" not in backends():
        skip("this build has no fork backend")
    checker = thresh.Checker(backend="fork")
    raises(thresh.Error, lambda: list(checker.run(SAMPLE)), "fork", "threads", "openmp or sequential")
    got = []
    assert checker.each(SAMPLE, got.append)["backend"] == "fork"
    assert "".join(r.text() for r in got) == command_lines(SAMPLE)


# -- In Lambda

def documented_function():
    """The function that docs/python.md shows, as a module's text."""
    text = pathlib.Path(SOURCE, "docs", "python.md").read_text(encoding="utf-8").split("## On Lambda")[1]
    blocks = [block for block in re.findall(r"\n\n((?:    .*\n|\n)+)", text) if "def handler" in block]
    return "".join(line[4:] or line for line in blocks[0].splitlines(keepends=True))


def test_the_function_of_the_documentation_answers():
    code = documented_function()
    assert len([line for line in code.splitlines() if line]) <= 15, code
    path("function/boto3.py", """import io
def client(service):
    assert service == "s3"
    class S3:
        def get_object(self, Bucket, Key):
            assert Bucket == "b"
            return {"Body": open(Key, "rb")}
    return S3()
""")
    path("function/handler.py", code)
    shutil.copy(os.path.join(SOURCE, "benchmarks", "party.xsd"), path("function/party.xsd"))
    shutil.copy(ORDER, path("function/invoice.xsd"))
    out = script("""
import base64, json, os
os.chdir(%r); sys.path.insert(0, "")
import handler
archive = %r
event = {"archive_base64": base64.b64encode(open(archive, "rb").read()).decode()}
print(json.dumps([handler.handler(event, None), handler.handler({"bucket": "b", "key": archive}, None)]))
""" % (path("function"), SAMPLE))
    want = records(SAMPLE, "-s", ORDER, "-x", "total=sum(//line/@amount)")
    for record in want:
        record["path"] = record["path"].replace(SAMPLE, "memory")
        if record.get("schema"):
            record["schema"] = "invoice.xsd"
    for answer in json.loads(out):
        assert not answer["good"] and answer["records"] == want


def test_memory_grants_vcpus_in_lambda():
    out = script("""
import os
os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "%d"
for options in ({}, {"vcpus": 3}):
    checker = thresh.Checker(**options)
    list(checker.run(b"<a/>"))
    print(checker.stats["vcpus"], end=" ")
""" % (1769 // 4))
    assert 0.24 < float(out.split()[0]) < 0.25 and float(out.split()[1]) == 3, out
    for size in ("0", "\u00b2", "-1", "much"):  # says nothing
        out = script("""
import os
before = thresh.Checker()
os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = %r
for checker in (before, thresh.Checker()):
    list(checker.run(b"<a/>"))
    print(checker.stats["vcpus"], end=" ")
""" % size).split()
        assert out[0] == out[1], (size, out)


# -- The package

def test_ten_thousand_runs_keep_memory_flat():
    out = script("""
def resident():
    with open("/proc/self/statm") as facts:
        return int(facts.read().split()[1]) * 4096
checker = thresh.Checker(extract={"n": "//@n", "s": "string(/*)"}, backend="sequential")
bad = thresh.Input(b"<a n='1'><b></a>", "bad")
def once():
    for record in checker.run([b"<a xmlns:p='urn:p' n='1'>text</a>", bad]):
        record.fields, record.errors, record.namespaces, record.as_dict(), record.text("csv"), repr(record)
    for record in checker.run(b"<a/>"):
        break
    checker.each(b"<a/>", lambda record: record.path)
    try:
        thresh.Checker(nonsense=1)
    except thresh.Error:
        pass
for i in range(%d):
    once()
    if i == 300:
        before = resident()
print(resident() - before)
""" % (3400 if not SANITIZED else 400))
    assert int(out) < 4 << 20, out


def test_the_stubs_have_every_name():
    with open(os.path.join(PACKAGE, "thresh", "__init__.pyi"), encoding="utf-8") as stubs:
        tree = ast.parse(stubs.read())
    told = {node.name: node for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert set(thresh.__all__) <= set(told)
    for name in ("Checker", "Record", "Run"):
        members = {n.name for n in told[name].body if isinstance(n, ast.FunctionDef)}
        members |= {n.target.id for n in told[name].body if isinstance(n, ast.AnnAssign)}
        public = {member for member in dir(getattr(thresh, name)) if not member.startswith("_")}
        assert public <= members, public - members
    assert os.path.exists(os.path.join(PACKAGE, "thresh", "py.typed"))


def test_every_public_name_has_a_docstring():
    for name in thresh.__all__:
        holder = getattr(thresh, name)
        assert holder.__doc__, name
        for member in vars(holder) if isinstance(holder, type) else ():
            assert member.startswith("_") or getattr(holder, member).__doc__, (name, member)


def test_the_extension_asks_for_the_stable_interface_alone():
    names = subprocess.run(["nm", "-D", os.path.join(PACKAGE, "thresh", "_thresh.abi3.so")],
                           stdout=subprocess.PIPE, check=True).stdout.decode()
    assert re.findall(r" T (\w+)", names) == ["PyInit__thresh"]
    assert not re.findall(r" U (_Py(?!_Dealloc|_NoneStruct|_TrueStruct|_FalseStruct|Arg_ParseTuple_SizeT|_BuildValue_SizeT)\w+)",
                          names), names


def test_pip_installs_it_without_a_network():
    python = python_with("setuptools", "wheel", "pip")
    tree, target = path("tree/python"), path("site")
    shutil.copytree(os.path.join(SOURCE, "python"), tree, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    os.symlink(os.path.join(SOURCE, "src"), path("tree/src"))
    subprocess.run([python, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index", "-q",
                    "--target", target, tree], check=True, timeout=LIMIT, env={**os.environ, "BUILD": BUILD},
                   stderr=subprocess.PIPE)
    out = subprocess.run([python, "-c", "import thresh; print(thresh.__file__, thresh.__version__)"],
                         env={**OF_PYTHON, "PYTHONPATH": target}, cwd="/", stdout=subprocess.PIPE, check=True)
    assert out.stdout.decode().split() == [os.path.join(target, "thresh", "__init__.py"), thresh.__version__]


def test_a_data_frame_of_records():
    python = python_with("pandas")
    out = subprocess.run([python, "-c", """
import sys; sys.path.insert(0, %r)
import pandas, thresh
with thresh.Checker(schema=%r) as checker:
    frame = pandas.DataFrame(record.as_dict() for record in checker.run(%r))
print(frame.shape[0], (frame.verdict == "valid").sum(), frame.elements.max() > 0)
""" % (PACKAGE, ORDER, SAMPLE)], stdout=subprocess.PIPE, check=True, timeout=LIMIT, env=OF_PYTHON).stdout.decode()
    want = records(SAMPLE, "-s", ORDER)
    assert out.split() == [str(len(want)), str(sum(r["verdict"] == "valid" for r in want)), "True"], out


main()
