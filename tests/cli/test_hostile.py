#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What strangers send: hostile documents and archives, through every backend, isolated and not. Each
has its one record with the reason, all backends write the same bytes, time and memory stay bounded,
and nothing outside is opened."""
import gzip
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import unicodedata
import warnings
import zipfile
import zlib

from command import (DATA, SANITIZED, THRESH, backends, main, path, records, run, skip, start, stats,
                     zipped)

GENERATED = os.path.join(DATA, "hostile")
ARCHIVES = os.path.join(DATA, "archives")
DOCUMENTS = os.path.join(GENERATED, "documents.zip")
SCHEMA = ["-s", "urn:h=" + os.path.join(GENERATED, "hostile.xsd")]
with open(os.path.join(GENERATED, "cases.json"), encoding="utf-8") as file:
    CASES = json.load(file)
HAS_FORK = "fork" in backends()
# Every way to run: the first is what the others are held against.
WAYS = [["-b", name, "-j", "2"] for name in backends()]
if HAS_FORK:
    WAYS += [["--isolate", "-j", "2"], ["--isolate", "-j", "1", "--timeout", "60"],
             ["--max-memory", "1500M", "-j", "2"]]
PLAIN = ["--fields", "-namespaces"]
SECONDS = 120 if SANITIZED else 30
BYTES = 2 << 30


def needs_fork(sanitized_too=False):
    """Skips a case about limits that only the fork backend holds, and, for what they do to memory and
    stack, only without a sanitizer."""
    if not HAS_FORK:
        skip("no fork backend in this build")
    if SANITIZED and not sanitized_too:
        skip("a sanitizer takes memory and stack of its own")


def measured(*arguments):
    """A run, and the seconds and the bytes of the largest of its processes."""
    begin = time.monotonic()
    process = start("-f", "ndjson", *arguments)
    out, error = process.communicate(timeout=10 * SECONDS)
    assert process.returncode in (0, 1), "%s: exit %d: %s" % (arguments, process.returncode,
                                                              error.decode()[-500:])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return out, time.monotonic() - begin, most


def wrong_with(record, case, column):
    expected = case["expected"]
    error = record["errors"][0] if record["errors"] else {"kind": None, "code": None}
    facts = [record["verdict"], error["kind"]]
    wanted = [expected[column], expected[2]]
    if expected[3]:
        facts.append(error["code"])
        wanted.append(expected[3])
    if "line" in case:
        facts.append(error.get("line"))
        wanted.append(case["line"])
    return None if facts == wanted else "%s: %s, not %s" % (case["name"], facts, wanted)


def same_every_way(*arguments):
    """The bytes that all ways agree on."""
    oracle = None
    for way in WAYS:
        out, seconds, most = measured(*arguments, *way)
        oracle = oracle or out
        assert out == oracle, "%s differs" % " ".join(way)
        assert seconds < SECONDS, "%s took %.1f s" % (" ".join(way), seconds)
        assert most < BYTES or SANITIZED, "%s took %d MB" % (" ".join(way), most >> 20)
    return oracle


def check_documents(column, *arguments):
    out = same_every_way(DOCUMENTS, *PLAIN, *arguments)
    got = [json.loads(line) for line in out.splitlines()]
    assert [r["path"] for r in got] == ["%s!/%s.xml" % (DOCUMENTS, c["name"]) for c in CASES]
    wrong = [w for w in map(wrong_with, got, CASES, [column] * len(got)) if w]
    assert not wrong, "\n    ".join(wrong)
    assert b"SECRET" not in out


def test_documents_have_their_verdicts_whoever_runs_them():
    check_documents(0)


def test_documents_have_their_verdicts_under_a_schema():
    check_documents(1, *SCHEMA)


def test_documents_have_their_verdicts_with_an_xpath():
    """A tree is built then: other code, same verdicts, and no more memory than is good."""
    check_documents(0, "-x", "text=string-length(/)", "-x", "b=count(//@b)")


def test_what_a_document_says_of_catalogs_is_not_kept():
    """libxml2 would keep the address for as long as the process lives."""
    catalogs = path("catalogs.zip")
    with zipfile.ZipFile(catalogs, "w", zipfile.ZIP_DEFLATED) as out:
        for i in range(300):
            out.writestr("%d.xml" % i, "<?oasis-xml-catalog catalog='http://x/%s'?><a/>" %
                         ("c" * 1000000))
    process = start("-b", "sequential", catalogs, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0 and (used.ru_maxrss < 200 << 10 or SANITIZED), used.ru_maxrss


def opened_by(*arguments):
    """What the run opens once the first worker or the first archive has been opened, and its network
    calls, as strace has them."""
    trace = path("trace")
    subprocess.run(["strace", "-f", "-qq", "-o", trace, "-e",
                    "trace=open,openat,openat2,creat,socket,connect,execve,execveat,bind",
                    THRESH, "--no-progress", *arguments],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
    with open(trace, encoding="utf-8", errors="replace") as lines:
        return [re.sub(r"^\d+ +", "", line) for line in lines]


def test_no_document_opens_a_file_or_a_socket():
    if not shutil.which("strace") or SANITIZED:
        skip("no strace, or a sanitizer's own calls")
    for way in WAYS:
        calls = opened_by(DOCUMENTS, *SCHEMA, *way)
        begin = next(i for i, call in enumerate(calls) if "documents.zip" in call)
        for call in calls[begin:]:
            call = call.strip()
            if "resumed>" in call:  # its beginning was looked at
                continue
            # The library's own encodings, what the C library asks the system about itself, and what
            # clang's libomp opens when it starts.
            fine = re.search(r'"(/usr/lib[^"]*/gconv/[^"]*|/proc/self/(task|statm|maps)|/proc/\d+/'
                             r'[^"]*|/sys/[^"]*|[^"]*documents\.zip|/etc/ld\.so\.cache|'
                             r'[^"]*/(lib(omp|archer|memkind)\.|__KMP_)[^"/]*)"', call)
            assert fine or call.startswith(("+++", "---")), "%s: %s" % (" ".join(way), call)


def test_isolated_workers_open_nothing_at_all():
    if not HAS_FORK or not shutil.which("strace") or SANITIZED:
        skip("no fork backend or no strace, or a sanitizer's own calls")
    calls = opened_by(DOCUMENTS, *SCHEMA, "--isolate", "-j", "1", "-b", "fork")
    held = [i for i, call in enumerate(calls) if "/proc/self/statm" in call or
            "documents.zip" in call]
    late = [c for c in calls[max(held) + 1:] if "= -1" not in c and "gconv" not in c
            and not c.startswith(("+++", "---")) and "/proc/self/task" not in c]
    assert not late, late


# -- Archives ------------------------------------------------------------------------------------

# What the one bad entry of each archive is said to be.
MEMBERS = {
    "crc": "crc", "crc-deflated": "crc", "size-less": "size", "size-more": "size",
    "size-wild": "limit-bytes", "size-stored": "size", "method": "method",
    "encrypted": "encrypted", "aes": "encrypted", "mismatch-name": "mismatch",
    "mismatch-method": "mismatch", "mismatch-size": "mismatch", "outside": None,
    "damaged": "damaged",
}


def archive_path(name):
    return os.path.join(ARCHIVES, name)


def test_the_bad_entry_is_named_and_the_others_are_good():
    names = [archive_path("member-%s.zip" % name) for name in MEMBERS]
    lines = same_every_way(*names).splitlines()
    by_archive = {}
    for record in map(json.loads, lines):
        by_archive.setdefault(record["path"].split("!/")[0], []).append(record)
    for name, code in MEMBERS.items():
        got = {r["path"].split("!/")[-1]: r for r in by_archive[archive_path("member-%s.zip" % name)]}
        assert got["good.xml"]["verdict"] == got["last.xml"]["verdict"] == "wellformed", name
        bad = got["bad.xml"]
        assert bad["verdict"] == "unreadable", (name, bad)
        assert code in (None, bad["errors"][0]["code"]), (name, bad["errors"])


def wrong_inner(what, inner, method):
    """An archive with an archive inside it that is not what its entry says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as outer:
        outer.writestr("inner.zip", inner)
        outer.writestr("last.xml", "<a/>")
    data = bytearray(out.getvalue())
    entry = data.index(b"PK\1\2")
    body = 30 + len("inner.zip")
    if what == "crc":
        data[14] ^= 1
        data[entry + 16] ^= 1
    elif what == "size":
        for at in (22, entry + 24):
            struct.pack_into("<I", data, at, len(inner) + 7)
        if method == zipfile.ZIP_STORED:
            for at in (18, entry + 20):
                struct.pack_into("<I", data, at, len(inner) - 7)
    elif what == "data":
        data[body + 20:body + 40] = b"\xff" * 20
    return bytes(data)


