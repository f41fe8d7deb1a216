#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shards and thresh merge: what several machines do of one run, and the output of that run again."""
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time

from command import ORDER, SAMPLE, THRESH, archive, backends, main, path, run, start, stats

LAUNCHERS = ("SLURM_", "AWS_BATCH_", "SGE_", "JOB_COMPLETION", "OMPI_", "PMI_", "PARALLEL_")
BIG = archive("big.zip", {"%03d.xml" % i: "<a>%s</a>" % ("x" * (i * i)) for i in range(150)})
MIXED = archive("mixed.zip", {"a.xml": "<a/>", "b.txt": "no", "c.xml": "<c>", "d.xml": "<d/>", "e.bin": "\0"})


def shards(n, *arguments, name="out"):
    """The outputs of all shards of a run, done one after the other."""
    files = [path("%s-%d-of-%d" % (name, k, n), b"") for k in range(1, n + 1)]
    for k, file in enumerate(files, 1):
        run("--shard", "%d/%d" % (k, n), "-o", file, *arguments)
    return files


def merge(*arguments, check=(0, 1)):
    """As run() does it, for thresh merge."""
    process = subprocess.run([THRESH, "merge", *map(str, arguments)], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=120, check=False)
    assert process.returncode in check, (process.returncode, process.stderr)
    return process


def refused(*arguments):
    """The words of a merge that is refused, which writes nothing."""
    target = path("refused-%d" % len(arguments))
    process = merge("-o", target, *arguments, check=(2,))
    assert not os.path.exists(target)
    assert merge(*arguments, check=(2,)).stdout == b""
    return process.stderr.decode()


def content(file):
    with open(file, "rb") as stream:
        return stream.read()


def note(file):
    return json.loads(content(file + ".shard"))


def shard_of(environment, *arguments):
    """What --shard auto makes of an environment: the note's "K/N"."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith(LAUNCHERS)}
    out = path("auto", b"")
    process = subprocess.run([THRESH, SAMPLE, "-o", out, *(arguments or ("--shard", "auto"))],
                             env={**bare, **environment}, stderr=subprocess.PIPE, timeout=120, check=False)
    if process.returncode == 2:
        return process.stderr.decode()
    return "%d/%d" % (note(out)["shard"], note(out)["of"])


# -- The bytes of one run

def test_merged_shards_are_the_bytes_of_one_run():
    for backend in backends():
        for format in ("ndjson", "csv", "text"):
            for n in (1, 3, 130 if format == "ndjson" else 7):
                arguments = (SAMPLE, MIXED, "-s", ORDER, "-f", format, "-b", backend, "-x", "n=count(//*)")
                whole = path("whole", b"")
                run("-o", whole, *arguments)
                files = shards(n, *arguments)
                out = path("merged", b"")
                merge("-o", out, *reversed(files))
                assert content(out) == content(whole), (backend, format, n)


def test_max_bad_is_a_share_of_all_shards():
    bad = archive("bad.zip", ["<a/>"] * 6 + ["<a>"] * 4)
    for percent, status in ((39, 1), (40, 0)):
        files = shards(3, bad, "--max-bad", percent)
        assert merge("-o", path("merged", b""), *files).returncode == status


def test_counts_and_exit_status_are_those_of_one_run():
    for inputs in ((SAMPLE,), (BIG,), (MIXED,), (SAMPLE, MIXED, BIG)):
        whole = run(*inputs, "--stats", "-o", path("whole", b""))
        merged = merge("--stats", "-o", path("merged", b""), *shards(4, *inputs))
        assert merged.returncode == whole.returncode
        for key in ("entries", "documents", "verdicts", "skipped", "bytes_in", "bytes_inflated", "unread", "good"):
            assert stats(merged)[key] == stats(whole)[key], key


# -- What one run would have said of them

NOTE = path("note.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:note"
  elementFormDefault="qualified"><xs:element name="note"><xs:complexType><xs:sequence>
  <xs:element name="on" type="xs:date" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema>""")
