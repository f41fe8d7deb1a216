#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""When a run has seen enough (--fail-fast), and when it is good all the same (--max-bad)."""
import hashlib
import json
import os
import re
import zipfile

from command import ORDER, SAMPLE, archive, backends, main, path, records, run, stats

# Every seventh is not well-formed; what is done in which order hangs on the workers.
MANY = archive("many.zip", {"%04d.xml" % i: "<a>%s</%s>" % ("x" * (i * 37 % 5000), "b" if i % 7 == 6 else "a")
                            for i in range(1400)})
FIVE = archive("five.zip", ["<a/>", "<a>", "<a/>", "<a>", "<a/>"])


def encrypted(name, documents):
    """A ZIP whose first entry cannot be looked into."""
    file = archive(name, documents)
    with open(file, "rb") as stream:
        content = bytearray(stream.read())
    for at in (content.index(b"PK\3\4") + 6, content.index(b"PK\1\2") + 8):
        content[at] |= 1
    return path(name, bytes(content))


# -- --fail-fast

def test_fail_fast_ends_behind_the_nth_whoever_did_what():
    whole = run(MANY, "-f", "ndjson").stdout.splitlines(keepends=True)
    for backend in backends():
        for n in (1, 2, 57):
            stopped = run(MANY, "-f", "ndjson", "-b", backend, "-j", 3, "--fail-fast", n, "--stats", check=(2,))
            assert stopped.stdout == b"".join(whole[:7 * n]), (backend, n, len(stopped.stdout.splitlines()))
            assert b"stopped by --fail-fast after %d of 1400 entries" % (7 * n) in stopped.stderr, stopped.stderr
            got = json.loads(stopped.stderr.splitlines()[0])
            assert (got["verdicts"]["malformed"], got["bad"], got["good"]) == (n, n, False), got


def test_fail_fast_at_the_last_entry_or_never_is_a_whole_run():
    whole = run(MANY, "-f", "ndjson", check=(1,)).stdout
    for n in (0, 200, 201):
        assert run(MANY, "-f", "ndjson", "--fail-fast", n, check=(1,)).stdout == whole


def test_fail_fast_counts_what_cannot_be_looked_into():
    file = encrypted("first.zip", ["<a/>"] * 9)
    stopped = run(file, "-f", "ndjson", "--fail-fast", 1, check=(2,))
    assert [json.loads(line)["verdict"] for line in stopped.stdout.splitlines()] == ["unreadable"]


def test_a_file_of_a_run_that_stopped_is_not_left_and_formats_say_so():
    out, report = path("not-there"), path("stopped.html")
    run(MANY, "-o", out, "--fail-fast", 3, "--report", report, check=(2,))
    assert not os.path.exists(out)
    with open(report, encoding="utf-8") as page:
        assert "stopped by --fail-fast after 21 of 1400 entries" in page.read()
    told = "stopped by --fail-fast after 21 of 1400 entries"
    junit = run(MANY, "-f", "junit", "--fail-fast", 3, check=(2,)).stdout.decode()
    assert junit.rstrip().endswith('<error type="run" message="%s"/></testcase>\n</testsuite>\n</testsuites>' % told)
    sarif = json.loads(run(MANY, "-f", "sarif", "--fail-fast", 3, check=(2,)).stdout)
    done = sarif["runs"][0]["invocations"][0]
    assert done["toolExecutionNotifications"][0]["message"]["text"] == told, done
    github = run(MANY, "-f", "github", "--fail-fast", 3, check=(2,)).stdout.decode()
    assert "\n::error title=thresh::%s\n" % told in github, github[-300:]
    summed_up = json.loads(run(MANY, "-f", "csv", "--fail-fast", 3, "--stats", check=(2,)).stderr.splitlines()[-2])
    assert (summed_up["answered"], summed_up["stopped_by"]) == (21, "fail-fast"), summed_up
    assert stats(run(MANY, "-f", "csv", "--stats", check=(1,)))["stopped_by"] is None


# -- --max-bad

def test_max_bad_is_a_share_of_the_documents():
    for percent, status in (("40", 0), ("39.999", 1), ("0", 1), ("100", 0)):
        assert run(FIVE, "--max-bad", percent).returncode == status, percent
    # 57 in 10000 is what no binary fraction is.
    documents = ["<a>"] * 57 + ["<a/>"] * 9943 + ["no document"]
    file = archive("share.zip", {"%05d%s" % (i, ".xml" if i < 10000 else ".txt"): text
                                 for i, text in enumerate(documents)})
    assert run(file, "--max-bad", "0.57").returncode == 0
    assert run(file, "--max-bad", "0.569").returncode == 1
    assert stats(run(file, "--max-bad", "0.57", "--stats", "-o", path("share.out")))["good"]


def test_max_bad_forgives_nothing_that_was_not_looked_into():
    assert run(encrypted("closed.zip", ["<a/>"] * 1000), "--max-bad", 50).returncode == 1
    assert run(archive("none.zip", {"a.txt": "no"}), "--max-bad", 100).returncode == 1


def test_unread_entities_are_bad_too():
    file = archive("unread.zip", ['<!DOCTYPE a [<!ENTITY e SYSTEM "e">]><a>&e;</a>', "<a/>"])
    assert run(file, "--max-bad", 49).returncode == 1
    assert run(file, "--max-bad", 50).returncode == 0


def test_what_is_no_percentage_is_refused():
    for value in ("101", "-1", "x", "", "0.0005", "5%"):
        words = run(FIVE, "--max-bad=" + value, check=(2,)).stderr.decode()
        assert re.search("--max-bad: '%s' is not a percentage" % re.escape(value), words), words


# -- --sha256

def test_sha256_is_that_of_the_document_in_every_archive():
    with zipfile.ZipFile(SAMPLE) as sample:
        want = {"%s!/%s" % (SAMPLE, name): hashlib.sha256(sample.read(name)).hexdigest()
                for name in sample.namelist()}
    for backend in backends():
        got = records(SAMPLE, "-s", ORDER, "-b", backend, "--sha256")
        assert {record["path"]: record["sha256"] for record in got} == want, backend
    assert list(got[0])[3:5] == ["bytes", "sha256"]
    assert "sha256" not in records(SAMPLE)[0]


def test_sha256_of_what_was_not_read_is_null():
    got = records(encrypted("sealed.zip", ["<a/>", "<a>"]), "--fields", "path,sha256")
    assert [record["sha256"] and record["sha256"][:8] for record in got] == [None, "bee81bf2"], got
    rows = run(FIVE, "-f", "csv", "--fields=-path", "--sha256").stdout.decode().splitlines()
    assert rows[0].startswith("index,verdict,reason,bytes,sha256,root_namespace"), rows[0]
    assert "sha256" not in run(FIVE, "-f", "csv", "--fields=-path").stdout.decode()


if __name__ == "__main__":
    main()