def test_an_archive_inside_an_archive_is_what_its_entry_says():
    """Or it is named, and what comes after it is read."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as out:
        for i in range(20):
            out.writestr("%d.xml" % i, "<a>%d</a>" % i)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for what in ("crc", "size", "data"):
            name = path("inner-%s-%d.zip" % (what, method), wrong_inner(what, plain.getvalue(), method))
            got = [json.loads(line) for line in same_every_way(name).splitlines()]
            assert got[-1]["path"].endswith("last.xml") and got[-1]["verdict"] == "wellformed", got[-1]
            bad = [r for r in got[:-1] if r["verdict"] == "unreadable"]
            assert bad and all("inner.zip" in r["path"] for r in bad), (what, method, got)
    # A comment that never ends, stored once and again: what is unpacked to look inside has limits too.
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        with zipfile.ZipFile(inner := io.BytesIO(), "w") as stored:
            stored.writestr("big.xml", "<a>" + " " * (8 << 20) + "</a>")
        out.writestr("inner.zip", inner.getvalue())
        out.writestr("last.xml", "<a/>")
    name = path("inner-bomb.zip", bomb.getvalue())
    assert [r["verdict"] for r in records(name, "--max-ratio", "2000")] == ["wellformed"] * 2
    (bad, last) = records(name, "--max-ratio", "100")
    assert bad["errors"][0]["code"] == "limit-ratio" and last["verdict"] == "wellformed", bad


def test_a_tar_keeps_to_the_limits():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, size in (("a.xml", 10), ("big.xml", 4 << 20), ("left.xml", 20), ("z.xml", 10)):
            data = b"<a>" + b" " * size + b"</a>"
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    name = path("limits.tar.gz", out.getvalue())
    got = records(name, "--max-document-bytes", "1M", "--exclude", "left*")
    assert [(r["verdict"], r.get("reason")) for r in got] == [
        ("wellformed", None), ("unreadable", None), ("skipped", "excluded"), ("wellformed", None)], got
    assert got[1]["errors"][0]["code"] == "limit-bytes", got[1]
    got = records(name, "--max-ratio", "50")
    assert got[-1]["verdict"] == "unreadable" and got[-1]["errors"][0]["code"] == "limit-ratio", got
    got = records(name, "--max-total-bytes", "2M")
    assert {r["errors"][0]["code"] for r in got if r["verdict"] == "unreadable"} == {"limit-total"}, got


def test_every_archive_there_is_gives_the_same_records_every_way():
    names = sorted(name for name in os.listdir(ARCHIVES) if os.path.isfile(archive_path(name)))
    lines = same_every_way(*[archive_path(name) for name in names]).splitlines()
    seen = {json.loads(line)["path"].split("!/")[0] for line in lines}
    silent = [n for n in names if archive_path(n) not in seen and n != "empty.zip"
              and archive_path(n).rsplit(".", 1)[0] not in seen]
    assert not silent, "no record at all: %s" % silent


def test_an_archive_cut_anywhere_loses_only_what_is_cut_off():
    names = []
    for kind in ("sound.zip", "sound.tar", "sound.tar.gz"):
        with open(archive_path(kind), "rb") as file:
            sound = file.read()
        step = 1 if kind == "sound.zip" else max(1, len(sound) // 100)
        for cut in range(0, len(sound), step):
            names.append(path("cut-%d-%s" % (cut, kind), sound[:cut]))
    process = run(*names, "-f", "ndjson", "--stats", env={})
    got = [json.loads(line) for line in process.stdout.splitlines()]
    facts = stats(process)
    assert len(got) == facts["entries"] == sum(facts["verdicts"].values())
    told = {record["path"].split("!/")[0] for record in got if record["verdict"] != "wellformed"}
    # A ZIP, whose directory is at its end, never passes for whole; a tar may be cut between entries.
    silent = [n for n in names if n.endswith(".zip") and n not in told]
    assert not silent, silent[:5]


def test_an_archive_that_is_cut_while_it_is_read_is_an_error_and_not_a_death():
    size = 3000
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for i in range(size):
            out.writestr("%d.xml" % i, "<a>%s</a>" % ("x" * 4000))
    for way in WAYS[:4]:
        name = path("shrinks.zip", archive.getvalue())
        with start(name, "-f", "ndjson", "-x", "text=/a", *way) as process:
            first = process.stdout.readline()
            os.truncate(name, len(archive.getvalue()) // 3)
            rest = process.stdout.read()
        assert process.returncode in (0, 1), (way, process.returncode, process.stderr)
        got = [json.loads(line) for line in [first] + rest.splitlines()]
        verdicts = {r["verdict"] for r in got}
        assert len(got) == size and verdicts <= {"wellformed", "unreadable"}, (way, verdicts)
        # Threads may be through before the first line is read; what others write waits for its reader.
        assert "unreadable" in verdicts or "openmp" in way, way


def raw_zip(names):
    """Stored empty-root documents under any bytes as names; ZIP64 where it takes that."""
    out, directory = bytearray(), bytearray()
    data = b"<a/>"
    for name in names:
        at = len(out)
        head = struct.pack("<HHHHHIIIHH", 20, 0x800, 0, 0, 33, zlib.crc32(data), 4, 4, len(name), 0)
        out += b"PK\3\4" + head + name + data
        directory += (b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0,
                                                                            at) + name)
    start, count = len(out), len(names)
    out += directory
    if count > 65535:
        end = len(out)
        out += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count,
                           len(directory), start)
        out += struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    few = min(count, 65535)
    out += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, few, few, len(directory), start, 0)
    return bytes(out)


def test_170_000_entries_are_170_000_records():
    name = path("many.zip", raw_zip([b"%d.xml" % i for i in range(170000)]))
    out = same_every_way(name, "--fields", "path,verdict")
    assert out.count(b"\n") == out.count(b'"wellformed"') == 170000


def test_more_entries_than_the_limit_are_told():
    name = path("many-few.zip", raw_zip([b"%d.xml" % i for i in range(2000)]))
    got = records(name, "--max-entries", "100")
    assert len(got) <= 102 and got[-1]["errors"][0]["code"] == "limit-entries", got[-1]


def tar_of(names):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return content.getvalue()


def test_names_are_held_to_the_limit_of_entries():
    """A megabyte that names many; and one long name around many entries, told with each."""
    pad = os.urandom(512 << 10)  # or it would be the ratio that stops it
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=1) as packed, \
            tarfile.open(fileobj=packed, mode="w|") as archive:
        info = tarfile.TarInfo("pad.bin")
        info.size = len(pad)
        archive.addfile(info, io.BytesIO(pad))
        for i in range(600):
            archive.addfile(tarfile.TarInfo("n" * 60000 + "%d.txt" % i))
    around = io.BytesIO()
    with zipfile.ZipFile(around, "w") as archive:
        archive.writestr("n" * 60000 + ".tar.gz", tar_of("%d.txt" % i for i in range(600)))
    for name, data in (("names.tar.gz", content.getvalue()), ("around.zip", around.getvalue())):
        arguments = (path(name, data), "--fields", "verdict,errors", "--max-entries")
        # 16 MiB of paths are always allowed, 128 bytes an entry beyond.
        got = records(*arguments, "5000")
        assert 200 < len(got) < 300, (name, len(got))
        assert [r["verdict"] for r in got[:-1]] == ["skipped"] * (len(got) - 1)
        (error,) = got[-1]["errors"]
        assert got[-1]["verdict"] == "unreadable" and error["code"] == "limit-entries", got[-1]
        assert error["message"].startswith("with their paths, more than 128 bytes for each of "
                                           "5000 entries") and "--max-entries" in error["message"]
        assert len(records(*arguments, "2000000", check=(1,))) >= 600
        same_every_way(arguments[0], *arguments[1:], "5000")


def test_archives_in_archives_as_deep_as_can_be_asked_for():
    def zipped(name, data, method):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", method) as archive:
            archive.writestr(name, data)
        return content.getvalue()

    def tarred(name, data):
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        return content.getvalue()

    for kind, pack in (("stored", lambda *a: zipped(*a, zipfile.ZIP_STORED)),
                       ("deflated", lambda *a: zipped(*a, zipfile.ZIP_DEFLATED)),
                       ("tar", tarred), ("tgz", lambda *a: gzip.compress(tarred(*a), 1)),
                       ("gz", lambda name, data: gzip.compress(data, 1))):
        data = b"<r/>"
        for i in range(102):
            data = pack("a.xml" if i == 0 else "x", data)
            if i == 100:
                deepest = data
        (good,) = records(path(kind, deepest), "--max-nesting", "100", check=(0,))
        assert good["verdict"] == "wellformed", (kind, good)
        (bad,) = records(path(kind, data), "--max-nesting", "100")
        assert bad["errors"][0]["code"] == "limit-nesting", (kind, bad)


def test_relax_ng_overflows_no_stack_but_its_worker_s():
    needs_fork(sanitized_too=True)
    schema = path("deep.rng", '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref '
                  'name="a"/></start><define name="a"><element name="a"><optional><ref name="a"/>'
                  '</optional></element></define></grammar>')
    deep = path("deep.xml", "<a>" * 200000 + "</a>" * 200000)
    arguments = (path("flat.xml", "<a><a/></a>"), deep, "-s", schema, "--fields", "verdict")
    process = run(*arguments, "--max-depth", "1000000", check=(1,))
    assert process.stdout == b'{"verdict":"valid"}\n{"verdict":"lost"}\n', process
    assert run(*arguments, check=(1,)).stdout == b'{"verdict":"valid"}\n{"verdict":"unreadable"}\n'


NAMES = [b"", b"n" * 65535, b"../../etc/passwd.xml", b"/etc/passwd.xml", b"a\\..\\b.xml",
         b"esc\x1b[31m.xml", b"line\nfeed.xml", b"bad\xff\xc3.xml", b"nul\0.xml", b"bell\x07.xml",
         "\u202egnp.xml".encode(), b"=1+1.xml", b"@sum.xml", b"x.xml", b"X.XML",
         unicodedata.normalize("NFC", "\u00e9.xml").encode()]


def folded(text):
    """What is the same to a system that tells neither case nor Unicode form (Unicode 3.13, D145)."""
    def nfd(part):
        return unicodedata.normalize("NFD", part)
    return nfd(nfd(text).casefold())


def noticed(code, names):
    """Which of the names, each the name of an entry, come with that notice."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<a/>")
    found = records("-b", "sequential", "--fields", "path,errors", path(
        "names.zip", content.getvalue()))
    assert len(found) == len(names)
    return [any(e["code"] == code for e in record["errors"]) for record in found]


