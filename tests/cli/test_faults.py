#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Faults of the machine: a full disk, a closed pipe, signals, no processes, no descriptors, no
memory. The run says so and ends in order, or does with less; it never crashes, and what it says of a
document is true."""
import bz2
import fcntl
import gzip
import io
import json
import lzma
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import tarfile
import termios
import time
import zipfile

from command import (SANITIZED, SOURCE, THRESH, archive, backends, full_device, main, path, run, skip,
                     start, unfinished_bytes, zipped)

HAS_FORK = "fork" in backends()
WAYS = [["-b", name, "-j", "2"] for name in backends()] + ([["--isolate", "-j", "2"]] if HAS_FORK
                                                           else [])
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r">
<xs:complexType><xs:sequence><xs:element name="c" type="xs:int" maxOccurs="unbounded"/></xs:sequence>
</xs:complexType><xs:key name="k"><xs:selector xpath="c"/><xs:field xpath="."/></xs:key></xs:element>
</xs:schema>"""


def corpus(name, n, rows):
    text = "<r>%s</r>" % "".join("<c>%d</c>" % k for k in range(rows))
    return archive(name, {"%d.xml" % i: text if i % 5 else text.replace("<c>0</c>", "<c>x</c>")
                          for i in range(n)})


LARGE = corpus("large.zip", 2000, 300)
SMALL = corpus("small.zip", 12, 3)
SCHEMA = ["-s", path("r.xsd", XSD)]


def family(pid):
    """The process and all below it that are still there."""
    found = [pid] if os.path.exists("/proc/%d" % pid) else []
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            for child in file.read().split():
                found += family(int(child))
    except OSError:
        pass
    return found


def test_an_output_on_a_full_disk_is_an_error():
    for way in WAYS:
        with full_device() as full:
            process = start(LARGE, "-f", "csv", *way, stdout=full)
            error = process.communicate(timeout=60)[1]
        assert process.returncode == 2 and b"No space left" in error, error
        process = run(LARGE, "-f", "ndjson", "-o", "/dev/full", *way, check=(2,))
        assert b"No space left" in process.stderr, process.stderr


def small_files():
    """A file system of one page: by the limit of a file's size, which needs no rights."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_an_output_that_does_not_fit_leaves_what_was_there():
    target = path("out.ndjson", "before")
    process = start(LARGE, "-f", "ndjson", "-o", target, preexec_fn=small_files)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 2 and b"cannot be written" in error, error
    with open(target, encoding="utf-8") as file:
        assert file.read() == "before"
    assert not [name for name in os.listdir(path()) if name.startswith("out.ndjson.")]


def test_help_that_could_not_be_printed_is_no_success():
    for arguments in (["--help"], ["--version"], ["--completion", "zsh"], ["tune", "--help"]):
        with full_device() as full:
            process = subprocess.run([THRESH, *arguments], stdout=full, stderr=subprocess.PIPE,
                                     timeout=60, check=False)
        assert process.returncode == 2, (arguments, process)
        assert b"standard output cannot be written: No space" in process.stderr, process


def test_a_full_temporary_directory_is_said():
    data = subprocess.run(["tar", "-czf", "-", "-C", path(), "large.zip"], check=True,
                          stdout=subprocess.PIPE).stdout
    process = start("-", "-f", "ndjson", stdin=subprocess.PIPE, preexec_fn=small_files)
    error = process.communicate(data, timeout=60)[1]
    assert process.returncode == 2 and error.startswith(b"thresh: "), error


def test_a_closed_pipe_ends_the_run_without_a_word():
    for way in WAYS:
        process = start(LARGE, "-f", "ndjson", *way)
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()
        process.wait(timeout=60)
        assert process.returncode == -signal.SIGPIPE and not error, (process.returncode, error)


def storm(process, seconds):
    """Signals that mean nothing, as fast as they go, to the process and all of its workers."""
    sent, end = 0, time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        for pid in family(process.pid):
            try:
                os.kill(pid, signal.SIGWINCH)
                os.kill(pid, signal.SIGCONT)
                sent += 2
            except ProcessLookupError:
                pass
    return sent


STORM_C = r"""
#include <signal.h>
#include <sys/time.h>
static void nothing(int number) { (void)number; }
__attribute__((constructor)) static void begin(void)
{
    struct itimerval often = {{0, 200}, {0, 200}};
    struct sigaction action = {.sa_handler = nothing}; /* without SA_RESTART */
    sigaction(SIGALRM, &action, 0);
    setitimer(ITIMER_REAL, &often, 0);
}
"""


def preload(name, source):
    """A library to be preloaded, or None where there is no compiler for it."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if not compiler or SANITIZED:
        return None
    library = path(name + ".so")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-x", "c", "-", "-o", library, "-ldl"],
                   input=source.encode(), check=True)
    return library


