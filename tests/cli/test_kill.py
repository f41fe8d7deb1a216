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

from command import LIMIT, backends, main, run, start

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