def duplicates(names):
    """Which of them are said to have been there before."""
    return noticed("duplicate-name", names)


def test_names_that_some_system_takes_for_the_same():
    same = [("é.xml", "e\u0301.xml"), ("É.XML", "e\u0301.xml"), ("Straße.xml", "STRASSE.xml"),
            ("Ж/a.xml", "ж/A.xml"), ("한글.xml", unicodedata.normalize("NFD", "한글.xml")),
            ("\u212a.xml", "k.xml"), ("ὈΔΥΣΣΕΎΣ.xml", "ὀδυσσεύς.xml"), ("ﬃ.xml", "FFI.xml"),
            ("a\u0316\u0300.xml", "\u00e0\u0316.xml"), ("𐐀.xml", "𐐨.xml")]
    for one, other in same:
        assert duplicates([one, "between.xml", other]) == [False, False, True], (one, other)
        assert duplicates([other, one, one]) == [False, True, True], (one, other)
    differ = [("a.xml", "ä.xml"), ("ı.xml", "i.xml"), ("ä.xml", "ae.xml"), ("é.xml", "è.xml"),
              ("a\u0300\u0301.xml", "a\u0301\u0300.xml"), ("①.xml", "1.xml"), ("a.xml", "а.xml")]
    for one, other in differ:
        assert duplicates([one, other]) == [False, False], (one, other)
    if unicodedata.unidata_version != "14.0.0":
        skip("Python's Unicode is not 14.0, so each character was not tried")
    pairs, first_of = [], {}
    for c in (c for c in range(0xa1, 0x30000) if not 0xd800 <= c < 0xe000):
        fold = folded(chr(c))
        if fold != chr(c) and not (0xac00 <= c < 0xd7a4 and c % 5):
            pairs += ["%d/%s" % (c, chr(c)), "%d/%s" % (c, fold)]
        elif unicodedata.category(chr(c)) != "Cn" and not 0x3400 < c < 0xa000:
            first_of.setdefault(fold, chr(c))
    assert len(pairs) > 2 * 5000
    missed = [pairs[i] for i, marked in enumerate(duplicates(pairs)) if marked != bool(i % 2)]
    assert not missed, missed[:10]
    distinct = list(first_of.values())
    wrong = [name for name, marked in zip(distinct, duplicates(distinct)) if marked]
    assert len(distinct) > 20000 and not wrong, wrong[:10]