def test_a_storm_of_signals_changes_nothing():
    if SANITIZED:
        skip("a sanitizer's own processes lose their way in a storm of signals")
    oracle = run(LARGE, "-f", "ndjson", *SCHEMA).stdout
    library = preload("storm", STORM_C)
    for way in WAYS:
        if library:
            env = {**os.environ, "LD_PRELOAD": library}
            process = start(LARGE, "-f", "ndjson", *SCHEMA, *way, env=env)
            out, error = process.communicate(timeout=120)
            assert process.returncode == 1 and out == oracle, (way, process.returncode, error)
        with open(path("storm.out"), "wb") as file:
            process = subprocess.Popen([THRESH, "--no-progress", LARGE, "-f", "ndjson", *SCHEMA,
                                        *way], stdout=file)
            storm(process, 10)
            process.wait(timeout=120)
        with open(path("storm.out"), "rb") as file:
            assert file.read() == oracle, way


def as_nobody_with(what, most):
    def set_up():
        os.setgid(65534)
        os.setuid(65534)
        resource.setrlimit(what, (most, most))
    return set_up


def test_without_threads_one_does_it_all_and_without_processes_it_is_said():
    if os.geteuid() != 0 or SANITIZED:
        skip("only root can become a user who may start no process")
    os.chmod(path(), 0o755)
    binary = path("thresh")
    shutil.copy(THRESH, binary)
    oracle = run(SMALL, "-f", "ndjson", *SCHEMA).stdout
    for way in WAYS:
        process = start(SMALL, "-f", "ndjson", *SCHEMA, *way, program=binary,
                        preexec_fn=as_nobody_with(resource.RLIMIT_NPROC, 1))
        out, error = process.communicate(timeout=120)
        if "fork" in way or "--isolate" in way:
            assert process.returncode == 2 and b"no worker process can be started" in error, error
        else:
            assert process.returncode == 1 and out == oracle and not error, (way, error)


def test_what_may_not_be_read_has_its_record():
    if os.geteuid() != 0 or SANITIZED:
        skip("only root can become a user who may not read a file")
    os.chmod(path(), 0o755)
    folder = path("locked")
    os.makedirs(os.path.join(folder, "no-entry"), exist_ok=True)
    for name in ("a.xml", "b.xml", "no-entry/c.xml"):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write("<a/>")
    os.chmod(os.path.join(folder, "b.xml"), 0)
    os.chmod(os.path.join(folder, "no-entry"), 0)
    binary = path("thresh")
    shutil.copy(THRESH, binary)
    for way in WAYS:
        process = subprocess.run([binary, "--no-progress", folder, "-f", "ndjson", *way], timeout=60,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                                 preexec_fn=as_nobody_with(resource.RLIMIT_CORE, 0))
        got = [json.loads(line) for line in process.stdout.splitlines()]
        assert [(r["verdict"], [e["code"] for e in r.get("errors", [])]) for r in got] == [
            ("wellformed", []), ("unreadable", ["permission"]), ("unreadable", ["permission"])], got
        assert "permissions" in got[1]["errors"][0]["message"] and process.returncode == 1
    named = subprocess.run([binary, os.path.join(folder, "b.xml")], stderr=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, check=False, timeout=60,
                           preexec_fn=as_nobody_with(resource.RLIMIT_CORE, 0))
    assert named.returncode == 2 and b"b.xml: Permission denied" in named.stderr, named.stderr


def test_a_temporary_directory_that_is_not_there_is_said():
    data = subprocess.run(["tar", "-czf", "-", "-C", path(), "small.zip"], check=True,
                          stdout=subprocess.PIPE).stdout
    process = start("-", "-f", "ndjson", stdin=subprocess.PIPE,
                    env={**os.environ, "TMPDIR": path("gone")})
    error = process.communicate(data, timeout=60)[1]
    assert process.returncode == 2 and b"gone" in error and b"TMPDIR" in error, error


def test_descriptors_used_up_are_said_or_done_without():
    oracle = run(SMALL, "-f", "ndjson", *SCHEMA).stdout
    for way in WAYS:
        done = []
        for most in range(3, 24):
            process = start(SMALL, "-f", "ndjson", *SCHEMA, *way, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (most, most)))
            out, error = process.communicate(timeout=60)
            done.append(process.returncode == 1)
            if done[-1]:
                assert out == oracle, (way, most)
            else:
                # The loader ends with 127 where it cannot open a library.
                assert process.returncode in (2, 127) and error, (way, most, process.returncode)
        assert done == sorted(done) and not done[0] and done[-1], "%s: %s" % (way, done)


