#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Workers killed with -9 at random times: no hang, no good document lost, no wrong record. 40 runs;
THRESH_KILL_RUNS=1000 for a long afternoon."""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

from command import LIMIT, SLOW_TYPE, backends, main, run, slow_values, start

if "fork" not in backends():
    print("SKIPPED: no fork backend in this build, nothing to kill")
    sys.exit(77)

RUNS = int(os.environ.get("THRESH_KILL_RUNS", "40"))
SEED = int(os.environ.get("THRESH_KILL_SEED", str(int(time.time()))))
work = tempfile.TemporaryDirectory()
ARCHIVE = os.path.join(work.name, "corpus.zip")
rng = random.Random(4711)
with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    for i in range(600):
        rows = rng.choice((1, 10, 200, 3000))
        text = "<r>%s</r>" % "".join("<c n='%d'>%d</c>" % (k, rng.random() * 1e9)
                                     for k in range(rows))
        archive.writestr("%03d.xml" % i, text if i % 7 else text[:-3])
OPTIONS = [ARCHIVE, "-f", "ndjson", "-x", "sum=sum(//c)"]
ORACLE = run(*OPTIONS, "-b", "sequential").stdout


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def killed_run(rng, jobs, extra):
    """Kills one to three workers and returns the output and how many were hit."""
    process = start(*OPTIONS, "-b", "fork", "-j", jobs, *extra)
    hits = 0
    for _ in range(rng.randint(1, 3)):
        time.sleep(rng.random() * 0.12 + 0.005)
        workers = children(process.pid)
        if workers:
            try:
                os.kill(rng.choice(workers), signal.SIGKILL)
                hits += 1
            except ProcessLookupError:
                pass
    out, error = process.communicate(timeout=LIMIT)
    assert process.returncode == 1, "exit %d: %s" % (process.returncode, error.decode())
    return out, hits


def test_killed_workers_cost_no_document():
    rng, hits = random.Random(SEED), 0
    for number in range(RUNS):
        extra = rng.choice(([], ["--isolate"], ["--timeout", "60"]))
        out, hit = killed_run(rng, rng.randint(1, 4), extra)
        hits += hit
        if out == ORACLE:
            continue
        wrong = [(a, b) for a, b in zip(map(json.loads, out.splitlines()),
                                        map(json.loads, ORACLE.splitlines())) if a != b]
        raise AssertionError("run %d of seed %d, %s: %s" % (number, SEED, extra, wrong[:2]))
    print("     %d runs, %d workers killed, seed %d" % (RUNS, hits, SEED))
    assert hits > RUNS / 4, "only %d workers were there to be killed" % hits


def cpu_s(pid):
    """That the process has used."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def killed_at_work(name, schema):
    """The statistics of a run whose worker was killed once, well inside a document; None: there was no time."""
    process = start(name, "-s", schema, "-b", "fork", "-j", "1", "-f", "text", "--stats")
    try:
        while not children(process.pid):
            assert process.poll() is None
        worker = children(process.pid)[0]
        while cpu_s(worker) < 0.5:
            time.sleep(0.01)
        os.kill(worker, signal.SIGKILL)
    except (IndexError, AssertionError, FileNotFoundError, ProcessLookupError):
        process.communicate(timeout=LIMIT)
        return None
    error = process.communicate(timeout=LIMIT)[1]
    assert process.returncode == 0, error.decode()
    return json.loads(error.splitlines()[-1])


def test_what_is_done_again_is_counted():
    schema = os.path.join(work.name, "slow.xsd")
    with open(schema, "w", encoding="ascii") as file:
        file.write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>'
                   '<xs:sequence><xs:element name="s" maxOccurs="unbounded">%s</xs:element></xs:sequence>'
                   '</xs:complexType></xs:element></xs:schema>' % SLOW_TYPE)
    name = os.path.join(work.name, "slow.zip")
    for n in (10000, 100000, 1000000):  # until it takes a while on this machine
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.xml", "<a>%s</a>" % slow_values(n, "<s>%s</s>"))
        stats = killed_at_work(name, schema)
        if stats:
            break
    assert stats["retried"] == 1 and stats["documents"] == 1, stats
    assert json.loads(run(*OPTIONS, "-b", "fork", "--stats").stderr.splitlines()[-1])["retried"] == 0


def test_no_process_outlives_its_parent():
    for way in ([], ["--isolate"]):
        process = start(*OPTIONS, "-b", "fork", "-j", "3", *way, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL)
        workers = []
        while process.poll() is None and len(workers) < 3:
            workers = children(process.pid)
        process.kill()
        process.wait(timeout=60)
        end = time.monotonic() + 10
        while any(os.path.exists("/proc/%d" % pid) for pid in workers):
            assert time.monotonic() < end, "workers %s go on" % workers
            time.sleep(0.01)


main()