def test_a_name_is_judged_by_all_its_bytes():
    plain = "abcdefgh/ijklmno/pqrst.xml"
    for at in range(len(plain)):
        for odd in "\x01", "\x1f", "\x7f":
            name = plain[:at] + odd + plain[at + 1:]
            assert noticed("unsafe-name", [name, plain]) == [True, False], name
        capital = plain[:at] + plain[at].upper().replace("/", "\\") + plain[at + 1:]
        assert duplicates([plain, capital]) == [False, True], capital
        for other in "@[`{":
            assert duplicates([plain, plain[:at] + other + plain[at + 1:]]) == [False, False], at
    for lead in range(20):
        before = "abcdefghijklmnopqrst"[:lead]
        steps = [before + "/../x.xml", before + "/..", before + "../x.xml", before + "/..x/a.xml",
                 before + "/.../x.xml", before + "/a..", before + ".x./x.xml"]
        assert noticed("unsafe-name", ["x" + step for step in steps]) == [
            True, True, False, False, False, False, False], before


def test_names_are_shown_and_never_followed():
    name = path("names.zip", raw_zip(NAMES))
    lines = same_every_way(name).splitlines()
    assert len(lines) == len(NAMES)
    for form in ("ndjson", "csv", "text"):
        out = run(name, "-f", form).stdout
        out.decode("utf-8")
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", out), form
        assert form != "text" or "\u202e" not in out.decode()
        assert out.count(b"\n") >= len(NAMES)
    by_name = {json.loads(line)["index"]: json.loads(line) for line in lines}
    for i in (2, 3, 4, 5, 6, 8, 9):
        codes = [error["code"] for error in by_name[i]["errors"]]
        assert "unsafe-name" in codes, (NAMES[i], codes)
    assert "duplicate-name" in [e["code"] for e in by_name[14]["errors"]]