def test_a_signal_ends_a_run_in_order():
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        for way in WAYS:
            target = path("stopped.ndjson")
            process = start(*[LARGE] * 100, "-f", "ndjson", *SCHEMA, "-o", target, *way)
            while process.poll() is None and not unfinished_bytes(process, target):
                time.sleep(0.01)  # before that, a signal ends it without a word
            time.sleep(0.05)
            workers = family(process.pid)
            process.send_signal(number)
            error = process.communicate(timeout=60)[1]
            assert process.returncode == status, (way, process.returncode, error)
            assert b"stopped by" in error and b"entries" in error, error
            assert not os.path.exists(target), "half an output"
            assert not [n for n in os.listdir(path()) if n.startswith("stopped.ndjson.")]
            assert not [pid for pid in workers if os.path.exists("/proc/%d" % pid)], "strays"


def wait_for_end(pids):
    end = time.monotonic() + 10
    while any(os.path.exists("/proc/%d" % pid) for pid in pids):
        assert time.monotonic() < end, "strays"
        time.sleep(0.01)


def stopped_while(ready, *arguments, signals=1, **options):
    """A run with --output that is told to stop once it is `ready`: its exit status. Neither the output
    nor a process is left."""
    target = path("waits.ndjson")
    process = start(*arguments, "-o", target, **options)
    end = time.monotonic() + 60
    while not ready(process.pid):
        if time.monotonic() > end:
            process.kill()
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    workers = family(process.pid)
    for _ in range(signals):
        process.terminate()
        time.sleep(0.05)
    error = process.communicate(timeout=60)[1]
    assert b"stopped" in error, error
    assert not [n for n in os.listdir(path()) if n.startswith("waits.ndjson")]
    wait_for_end(workers)
    return process.returncode


def sleeps(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "S"


def waits_for_room(pid, pipe):
    """Until the process sleeps and nothing has come into the pipe for a tenth of a second."""
    still, held, end = 0, 0, time.monotonic() + 60
    while still < 10:
        assert time.monotonic() < end, "the pipe does not fill"
        before, held = held, struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"0000"))[0]
        still = still + 1 if held and held == before and sleeps(pid) else 0
        time.sleep(0.01)