FAULTY = path("faulty.tar", b"")
with tarfile.open(FAULTY, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
    for number, content_of in enumerate([
            '<plain/>', '<note xmlns="urn:note"><on>2024-02-30</on><on>x</on><off/></note>', "<broken",
            '<memo xmlns="urn:memo"/>', '<note xmlns="urn:note"><on>y</on></note>', '<memo xmlns="urn:memo"/>', "no",
            '<note xmlns="urn:note"><on>2024-02-29</on></note>', '<m:\u00e9 xmlns:m="urn:\u00e9\u4e2d"/>'] * 3):
        member = tarfile.TarInfo("=%d,\u00e9.xml" % number)  # not UTF-8
        member.size = len(content_of.encode())
        tar.addfile(member, io.BytesIO(content_of.encode()))
TOLD = (FAULTY, "-s", "urn:note=" + NOTE, "-N", "n=urn:note", "-x", "on=//n:on", "-x", "memo=/memo",
        "-x", "first=/m:*", "-N", "m=urn:memo", "-x", "none=//n:none", "-x", "quoted=//*[.='\u00e9']")
TIMES = {"wall_ms", "listing_ms", "schema_ms", "documents_per_s", "mb_per_s"}
HOW = {"backend", "workers", "vcpus", "vcpus_source", "reason", "isolation", "judged"}


def hints(process):
    return [line for line in process.stderr.splitlines() if line.startswith(b"thresh: warning: --extract")]


def test_statistics_are_those_of_one_run():
    for backend in backends():
        arguments = (*TOLD, "-b", backend, "--max-errors", "1")
        whole = run(*arguments, "--stats", "-o", path("whole", b""))
        expected = stats(whole)
        assert len(expected["groups"]) > 5 and len(expected["fields_empty"]) == 3 and len(hints(whole)) == 3, expected
        for n in (1, 4, 40):  # of which some have nothing
            merged = merge("--stats", *shards(n, *arguments))
            got = stats(merged)
            assert set(got) == set(expected)
            for key in set(got) - TIMES - HOW:
                assert got[key] == expected[key], (key, got[key], expected[key])
            assert hints(merged) == hints(whole)


def test_groups_are_those_of_one_run():
    for form in (("ndjson",), ("csv",), ("csv", "--csv-safe"), ("text",)):
        arguments = (*TOLD, "-f", *form)
        whole = run(*arguments, "--group", "-o", path("whole", b""))
        records, groups = shards(3, *arguments), shards(3, *arguments, "--group", name="groups")
        for merged in (merge("--group", *records), merge(*groups), merge("--group", *groups)):
            assert merged.stdout == content(path("whole")), form
            assert merged.returncode == whole.returncode
        assert "different options" in refused(records[0], *groups[1:])
        path(os.path.basename(groups[2]), b"x")
        assert "is not as its run wrote it" in refused(*groups)


def test_a_summary_tells_groups():
    def told(process):
        lines = process.stderr.decode().splitlines()
        return lines[:next(i for i, line in enumerate(lines) if " of XML in " in line)]

    arguments = (*TOLD, "-f", "text")
    expected = told(run(*arguments, "-o", path("whole", b"")))
    assert any("cvc-" in line for line in expected), expected
    assert told(merge("-o", path("merged", b""), *shards(3, *arguments))) == expected


def test_more_namespaces_than_are_told_apart():
    many = archive("many.zip", ["<a xmlns='urn:%d'/>" % (i % 150) for i in range(400)])
    arguments = (many, "-s", "urn:note=" + NOTE, "-x", "a=/b")
    expected = stats(run(*arguments, "--stats"))
    got = stats(merge("--stats", *shards(5, *arguments)))
    assert len(got["groups"]) == len(expected["groups"]) == 101
    assert sum(group["documents"] for group in got["groups"]) == 400
    assert got["fields_empty"] == expected["fields_empty"]


def test_a_note_does_not_grow_with_the_documents():
    small, large = (archive("of-%d.zip" % n, ["<a>", "<b/>"] * n) for n in (10, 2000))
    sizes = [len(content(shards(1, file, "-s", "urn:note=" + NOTE)[0] + ".shard")) for file in (small, large)]
    assert sizes[1] < sizes[0] + 100, sizes


def test_damaged_findings():
    files = shards(2, *TOLD)
    first, second = (note(file) for file in files)
    group = second["findings"]["groups"][0]
    fields = second["findings"]["fields"]

    def damaged(key, value, file=files[1], whole=second):
        name = os.path.basename(file) + ".shard"
        path(name, json.dumps({**whole, "findings": {**whole["findings"], key: value}}))
        assert name + ": is damaged; do that shard again" in refused(*files), (key, value)

    for place, wrong in ((0, None), (0, 1), (2, 5), (3, 0), (3, -1), (3, "1"), (3, 1.5), (4, 0), (5, "\u4e2d"),
                         (5, None), (6, None), (8, "a\0b")):
        damaged("groups", [group[:place] + [wrong] + group[place + 1:]])
    for wrong in (None, {}, [None], [[]], [group] * 10001):
        damaged("groups", wrong)
    for wrong in (None, {}, [], fields[1:], fields + fields[:1], [[*field[:2], 1 << 40] for field in fields]):
        damaged("fields", wrong)
    for key, wrong in (("answered", -1), ("answered", None), ("sizes", []), ("sizes", [-1] * 24), ("roots", [[1, 1]]),
                       ("roots", [["a"]]), ("roots", 1)):
        damaged(key, wrong)
    # The first says by which rules.
    path(os.path.basename(files[1]) + ".shard", json.dumps(second))
    for key, wrong in (("fields", [["x", "///", 0]]), ("fields", [["x"]]), ("fields", 1), ("prefixes", None),
                       ("prefixes", [["a:b", "urn:x"]]), ("fields", [fields[0]] * 2)):
        damaged(key, wrong, files[0], first)
    path(os.path.basename(files[0]) + ".shard", json.dumps(first))
    merge(*files)


# -- What may be named

def test_a_glob_may_name_the_notes_as_well():
    files = shards(3, SAMPLE, name="x.shard")
    assert merge(*files, *(file + ".shard" for file in files)).stdout == run(SAMPLE, "-f", "ndjson").stdout
    assert "no output of a shard is named" in refused(files[0] + ".shard")


def test_merging_to_standard_output():
    files = shards(3, SAMPLE)
    assert merge(*files).stdout == run(SAMPLE, "-f", "ndjson").stdout


def test_where_schemas_are_kept_does_not_matter_to_what_belongs_together():
    files = shards(2, SAMPLE, "-s", ORDER)
    for cache in ("one-cache", "other-cache"):
        run("--shard", "2/2", "-o", files[1], SAMPLE, "-s", ORDER, "--schema-cache=" + path(cache))
        assert merge(*files).stdout == run(SAMPLE, "-s", ORDER, "-f", "ndjson").stdout


def test_shards_are_balanced_by_bytes():
    files = shards(4, BIG)
    sizes = [note(file)["bytes_inflated"] for file in files]
    assert max(sizes) - min(sizes) <= 2 * 149 * 149, sizes
    assert note(files[0])["entries"] > 2 * note(files[3])["entries"]


def test_a_shard_without_entries_is_good_and_a_run_without_documents_is_not():
    one = archive("one.zip", {"a.xml": "<a/>"})
    files = shards(3, one)
    assert [run("--shard", "%d/3" % k, one, "-o", path("x", b"")).returncode for k in (1, 2, 3)] == [0, 0, 0]
    merge(*files)
    none = archive("none.zip", {"a.txt": "no"})
    assert merge(*shards(2, none)).returncode == 1


def test_the_index_is_that_of_the_whole_run():
    records = [json.loads(line) for line in run("--shard", "2/2", BIG).stdout.splitlines()]
    assert records[0]["index"] > 75 and records[-1]["index"] == 149
    assert [r["index"] for r in records] == list(range(records[0]["index"], 150))


def test_explain_says_which_entries():
    assert b"shard      2 of 3, entries " in run("--explain", "--shard", "2/3", BIG).stdout


def test_a_job_may_name_the_shard():
    job = path("job.json", json.dumps({"shard": "2/2"}))
    assert run("--job", job, BIG).stdout == run("--shard", "2/2", BIG).stdout


# -- What is refused

def test_what_is_no_shard():
    for wrong in ("", "0/3", "4/3", "3", "1/", "/3", "1/0", "a/b", "-1/3", "1/3x", "1/9999999", "autos", "auto/",
                  "auto/0"):
        assert b"is none of N slices" in run("--shard", wrong, SAMPLE, check=(2,)).stderr, wrong


def test_formats_that_are_one_whole_have_no_shards():
    for format in ("junit", "sarif", "github"):
        assert b"are of a whole run" in run("--shard", "1/2", "-f", format, SAMPLE, check=(2,)).stderr


def test_what_does_not_belong_together():
    three = shards(3, SAMPLE)
    assert "shard 2 of 3 is missing" in refused(three[0], three[2])
    assert "shard 3 of 3 is missing" in refused(three[0], three[1])
    assert "are both shard 2 of 3" in refused(*three, three[1])
    assert "one of 3 shards" in refused(three[0], shards(2, SAMPLE, name="two")[1])
    assert "different inputs" in refused(three[0], shards(3, BIG, name="big")[1], three[2])
    assert "different options" in refused(three[0], shards(3, SAMPLE, "--max-errors", "3", name="o")[1], three[2])
    assert "different options" in refused(three[0], shards(3, SAMPLE, "-f", "csv", name="f")[1], three[2])


def test_workers_do_not_matter_to_what_belongs_together():
    files = shards(2, SAMPLE)
    run("--shard", "2/2", "-o", files[1], SAMPLE, "-j", "1", "-b", "sequential", "--stats")
    assert merge(*files).stdout == run(SAMPLE, "-f", "ndjson").stdout


def test_an_output_that_is_not_as_it_was_written():
    files = shards(2, SAMPLE)
    whole = content(files[1])
    for damaged in (whole[:-1], whole + b"x", b"", whole.replace(b"verdict", b"vErdict", 1)):
        path(os.path.basename(files[1]), damaged)
        assert "is not as its run wrote it" in refused(*files)
    os.remove(files[1])
    assert "cannot be opened" in refused(*files)


def test_a_damaged_note():
    files = shards(2, SAMPLE)
    whole = content(files[1] + ".shard")
    name = os.path.basename(files[1]) + ".shard"
    for damaged in (b"", b"{}", whole[:100], b"[" * 100000, whole.replace(b'"of": 2', b'"of": 1'),
                    whole.replace(b'"shard": 2', b'"shard": -2'), whole.replace(b'"entries"', b'"entrie"'),
                    whole.replace(b'"inputs": "', b'"inputs": "a'), b"\0\0\0"):
        path(name, damaged)
        assert "is damaged; do that shard again" in refused(*files), damaged[:80]
    path(name, whole.replace(b'"thresh": "', b'"thresh": "9'))
    assert "merge with the version that made it" in refused(*files)
    os.remove(files[1] + ".shard")
    assert "has no note" in refused(*files)


def test_merge_replaces_nothing_that_it_reads():
    files = shards(2, SAMPLE)
    link = path("link")
    os.symlink(files[0], link)
    for file in (link, files[1] + ".shard"):
        assert "would replace it" in merge("-o", file, *files, check=(2,)).stderr.decode()
    merge(*files)


def test_an_option_of_a_run_has_no_place_in_merge():
    assert "--schema is for a run" in merge("--schema", "x", "y", check=(2,)).stderr.decode()
    assert "give --report to the run of each shard" in merge("--report", "x", "y", check=(2,)).stderr.decode()
    assert "no output of a shard" in merge(check=(2,)).stderr.decode()


def test_a_shard_that_is_killed_leaves_what_was_there():
    out = path("killed", b"")
    run("--shard", "1/1", "-o", out, SAMPLE)
    before = note(out)
    process = start("--shard", "1/1", "-o", out, "-", stdin=subprocess.PIPE)
    process.stdin.write(b"<a>")
    process.stdin.flush()
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    # The earlier run's output and its note are as they were.
    assert merge(out).stdout == run(SAMPLE, "-f", "ndjson").stdout
    assert note(out) == before


# -- --shard auto

def test_launchers_say_which_shard_it_is():
    slurm = {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2",
             "SLURM_ARRAY_TASK_COUNT": "5", "SLURM_ARRAY_TASK_MAX": "9"}
    assert shard_of(slurm) == "4/5"
    assert shard_of({"AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "8"}) == "1/8"
    assert shard_of({"SGE_TASK_ID": "6", "SGE_TASK_FIRST": "2", "SGE_TASK_LAST": "10",
                     "SGE_TASK_STEPSIZE": "2"}) == "3/5"
    assert shard_of({"OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "3"}) == "3/3"
    assert shard_of({"PMI_RANK": "0", "PMI_SIZE": "2"}) == "1/2"
    assert shard_of({"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "4"}) == "2/4"
    assert shard_of({"JOB_COMPLETION_INDEX": "3"}, "--shard", "auto/5") == "4/5"
    assert shard_of({"PARALLEL_SEQ": "3"}, "--shard", "auto/5") == "3/5"
    # A batch step of one task in an array, or an array of one around MPI: the other counts.
    assert shard_of({**slurm, "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}) == "4/5"
    # The script of an array's task has these, and is none of several ranks.
    assert shard_of({**slurm, "SLURM_PROCID": "0", "SLURM_NTASKS": "4"}) == "4/5"
    assert shard_of({"SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "1",
                     "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}) == "2/2"
    # Grid Engine sets the variable outside arrays, too.
    assert shard_of({"SGE_TASK_ID": "undefined", "PMI_RANK": "1", "PMI_SIZE": "2"}) == "2/2"


def test_what_launchers_do_not_say_is_an_error():
    assert "nothing in the environment says" in shard_of({})
    assert "not of how many; give auto/N" in shard_of({"JOB_COMPLETION_INDEX": "3"})
    assert "counts 8" in shard_of({"AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "8"},
                                  "--shard", "auto/4")
    assert "both say" in shard_of({"AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "8",
                                   "PMI_RANK": "0", "PMI_SIZE": "2"})
    assert "is no number" in shard_of({"PMI_RANK": "x", "PMI_SIZE": "2"})
    assert "says 4 of 2" in shard_of({"PMI_RANK": "3", "PMI_SIZE": "2"})
    assert "none of the numbers" in shard_of({"SGE_TASK_ID": "1", "SGE_TASK_FIRST": "2", "SGE_TASK_LAST": "10"})
    assert "give K/N" in shard_of({"AWS_BATCH_JOB_ARRAY_INDEX": "9" * 30, "AWS_BATCH_JOB_ARRAY_SIZE": "8"})


def test_as_gnu_parallel_starts_them():
    if not shutil.which("parallel"):
        skip("GNU parallel is not installed")
    out = path("gnu", b"")
    subprocess.run(["parallel", "-j2", "%s --shard auto/3 %s -o %s-{}; test $? -lt 2" % (THRESH, SAMPLE, out),
                    ":::", "1", "2", "3"], check=True, timeout=120, stderr=subprocess.DEVNULL)
    assert merge(*("%s-%d" % (out, k) for k in (1, 2, 3))).stdout == run(SAMPLE, "-f", "ndjson").stdout


main()