def test_the_terminal_is_shown_names_and_not_controlled_by_them():
    odd = "e\x1b[31m\u009b2J\udc9b\udcff\u202egnp.xml"
    name = path(odd, GOOD_XML)
    two = path("two.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
               '<xs:import namespace="urn:h" schemaLocation="' + GENERATED + '/hostile.xsd"/>'
               '<xs:import namespace="urn:h" schemaLocation="&#x9b;31m&#x202e;.xsd"/>'
               '<xs:element name="a"/></xs:schema>')
    for arguments in ((name, "-f", "text"), (name, "--explain"), (name + "?",),
                      (name, "-s", name + "?"), (name, "-s", two, "--explain"),
                      (name, "-s", name)):
        process = run(*arguments, check=None)
        out = (process.stdout + process.stderr).decode()
        assert ".x" in out and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out), out


def test_a_catalog_that_names_one_elsewhere_reaches_nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = "http://127.0.0.1:%d/next.xml" % server.getsockname()[1]
        catalog = path("catalog.xml", '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
                       '<nextCatalog catalog="%s"/><delegateURI uriStartString="http://e" catalog="%s"/>'
                       '</catalog>' % (there, there))
        schema = path("elsewhere.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
                      '<xs:import namespace="urn:x" schemaLocation="http://e/x.xsd"/></xs:schema>')
        process = run(path("c.xml", GOOD_XML), "-s", schema, "--catalog", catalog, check=(1,))
        assert b"http://e/x.xsd" in process.stderr, process.stderr
        server.settimeout(0)
        try:
            server.accept()
            raise AssertionError("the catalog's next one was asked for")
        except BlockingIOError:
            pass


def test_no_cell_starts_a_formula():
    name = path("cells.zip", raw_zip([b"=1+1.xml", b"+2.xml", b"-x.xml", b"@sum.xml"]))
    text = path("cells.xml", "<a>=cmd|' /C calc'!A0</a>")
    out = run(name, text, "-f", "csv", "--csv-safe", "-x", "v=string(/a)", "-x", "n=-1.5").stdout
    import csv
    rows = list(csv.reader(io.StringIO(out.decode())))
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells), cells
    bad = [c for c in cells if c[:1] in "=+-@\t\r" and c and not re.fullmatch(r"-?[\d.]+", c)]
    assert not bad, bad
    assert "-1.5" in cells


# -- What unpacking may take of the disk -------------------------------------------------------------

GOOD_XML = b"<a/>"


def unpacked_within(size, *arguments, stdin=None):
    """The records of a run that may not put more than `size` bytes aside."""
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    process = subprocess.run([THRESH, "--no-progress", "-f", "ndjson", *arguments], input=stdin,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                             preexec_fn=small_files, timeout=600)
    assert process.returncode in (0, 1), process.stderr
    # By their paths in the test's own directory.
    return {r["path"].replace(path(), ""): r for r in map(json.loads, process.stdout.splitlines())}


def code(record):
    return record["errors"][0]["code"] if record["errors"] else None


def tar_header(name, size, kind=b"0", holes=b""):
    head = bytearray(512)
    head[:len(name)] = name
    head[100:124] = b"0000644\0" + b"0000000\0" * 2
    head[124:148] = b"%011o\0" % size + b"%011o\0" % 0
    head[156:157] = kind
    head[257:265] = b"ustar  \0"
    head[386:386 + len(holes)] = holes
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def sparse(name, content, size):
    """A member in the old format of GNU: `content`, and a hole up to `size`."""
    holes = (b"%011o\0" * 4) % (0, len(content), size, 0)
    real = b"\x80" + size.to_bytes(11, "big")
    holes = holes.ljust(97, b"\0") + real
    return tar_header(name, len(content), b"S", holes) + content.ljust(512, b"\0")


def test_the_holes_of_a_tar_are_unpacked_bytes():
    tar = (tar_header(b"one.xml", 4) + GOOD_XML.ljust(512, b"\0") +
           sparse(b"huge.xml", b"<a/>" + b" " * 508, 900 << 20) +
           sparse(b"huge.zip", b"PK\3\4" + b"x" * 508, 7 << 30) +
           sparse(b"fair.xml", b"<a>" + b" " * 509, 100000) +
           tar_header(b"two.xml", 4) + GOOD_XML.ljust(512, b"\0") + bytes(1024))
    for name, data in (("holes.tar", tar), ("holes.tar.gz", gzip.compress(tar))):
        got = unpacked_within(64 << 20, path(name, data))
        for good in ("one.xml", "two.xml"):
            assert got[name + "!/" + good]["verdict"] == "wellformed", got
        for bomb in ("huge.xml", "huge.zip"):
            assert code(got[name + "!/" + bomb]) == "limit-ratio", got[name + "!/" + bomb]
        assert got[name + "!/fair.xml"]["verdict"] == "malformed"  # it is full of NUL characters


def zip_of(members, compresslevel=9):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=compresslevel) as out:
        for name, content in members:
            out.writestr(name, content)
    return data.getvalue()


def almost_a_bomb():
    """An archive that unpacks to somewhat less than 1000 times its size."""
    rng = random.Random(1)
    return zip_of([("x.zip", b"PK\3\4" + bytes(20 << 20) + rng.randbytes(3500))])