def catches(pid, number):
    """Whether the process has a handler for the signal."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"^SigCgt:\s*(\w+)", file.read(), re.M).group(1), 16) >> (number - 1) & 1


def test_what_waits_for_its_input_can_be_stopped():
    ours, theirs = os.pipe()
    os.write(theirs, b"<a>")

    def waits_for_more(pid):
        left = fcntl.ioctl(ours, termios.FIONREAD, bytes(4))
        return struct.unpack("i", left) == (0,) and sleeps(pid)
    assert stopped_while(waits_for_more, "-", stdin=ours) == 143
    os.close(ours)
    os.close(theirs)


def test_what_compiles_a_schema_can_be_stopped():
    if not HAS_FORK or SANITIZED:
        skip("no fork backend in this build, or a sanitizer that is too slow to see it compile")
    grammar = ('<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref name="d0"/></start>%s'
               '</grammar>' % "".join('<define name="d%d"><element name="e%d"><empty/></element></define>'
                                      % (i, i) for i in range(400000)))
    schema = path("large.rng", grammar)
    assert stopped_while(lambda pid: len(family(pid)) > 1, SMALL, "-s", schema) == 143


def test_what_waits_for_its_reader_can_be_stopped():
    """By a second signal, or by the first after some seconds."""
    for way in WAYS:
        for signals in (1, 2):
            ours, theirs = os.pipe()
            process = start(LARGE, "-f", "ndjson", *way, stdout=theirs)
            os.close(theirs)
            waits_for_room(process.pid, ours)
            workers = family(process.pid)
            for _ in range(signals):
                process.terminate()
                time.sleep(0.05)
            error = process.communicate(timeout=60)[1]
            os.close(ours)
            assert process.returncode == 143 and b"stopped" in error, (way, error)
            wait_for_end(workers)


def test_a_signal_that_is_ignored_stays_ignored():
    process = start(SMALL, "-", "-f", "ndjson", stdin=subprocess.PIPE,
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    while not catches(process.pid, signal.SIGTERM):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out = process.communicate(b"<a/>", timeout=60)[0]
    assert process.returncode == 0 and out.count(b"\n") == 13, (process.returncode, out)


def records_of(out):
    return {r["index"]: r for r in map(json.loads, filter(lambda line: line.endswith(b"}"),
                                                          out.splitlines()))}


def tarred(*names):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", encoding="utf-8") as made:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 4
            made.addfile(member, io.BytesIO(b"<r/>"))
    return data.getvalue()


def fail_allocations(library, arguments, step, begin=lambda: None):
    """Fails each allocation in turn, alone and with all after it; `begin` is called before each run.
    Returns how many were tried."""
    env = {**os.environ, "LD_PRELOAD": library}
    command = [THRESH, "--no-progress", *arguments]
    counter = path("count")
    begin()
    plain = subprocess.run(command, env={**env, "COUNT_TO": counter}, check=False, timeout=60,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    oracle = records_of(plain.stdout)
    with open(counter, encoding="ascii") as file:
        n = int(file.read())
    for k in range(1, n + 1, step):
        for on in "01":
            begin()
            process = subprocess.run(command, env={**env, "FAIL_AT": str(k), "FAIL_ON": on},
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                     check=False)
            what = "allocation %d of %d%s" % (k, n, " and all after" * (on == "1"))
            assert process.returncode in (0, 1, 2, 127), "%s: exit %d: %s" % (
                what, process.returncode, process.stderr.decode())
            if process.returncode == 2:
                assert process.stderr, what
            found = records_of(process.stdout)
            if process.returncode < 2:
                assert len(found) == len(oracle), (what, process.stderr)
            for index, record in found.items():
                facts = [(r["path"], r["verdict"], r["text_bytes"]) for r in (record, oracle[index])]
                assert facts[0] == facts[1] or record["verdict"] == "lost", (what, record)
    return n


def test_no_failed_allocation_crashes_or_changes_a_verdict():
    with open(os.path.join(SOURCE, "tests", "cli", "failing_malloc.c"), encoding="utf-8") as file:
        library = preload("failing", file.read())
    if not library:
        skip("a library cannot be preloaded: a sanitizer is in the way, or there is no compiler")
    step = int(os.environ.get("THRESH_FAULT_STEP", "37"))
    arguments = [SMALL, "-f", "ndjson", *SCHEMA]
    # Without an XPath: libxml2 2.9 evaluates one through NULL where memory is refused, see
    # docs/security.md.
    for way in (["-b", "sequential"], *([["-b", "fork", "-j", "1"]] if HAS_FORK else [])):
        n = fail_allocations(library, arguments + way, step)
        assert n > 100, "only %d allocations: they were not met" % n
    # What is remembered, by runs that know nothing yet and by those that know all.
    known = ["--cache", path("known"), "--resume", path("known.journal")]

    def forget():
        shutil.rmtree(known[1], ignore_errors=True)
        path("known.journal", b"")

    for begin in (forget, lambda: None):
        fail_allocations(library, [*arguments, "-b", "sequential", *known], step, begin)
    # Libraries that unpack, each at a second stream, too, which is begun anew.
    bare = tarred("a.xml", "\u4e2d.xml", 150 * "b" + ".xml")
    for suffix, pack in ("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress):
        path("packed/two.tar." + suffix, pack(bare[:1000]) + pack(bare[1000:]))
        path("packed/two.xml." + suffix, pack(b"<r>") + pack(b"</r>"))
    path("packed/a.tar", bare)
    path("packed/within.zip", zipped({"a.tar.gz": gzip.compress(bare), "b.xml": "<r/>"}))
    path("packed/lzma.zip", zipped({"a.xml": "<r/>"}, zipfile.ZIP_LZMA))
    path("packed/bzip2.zip", zipped({"a.xml": "<r/>"}, zipfile.ZIP_BZIP2))
    n = fail_allocations(library, [path("packed"), "-f", "ndjson", "-b", "sequential"], step)
    assert n > 200, "only %d allocations: they were not met" % n
    # The C library says of an encoding whose tables it has no memory for that it knows none such.
    document = '<?xml version="1.0" encoding="cp866"?><r>\u041f</r>'.encode("cp866")
    fail_allocations(library, [path("cp866.xml", document), "-f", "ndjson", "-b", "sequential"], 1)
    # libxml2 goes on without what it was refused: a pattern, an entity, an encoding.
    archive("trees.zip", {"good.xml": "<r><c>1</c><c>2</c></r>", "bad.xml": "<r><d/></r>",
                          "entity.xml": "<!DOCTYPE r [<!ENTITY e '1'>]><r><c>&e;</c></r>",
                          "utf-16.xml": "<r><c>5</c></r>".encode("utf-16")})
    grammar = ["-s", path("r.rng", '<element name="r" xmlns="http://relaxng.org/ns/structure/1.0">'
                          '<oneOrMore><element name="c"><text/></element></oneOrMore></element>')]
    # In a process of its own, for RELAX NG, too, follows NULL where memory is refused.
    if HAS_FORK:
        fail_allocations(library, [path("trees.zip"), "-f", "ndjson", *grammar, "-b", "fork", "-j",
                                   "1"], max(1, step // 12))


main()
