#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What was done is not done again (--resume, --cache), and nobody can tell by the output. 6 runs are killed;
THRESH_KILL_RUNS=1000 for a long afternoon."""
import gzip
import json
import lzma
import os
import random
import shutil
import signal
import subprocess
import time

from command import LIMIT, ORDER, SAMPLE, SANITIZED, archive, backends, main, path, run, start, zipped

RUNS = int(os.environ.get("THRESH_KILL_RUNS", "6"))
SEED = int(os.environ.get("THRESH_KILL_SEED", str(int(time.time()))))
FORMATS = ("ndjson", "csv", "text", "junit", "sarif", "github")
SLOW = "<a>%s</a>"
XPATHS = ("-x", "n=count(//*)", "-x", "all=//@*", "-x", "t=string(/*)")


def content(file):
    with open(file, "rb") as stream:
        return stream.read()


def told(process):
    """The statistics, among what else standard error has."""
    line = [line for line in process.stderr.splitlines() if line.startswith(b"{")][-1]
    return json.loads(line)


def known(*arguments):
    """The output of a run, and how many documents an earlier one had done."""
    process = run(*arguments, "--stats")
    return process.stdout, told(process)["known"]


def fresh(name):
    """A path on which nothing is."""
    target = path(name)
    shutil.rmtree(target, ignore_errors=True)
    if os.path.exists(target):
        os.remove(target)
    return target


def kept(directory):
    return sorted(os.path.join(directory, name) for name in os.listdir(directory))


def mixed(name):
    """All that can become of a document, in all ways in which documents are stored."""
    folder = fresh(name)
    bad = b"<a>" + b"<b x='1' x='2'/>" * 3
    entity = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'e'>]><a p='1' xmlns:q='urn:q'>&e;</a>"
    documents = {"good.xml": b"<a><b c='1'>x</b></a>", "bad.xml": bad, "entity.xml": entity, "empty.xml": b"",
                 "text.txt": b"no", "deep.xml": b"<a>" * 2000}
    deflated = bytearray(zipped({"%s/%s" % (name, key): value for key, value in documents.items()}))
    stored = zipped(documents, 0).replace(b"c='1'>x<", b"c='1'>y<")  # a CRC that is wrong
    files = {"deflated.zip": bytes(deflated), "stored.zip": stored, "outer.zip": zipped({"in.zip": zipped(documents)}),
             "one.xml.gz": gzip.compress(documents["good.xml"]), "two.xml.gz": gzip.compress(b"<a>") + gzip.compress(b"</a>"),
             "one.xml.xz": lzma.compress(bad), "cut.xml.gz": gzip.compress(bad)[:-9], **documents}
    for key, value in files.items():
        path(os.path.join(name, key), value)
    with lzma.open(path(os.path.join(name, "tar.tar.xz")), "wb") as packed:
        packed.write(subprocess.run(["tar", "-cC", folder, *documents], stdout=subprocess.PIPE, check=True).stdout)
    return folder


# -- The same bytes

def test_a_second_run_writes_what_the_first_did_in_every_format_on_every_backend():
    folder = mixed("mixed")
    for inputs in ((folder,), (SAMPLE, "-s", ORDER), (SAMPLE, folder, "-s", ORDER, *XPATHS)):
        plain = {format: run(*inputs, "-f", format, "--stats") for format in FORMATS}
        want = told(plain["ndjson"])
        for option in ("--cache", "--resume"):
            place = fresh("kept")
            first, n = known(*inputs, "-f", "ndjson", option, place)
            assert first == plain["ndjson"].stdout and n == 0
            for backend in backends():
                for format in FORMATS:
                    again = run(*inputs, "-f", format, "-b", backend, "-j", 2, option, place, "--stats")
                    assert again.stdout == plain[format].stdout, (inputs, option, backend, format)
                    assert again.returncode == plain[format].returncode
                    got = told(again)
                    assert got["known"] > 10, got
                    for key in ("verdicts", "skipped", "bytes_inflated", "unread", "bad", "unopened", "groups",
                                "fields", "fields_empty", "good"):
                        assert got.get(key) == want.get(key), (key, got, want)
            assert run(*inputs, "--group", option, place).stdout == run(*inputs, "--group").stdout


def test_only_what_has_changed_is_done_again():
    documents = {"%03d.xml" % i: "<a>%d</a>" % i for i in range(100)}
    for option in ("--cache", "--resume"):
        place = fresh("changed")
        known(archive("before.zip", documents), option, place)
        changed = {**documents, "050.xml": "<b/>", "000.xml": "<a>", "new.xml": "<a/>"}
        del changed["070.xml"]
        again = archive("after.zip", dict(reversed(changed.items())))
        out, n = known(again, "-f", "ndjson", option, place)
        assert n == 97 and out == run(again, "-f", "ndjson").stdout


def test_what_a_record_follows_from_is_in_its_key():
    schema = path("key/a.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                               '<xs:include schemaLocation="b.xsd"/><xs:element name="a" type="t"/></xs:schema>')
    other = ('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="t">'
             '<xs:restriction base="xs:%s"/></xs:simpleType></xs:schema>')
    path("key/b.xsd", other % "string")
    documents = archive("key.zip", ["<a>1</a>", "<a>x</a>"])
    image = path("key/a.image")
    place = fresh("key-cache")

    def check(want, *arguments):
        out, n = known(documents, "-f", "ndjson", *arguments, "--cache", place)
        assert n == want, (arguments, n)
        assert out == run(documents, "-f", "ndjson", *arguments).stdout

    for arguments in ((), ("-s", schema), ("-x", "n=/a"), ("-x", "n=/a/b"), ("--max-errors", 1), ("--sha256",),
                      ("--max-depth", 5)):
        check(0, *arguments)
        check(2, *arguments)
    path("key/b.xsd", other % "integer")  # included, and of the same name
    check(0, "-s", schema)
    subprocess.run([os.environ["THRESH"], "compile", "-s", schema, "-o", image], check=True, timeout=LIMIT)
    check(0, "-s", image)
    check(2, "-s", image)
    path("key/b.xsd", other % "string")
    subprocess.run([os.environ["THRESH"], "compile", "-s", schema, "-o", image], check=True, timeout=LIMIT)
    check(0, "-s", image)
    # These say nothing of a record that there is.
    for arguments in (("--timeout", 60), ("--max-bad", 5), ("-j", 1), ("-f", "text"), ("--fields", "-namespaces"),
                      ("--include", "*.xml")):
        process = run(documents, *arguments, "--cache", place, "--stats")
        assert told(process)["known"] == 2, arguments


def test_shards_of_what_is_known_merge():
    place, files = fresh("shards"), []
    for k in range(1, 4):
        files.append(path("known-shard-%d" % k, b""))
        run(SAMPLE, "-s", ORDER, "--shard", "%d/3" % k, "--cache", place, "-o", files[-1])
    assert known(SAMPLE, "-s", ORDER, "-f", "ndjson", "--cache", place) == (run(SAMPLE, "-s", ORDER, "-f", "ndjson").stdout, 120)


# -- Stopped and killed

def test_a_run_that_is_killed_goes_on_where_it_was():
    rng = random.Random(SEED)
    documents = archive("killed.zip", {"%03d.xml" % i: SLOW % "".join(
        "<b c='%d'>%d</b>" % (i * k, rng.random() * 1e9) for k in range(rng.choice((1, 30, 3000)))) for i in range(400)})
    arguments = (documents, "-f", "ndjson", "-x", "s=sum(//b[. > 5])")
    whole = run(*arguments, "-b", "sequential").stdout
    done = 0
    for i in range(RUNS):
        journal, out = fresh("killed.journal"), fresh("killed.out")
        backend = rng.choice(backends())
        for _ in range(rng.randint(1, 3)):
            process = start(*arguments, "-b", backend, "-j", 2, "--resume", journal, "-o", out)
            time.sleep(rng.random() * 0.2)
            process.send_signal(rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
            process.communicate(timeout=LIMIT)
        process = run(*arguments, "-b", backend, "--resume", journal, "-o", out, "--stats")
        assert content(out) == whole, (SEED, i, backend)
        done += told(process)["known"]
    assert done > 0, SEED


def test_a_run_that_fails_fast_goes_on_when_it_is_mended():
    documents = ["<a>%d</a>" % i for i in range(50)] + ["<a>"] + ["<a>%d</a>" % i for i in range(50, 90)]
    journal = fresh("mended.journal")
    run(archive("mend.zip", documents), "--resume", journal, "--fail-fast", 1, check=(2,))
    documents[50] = "<a/>"
    out, n = known(archive("mend.zip", documents), "-f", "ndjson", "--resume", journal)
    assert n == 50 and out == run(path("mend.zip"), "-f", "ndjson").stdout


def test_what_took_too_long_is_tried_again():
    if "fork" not in backends():
        return
    slow = "<a>%s</a>" % "".join("<b>%d</b>" % i for i in range(20000))
    documents = archive("slow.zip", ["<a/>", slow])
    journal, xpath = fresh("slow.journal"), "n=count(//b[count(preceding::b) > 5])"
    first = run(documents, "-f", "ndjson", "-x", xpath, "--timeout", 0.2, "--resume", journal, "--stats")
    assert told(first)["verdicts"]["timeout"] == 1, first.stderr
    again = run(documents, "-f", "ndjson", "-x", xpath, "--timeout", 0.3, "--resume", journal, "--stats")
    assert told(again)["verdicts"]["timeout"] == 1 and told(again)["known"] == 1


def test_what_is_known_is_not_measured():
    for option in ("--cache", "--resume"):
        process = subprocess.run([os.environ["THRESH"], "tune", SAMPLE, option, path("tuned")], stderr=subprocess.PIPE,
                                 timeout=LIMIT, check=False)
        assert process.returncode == 2 and b"is not measured" in process.stderr


def test_an_encoding_that_isolated_workers_lack_is_not_remembered():
    if "fork" not in backends():
        return
    documents = archive("encodings.zip", ["<?xml version='1.0' encoding='%s'?><a/>" % name
                                          for name in ("KOI8-R", "KOI8-T", "no-such")])
    plain = {option: run(documents, "-f", "ndjson", *option).stdout for option in ((), ("--isolate",))}
    assert plain[()] != plain["--isolate",]
    for option in ("--cache", "--resume"):
        for first, then in ((), ("--isolate",)), (("--isolate",), ()):
            place = fresh("encodings")
            assert known(documents, "-f", "ndjson", *first, option, place) == (plain[first], 0)
            assert known(documents, "-f", "ndjson", *then, option, place) == (plain[then], 1)


def test_remembering_takes_no_memory_that_a_document_needs():
    long = archive("long.zip", ["<a>%s</a>" % ("x" * 30000000), "<a>%s</a>" % ("x" * 900000), "<a/>"])
    arguments = (long, "-x", "t=string(/*)")
    for option in ("--cache", "--resume"):
        place = fresh("long")
        assert known(*arguments, "-f", "ndjson", option, place) == (run(*arguments, "-f", "ndjson").stdout, 0)
        assert known(*arguments, "-f", "ndjson", option, place)[1] == 2
    if "fork" in backends() and not SANITIZED:
        for most in range(50, 400, 25):
            limited = (*arguments, "-f", "csv", "--fields", "path,verdict", "--max-memory", "%dM" % most)
            assert run(*limited, "--cache", fresh("long")).stdout == run(*limited).stdout, most


# -- Damage

def test_damage_costs_time_and_never_truth():
    rng = random.Random(SEED)
    whole = run(SAMPLE, "-s", ORDER, "-f", "ndjson").stdout
    for option in ("--resume", "--cache"):
        place = fresh("damaged")
        known(SAMPLE, "-s", ORDER, option, place)
        file = place if option == "--resume" else kept(place)[0]
        good = content(file)
        for i in range(25):
            bad = bytearray(good)
            kind = rng.choice(("flip", "cut", "zero", "double", "drop"))
            at = rng.randrange(8, len(bad))
            end = min(len(bad), at + rng.choice((1, 8, 300, 5000)))
            if kind == "flip":
                for _ in range(rng.choice((1, 3, 50))):
                    bad[rng.randrange(8, len(bad))] ^= 1 << rng.randrange(8)
            elif kind == "cut":
                del bad[at:]
            elif kind == "zero":
                bad[at:end] = bytes(end - at)
            elif kind == "double":
                bad[at:at] = bad[at:end]
            else:
                del bad[at:end]
            if option == "--cache":
                shutil.rmtree(place)
                os.mkdir(place)
            with open(file, "wb") as stream:
                stream.write(bad)
            out, _ = known(SAMPLE, "-s", ORDER, "-f", "ndjson", option, place)
            assert out == whole, (SEED, option, kind, i)
            out, n = known(SAMPLE, "-s", ORDER, "-f", "ndjson", option, place)
            assert out == whole and n == 120, (SEED, option, kind, i, n)


def test_what_is_no_journal_is_left_alone():
    for text in (b"not a journal at all, but somebody's work\n" * 9, b"<a/>"):
        file = path("work.txt", text)
        assert "is no journal" in run(SAMPLE, "--resume", file, check=(2,)).stderr.decode()
        assert content(file) == text
    assert "cannot be opened" in run(SAMPLE, "--resume", path("no/such/journal"), check=(2,)).stderr.decode()
    for none in ("", "-"):
        assert "names no file" in run(SAMPLE, "--resume", none, check=(2,)).stderr.decode()
    out = path("same", b"")
    assert "--output would replace it" in run(SAMPLE, "--resume", out, "-o", out, check=(2,)).stderr.decode()
    os.symlink(os.path.dirname(out), fresh("elsewhere"))
    for option in ("--output", "--report"):  # also where neither is there yet
        process = run(SAMPLE, "--resume", fresh("same"), option, os.path.join(path("elsewhere"), "same"), check=(2,))
        assert "%s would replace it" % option in process.stderr.decode() and not os.path.exists(out), option


def with_little_room(*arguments):
    return subprocess.run(["sh", "-c", "ulimit -f 200; exec \"$@\"", "-", os.environ["THRESH"], *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, check=False)


def test_a_journal_that_had_no_room_goes_on_where_there_is_some():
    documents = archive("room.zip", ["<a>%d</a>" % i for i in range(3000)])
    whole, place = run(documents, "-f", "ndjson").stdout, fresh("room")
    process = with_little_room(documents, "-o", "/dev/null", "--resume", place)
    assert process.returncode == 2 and b"cannot be written" in process.stderr, process
    assert b"make room for it" in process.stderr and b"--resume" in process.stderr, process
    out, n = known(documents, "-f", "ndjson", "--resume", place)
    assert out == whole and n > 0, n
    assert known(documents, "-f", "ndjson", "--resume", place) == (whole, 3000)


def test_a_cache_without_room_costs_the_run_nothing():
    documents = archive("room.zip", ["<a>%d</a>" % i for i in range(3000)])
    whole, place = run(documents, "-f", "ndjson").stdout, fresh("little")
    process = with_little_room(documents, "-q", "-f", "ndjson", "--cache", place)
    assert process.returncode == 0 and process.stdout == whole, process.stderr
    words = process.stderr.decode()
    assert words.startswith("thresh: warning: %s: cannot be written to: " % place) and words.count("\n") == 1, words
    assert "--cache" in words and not os.listdir(place), words
    assert known(documents, "-f", "ndjson", "--cache", place) == (whole, 0)
    assert known(documents, "-f", "ndjson", "--cache", place) == (whole, 3000)


# -- The cache's directory

def test_runs_at_once_share_a_cache():
    place = fresh("shared")
    whole = run(SAMPLE, "-s", ORDER, "-f", "ndjson").stdout
    started = [start(SAMPLE, "-s", ORDER, "-f", "ndjson", "--cache", place, "--cache-size", "120K") for _ in range(8)]
    for process in started:
        assert process.communicate(timeout=LIMIT)[0] == whole
    assert known(SAMPLE, "-s", ORDER, "-f", "ndjson", "--cache", place) == (whole, 120)
    assert sum(map(os.path.getsize, kept(place))) <= 120 << 10 and all(name.endswith(".kept") for name in kept(place))


def test_a_cache_is_bounded():
    place = fresh("bounded")
    for i in range(6):
        file = archive("bounded.zip", ["<a>%d</a>" % (1000 * i + k) for k in range(100)])
        assert known(file, "--cache", place, "--cache-size", "100K")[1] == 0
        assert sum(map(os.path.getsize, kept(place))) <= 100 << 10
        assert known(file, "--cache", place, "--cache-size", "100K")[1] == 100
    assert len(kept(place)) > 1
    assert known(file, "--cache", place, "--cache-size", "10K")[1] == 100
    assert not kept(place)
    assert 10 < known(file, "--cache", place, "--cache-size", "10K")[1] + 20


def test_what_is_used_stays_in_a_cache():
    place = fresh("used")
    often = archive("often.zip", ["<a>%d</a>" % k for k in range(100)])
    known(often, "--cache", place)
    for i in range(6):
        other = archive("other.zip", ["<b>%d</b>" % (1000 * i + k) for k in range(100)])
        known(other, "--cache", place, "--cache-size", "100K")
        assert known(often, "--cache", place, "--cache-size", "100K")[1] == 100, i


def test_many_small_files_are_one_cache():
    place, shards = fresh("many"), 70
    file = archive("many-shards.zip", ["<a>%d</a>" % k for k in range(140)])
    for want in (0, 140):
        got = [known(file, "--cache", place, "--shard", "%d/%d" % (k, shards))[1] for k in range(1, shards + 1)]
        assert sum(got) == want, (want, got)


def test_what_everybody_may_write_to_is_refused():
    place = fresh("open")
    os.mkdir(place)
    os.chmod(place, 0o777)
    assert "everybody may write" in run(SAMPLE, "--cache", place, check=(2,)).stderr.decode()
    assert "cannot be opened" in run(SAMPLE, "--cache", path("file", b""), check=(2,)).stderr.decode()
    assert "names no directory" in run(SAMPLE, "--cache", "", check=(2,)).stderr.decode()
    journal = fresh("open-journal")
    run(SAMPLE, "--resume", journal)
    os.chmod(journal, 0o666)
    assert "everybody may write" in run(SAMPLE, "--resume", journal, check=(2,)).stderr.decode()
    made, journal = fresh("made"), fresh("made-journal")
    subprocess.run(["sh", "-c", "umask 0; exec \"$@\"", "-", os.environ["THRESH"], "-q", SAMPLE, "--cache", made,
                    "--resume", journal], stdout=subprocess.DEVNULL, timeout=LIMIT, check=False)
    assert os.stat(made).st_mode & 0o777 == 0o700
    assert os.stat(journal).st_mode & 0o777 == 0o644


def test_what_is_kept_is_no_input():
    folder = fresh("own")
    path("own/a.xml", "<a/>")
    for arguments in (("--cache", path("own/cache")), ("--resume", path("own/journal"))):
        assert "would write to it" in run(folder, *arguments, check=(2,)).stderr.decode(), arguments
        assert "would write to it" in run(folder, *arguments, "--exclude", "a.xml", check=(2,)).stderr.decode()
    for option, place, glob in (("--cache", "own/cache", "own/cache/*"), ("--resume", "own/journal", "journal")):
        for want in (0, 1):  # as the error says
            process = run(folder, option, path(place), "--exclude", "*" + glob, "--stats")
            assert told(process)["known"] == want, (option, process)


def test_isolated_workers_remember():
    if "fork" not in backends():
        return
    for option in ("--cache", "--resume"):
        place = fresh("isolated")
        for want in (0, 120):
            out, n = known(SAMPLE, "-s", ORDER, "-f", "ndjson", "--isolate", option, place)
            assert n == want and out == run(SAMPLE, "-s", ORDER, "-f", "ndjson").stdout


if __name__ == "__main__":
    main()