def test_archives_that_lie_over_each_other_are_unpacked_once():
    """A thousand entries of the directory name the same bytes."""
    inner = zip_of([("x.xml", GOOD_XML), ("pad.bin", random.Random(1).randbytes(3500))]) + bytes(20 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(inner) + packer.flush()
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(inner), len(packed), len(inner), 5, 0)
    data = b"PK\3\4" + head + b"a.zip" + packed
    entry = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.zip"
    data += entry * 1000 + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1000, 1000, len(entry) * 1000,
                                       len(data), 0)
    name = path("over.zip", data)
    got = records(name, "--max-total-bytes", "64M")
    assert len(got) == 1000 and {code(r) for r in got[1:]} == {"overlap"}, got[1]


def test_a_bomb_of_several_layers_is_held_to_the_size_of_all_of_it():
    layers = almost_a_bomb()
    for depth in range(2):
        layers = zip_of([("%d-%d.zip" % (depth, i), layers) for i in range(16)])
    neighbours = zip_of([("nest.zip", layers), ("good.xml", GOOD_XML),
                         ("good.zip", zip_of([("in.xml", GOOD_XML)]))])
    for name, data in (("layers.zip", neighbours), ("layers.zip.gz", gzip.compress(neighbours))):
        got = unpacked_within(512 << 20, path(name, data), "--max-nesting", "5")
        shown = {p.split("!/", 1)[1]: r for p, r in got.items()}
        assert shown["good.xml"]["verdict"] == shown["good.zip!/in.xml"]["verdict"] == "wellformed"
        bombs = [r for p, r in shown.items() if "nest.zip" in p]
        assert len(bombs) > 100 and {code(r) for r in bombs} <= {"limit-ratio", "truncated"}, set(map(code, bombs))


def test_all_documents_together_are_held_to_a_limit_in_order():
    documents = [("%02d.xml" % i, b"<a>" + b"xyz" * 10000 + b"</a>") for i in range(40)]
    name = path("total.zip", zip_of([*documents[:20], ("x.txt", b"text"), *documents[20:]]))
    lines = same_every_way(name, path("total-after.xml", GOOD_XML), "--max-total-bytes", "100000")
    got = [json.loads(line) for line in lines.splitlines()]
    assert [r["verdict"] for r in got[:3]] == ["wellformed"] * 3
    assert {code(r) for r in got[3:20] + got[21:]} == {"limit-total"} and len(got) == 42
    assert got[20]["verdict"] == "skipped"
    zipped = bytearray(zip_of(documents, 0))
    for at in range(len(zipped)):  # a document that is no good was inflated all the same
        if zipped.startswith(b"xyzxyz</a>", at):
            zipped[at] = ord("-")
    got = records(path("total-crc.zip", bytes(zipped)), "--max-total-bytes", "100000")
    assert [code(r) for r in got] == ["crc"] * 3 + ["limit-total"] * 37, list(map(code, got))


def test_a_document_that_is_lost_beyond_the_limit_of_all_together_hides_none_before_it():
    needs_fork(sanitized_too=True)
    name = path("total-lost.zip", zip_of([("0.xml", b"<a>" + b"x" * 5000 + b"</a>"),
                                          ("1.xml", GOOD_XML), ("2.xml", SLOW.encode()), ("3.xml", GOOD_XML)]))
    for _ in range(3):
        got = records(name, *SLOWLY, "--max-total-bytes", "100", "--timeout", "0.5", "-j", "4")
        assert [code(r) for r in got] == ["limit-total"] * 4, list(map(code, got))


def test_an_endless_stream_ends_at_the_limit():
    got = unpacked_within(8 << 20, "-", path("beside.xml", GOOD_XML), "--max-total-bytes", "1M",
                          stdin=b"<a>" * (4 << 20))
    assert code(got["-"]) == "limit-total" and got["beside.xml"]["verdict"] == "wellformed", got


def sevenzip(name, members):
    """A 7z that the 7-Zip program packs from its standard input."""
    program = shutil.which("7z") or shutil.which("7zr")
    full = path(name)
    if not program:
        skip("there is no 7-Zip (p7zip-full)")
    for member, content in members:
        subprocess.run([program, "a", "-mx=1", "-si" + member, full], input=content, check=True,
                       stdout=subprocess.DEVNULL, timeout=60)
    return full


def test_what_a_7z_passes_over_counts_too():
    name = sevenzip("over.7z", [("z.bin", bytes(64 << 20)), ("a.xml", GOOD_XML)])
    assert [code(r) for r in records(name)] == [None, "limit-ratio"]
    assert [r["verdict"] for r in records(name, "--max-ratio", "0")] == ["skipped", "wellformed"]
    assert code(records(name, "--max-ratio", "0", "--max-total-bytes", "1M")[-1]) == "limit-total"


def test_a_document_that_7z_took_from_a_pipe_is_one():
    name = sevenzip("pipe.7z", [("bad.xml", b"<a>")])
    assert records(name)[0]["verdict"] == "malformed"


# -- Limits that only a process can be held to ------------------------------------------------------

# A document that takes seconds, by an XPath that counts all elements for each.
SLOW = "<a>%s</a>" % ("<b/>" * 30000)
SLOWLY = ["-x", "n=count(//b[count(//b) = 0])"]


def slow_archive():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as out:
        for i in range(40):
            out.writestr("%02d.xml" % i, SLOW if i in (7, 23) else "<a/>")
    return path("slow.zip", data.getvalue())


def test_a_document_over_time_is_ended_and_no_other_is_touched():
    needs_fork(sanitized_too=True)
    for jobs in ("1", "3"):
        process = run(slow_archive(), *SLOWLY, "--timeout", "1", "-j", jobs, "-f", "ndjson",
                      "--stats")
        got = [json.loads(line) for line in process.stdout.splitlines()]
        assert [i for i, r in enumerate(got) if r["verdict"] != "wellformed"] == [7, 23]
        for i in (7, 23):
            assert got[i]["verdict"] == "timeout", got[i]
            assert got[i]["errors"][0]["code"] == "limit-time", got[i]
        assert stats(process)["backend"] == "fork"


def test_a_document_over_memory_is_ended_and_no_other_is_touched():
    needs_fork()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for i in range(40):
            out.writestr("%02d.xml" % i, "<a>%s</a>" % ("<b/>" * (500000 if i in (5, 30) else 5)))
    name = path("fat.zip", data.getvalue())
    for jobs in ("1", "3"):
        got = records(name, "--max-memory", "40M", "-x", "n=count(//b[1])", "-j", jobs)
        assert [i for i, r in enumerate(got) if r["verdict"] != "wellformed"] == [5, 30]
        for i in (5, 30):
            assert got[i]["verdict"] == "lost" and got[i]["errors"][0]["code"] == "limit-memory", got[i]
    assert all(r["verdict"] == "wellformed" for r in
               records(name, "--max-memory", "1G", "-x", "n=count(//b[1])"))


def test_names_have_a_limit():
    names = {"element.xml": "<%s/>", "attribute.xml": "<a %s='1'/>", "prefix.xml": "<a xmlns:%s='u'/>",
             "entity.xml": "<!DOCTYPE a [<!ENTITY e 'x'>]><a %s='&e;'/>"}
    for bytes_, options in ((1 << 20, []), (8, ["--max-name-bytes", "8"])):
        for extract in ([], ["-x", "n=//*[1]"]):
            for more, verdict in ((0, "wellformed"), (1, "unreadable")):
                data = io.BytesIO()
                with zipfile.ZipFile(data, "w") as out:
                    for name, text in names.items():
                        out.writestr(name, text % ("n" * (bytes_ + more)))
                got = records(path("names.zip", data.getvalue()), *options, *extract)
                assert {r["verdict"] for r in got} == {verdict}, (bytes_, more)
                assert not more or {r["errors"][0]["code"] for r in got} == {"limit-name"}


def test_what_is_over_a_limit_says_what_to_do():
    deep = "".join("<!ENTITY e%d '&e%d;'>" % (i, i - 1) for i in range(2, 67))
    nested = zipped({"b.zip": zipped({"a.xml": "<a/>"})})
    cases = [
        ("--max-depth", "--max-depth=1", "<a><b/></a>"),
        ("--max-attributes", "--max-attributes=1", "<a b='' c=''/>"),
        ("--max-name-bytes", "--max-name-bytes=2", "<abc/>"),
        ("--max-entity-bytes", "--max-entity-bytes=1", "<!DOCTYPE a [<!ENTITY e '123'>]><a>&e;</a>"),
        ("--max-entity-bytes", "--max-entity-bytes=1",
         "<!DOCTYPE a [<!ATTLIST b c CDATA '%s'>]><a>%s</a>" % ("x" * 1000, "<b/>" * 100)),
        ("put the text of some in their place", "-q", "<!DOCTYPE a [<!ENTITY e1 ''>%s]><a>&e66;</a>" % deep),
        ("--max-document-bytes", "--max-document-bytes=3", "<abc/>"),
        ("--max-ratio", "--max-ratio=10", zipped({"a.xml": "<a>%s</a>" % (" " * 2000000)})),
        ("--max-total-bytes", "--max-total-bytes=3", "<abc/>"),
        ("--max-total-bytes", "--max-total-bytes=3", nested),
        ("--max-nesting", "--max-nesting=0", nested),
        ("--max-entries", "--max-entries=1", zipped(["<a/>", "<b/>", "<c/>"])),
    ]
    for remedy, option, content in cases:
        name = "limit.zip" if content[:2] == b"PK" else "limit.xml"
        faults = [fault for record in records(path(name, content), option) for fault in record["errors"]]
        assert faults and all(fault["kind"] == "limit" and remedy in fault["message"]
                              for fault in faults), (remedy, faults)


def test_limits_that_need_a_process_get_one_and_explain_says_why():
    needs_fork(sanitized_too=True)
    name = path("one.xml", "<a/>")
    for options, words in ((["--timeout", "5"], b"to enforce --timeout"),
                           (["--max-memory", "1G"], b"to enforce --max-memory"),
                           (["--isolate"], b"for isolation")):
        out = run(name, "--explain", *options).stdout
        assert words in out and b"fork with 1 worker" in out, out
    for backend in set(backends()) - {"fork"}:
        process = run(name, "--timeout", "5", "-b", backend, check=(2,))
        assert b"--timeout" in process.stderr and b"--backend fork" in process.stderr


def test_stats_name_the_layers_and_require_has_all_of_them():
    needs_fork(sanitized_too=True)
    name = path("plain.zip", raw_zip([b"a.xml", b"b.xml"]))
    layers = stats(run(name, "--isolate", "--stats"))["isolation"]
    assert "rlimits" in layers and "no-new-privileges" in layers, layers
    for backend in backends():
        assert stats(run(name, "--stats", "-b", backend))["isolation"] == [], backend
    process = run(name, "--isolate=require", check=(0, 2))
    if {"landlock", "seccomp"} <= set(layers):
        assert process.returncode == 0, process.stderr
    else:
        assert process.returncode == 2 and b"cannot be isolated" in process.stderr
    directory = path("directory")
    os.makedirs(directory, exist_ok=True)
    path("directory/a.xml", "<a/>")
    process = run(directory, "--isolate", "--stats", "-f", "ndjson")
    assert b'"wellformed"' in process.stdout
    assert {"inputs-readable", "files-readable"} & set(stats(process)["isolation"])


def grammar(n, refers_to):
    defines = "".join('<define name="d%d"><element name="e%d"><optional><ref name="d%d"/></optional>'
                      '</element></define>' % (i, i, refers_to(i)) for i in range(n))
    return ('<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref name="d0"/></start>%s'
            '<define name="d%d"><empty/></define></grammar>' % (defines, n))


def large_grammar():
    return grammar(20000, lambda i: 20000)


def test_a_schema_that_takes_too_long_to_compile_ends_the_run_in_time():
    needs_fork(sanitized_too=True)
    name, schema = path("r.xml", "<e0/>"), path("large.rng", large_grammar())
    for options in ([], ["--guard-schemas"]):
        process = run(name, "-s", schema, "--schema-timeout", "0.001", *options, check=(2,))
        assert b"--schema-timeout" in process.stderr, process.stderr
    assert records(name, "-s", schema)[0]["verdict"] == "valid"


def test_a_schema_over_its_time_or_memory_is_an_error_by_our_engine_too():
    form = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'
    name = path("r.xml", "<r/>")
    slow = path("slow.xsd", form % "".join(
        '<xs:simpleType name="t%d"><xs:restriction base="xs:string"><xs:pattern value="(a|b)*a(a|b){12}"/>'
        '</xs:restriction></xs:simpleType>' % i for i in range(2000)))
    large = path("large.xsd", form % "".join('<xs:element name="e%d"/>' % i for i in range(20000)))
    for options in ([], ["--guard-schemas"]):
        error = run(name, "-s", slow, "--schema-timeout", "0.2", *options, check=(2,)).stderr
        assert b"slow.xsd: compiling the schema takes longer than 0.2 s; raise --schema-timeout" in error
        if options and SANITIZED:
            continue
        error = run(name, "-s", large, "--schema-memory", "3M", *options, check=(2,)).stderr
        assert b"large.xsd" in error and b"--schema-memory" in error, error
    assert run(name, "-s", large, check=(0, 1)).stdout


def test_groups_that_hold_each_other_compile_in_time_that_follows_their_size():
    groups = "".join('<xs:attributeGroup name="g%d"><xs:attribute name="a%d"/>%s</xs:attributeGroup>' % (
        i, i, '<xs:attributeGroup ref="g%d"/>' % (i - 1) if i else "") for i in range(2000))
    keys = "".join('<xs:key name="k%d"><xs:selector xpath="a"/><xs:field xpath="@b%d"/></xs:key>' % (i, i)
                   for i in range(10000))
    form = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'
    schema = path("groups.xsd", form % (
        groups + '<xs:element name="r"><xs:complexType><xs:attributeGroup ref="g1999"/></xs:complexType>%s'
                 '</xs:element>' % keys))
    name = path("r.xml", '<r a0="1" a1999="2"/>')
    assert records(name, "-s", schema, "--schema-timeout", str(SECONDS))[0]["verdict"] == "valid"


def test_a_chain_of_substitution_groups_is_not_multiplied_out():
    """Each element stands for all before it: 30,000 would fill 20 GB of tables."""
    chain = '<xs:element name="e0"/>' + "".join(
        '<xs:element name="e%d" substitutionGroup="e%d"/>' % (i, i - 1) for i in range(1, 300))
    form = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">%s</xs:schema>'
    name = path("e299.xml", "<e299/>")
    short = path("chain.xsd", form % chain[:chain.find('<xs:element name="e90"')])
    assert records(path("e89.xml", "<e89/>"), "-s", short)[0]["verdict"] == "valid"
    long = run(name, "-s", path("long.xsd", form % chain), check=(2,))
    assert b"substitution groups" in long.stderr, long.stderr


def test_a_schema_that_takes_its_compiler_down_is_an_error():
    """Definitions that refer to each other in a long chain overflow the stack of libxml2's, here one of
    256 KiB."""
    needs_fork()
    def small_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (256 << 10, resource.RLIM_INFINITY))
    name, schema = path("r.xml", "<e0/>"), path("chain.rng", grammar(100000, lambda i: i + 1))
    process = start(name, "-s", schema, preexec_fn=small_stack)
    error = process.communicate(timeout=SECONDS)[1]
    assert process.returncode == 2 and b"took its process down" in error, error


def test_a_schema_over_its_memory_ends_the_run():
    needs_fork()
    name, schema = path("r.xml", "<e0/>"), path("large.rng", large_grammar())
    process = run(name, "-s", schema, "--schema-memory", "1M", check=(2,))
    assert process.stderr.startswith(b"thresh: "), process.stderr


def test_a_guarded_schema_gives_the_same_records_or_the_same_error():
    good = os.path.join(GENERATED, "hostile.xsd")
    document = path("h.xml", "<h xmlns='urn:h'>1</h>")
    bad = path("bad.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element/>"
                          "</xs:schema>")
    assert records(document, "-s", good) == records(document, "-s", good, "--guard-schemas")
    folder = os.path.dirname(path("folder-of-schemas/a.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"))
    assert records(document, "-s", folder) == records(document, "-s", folder, "--guard-schemas")
    for schema in (bad, os.path.dirname(path("no-schemas/a.txt", ""))):
        plain, guarded = (run(document, "-s", schema, *options, check=(2,)).stderr
                          for options in ([], ["--guard-schemas"]))
        assert plain == guarded, (plain, guarded)
    assert b"has no schema in it" in plain, plain


def test_a_guarded_schema_is_read_with_its_entities_and_its_encoding():
    """The encoding is one whose converter is a library that has to be loaded."""
    path("declared.inc", "<xs:element name='r' xmlns:xs='http://www.w3.org/2001/XMLSchema'/>")
    path("types.xsd", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>")
    schema = path("entity.xsd", "<?xml version='1.0' encoding='EUC-TW'?><!DOCTYPE xs:schema [<!ENTITY e "
                  "SYSTEM 'declared.inc'>]><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                  "<xs:include schemaLocation='types.xsd'/>&e;</xs:schema>")
    name = path("r.xml", "<r/>")
    plain, guarded = (records(name, "-s", schema, *options) for options in ([], ["--guard-schemas"]))
    assert plain == guarded and plain[0]["verdict"] == "valid", (plain, guarded)


main()
