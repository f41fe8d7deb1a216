#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One archive in S3 over many functions, by the bootstrap: each fetches the list of the archive and its
own entries, and together they write what one run writes."""
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from command import LIMIT, SOURCE, THRESH, backends, main, path, run, skip, stats

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from faulty_proxy import Proxy, slow_down  # noqa: E402
from runtime_stub import Function, Runtime  # noqa: E402
from swift import Swift, running  # noqa: E402

MIB = 1 << 20
BLOCK = 64 << 10  # what is fetched is fetched in whole blocks of so many bytes

swift = running() or Swift()
function = swift.function
if not swift.get("/sharded/ready"):
    for bucket in ("sharded", "merged"):
        swift.put("/" + bucket)
    swift.put("/sharded/ready", b"yes")


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries:
            written.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def many(n=600, size=20000):
    """Documents that are as large in the archive as they are outside, nearly; some are bad."""
    made = random.Random(n)
    return zipped([("d/%04d.xml" % i, "<a n='%d'>%s%s" % (
        i, made.randbytes(size // 2).hex(), "</a>" if i % 50 else "")) for i in range(n)])


def store(name, content):
    """An object, and the records of one run over it."""
    swift.put("/sharded/" + name, content)
    file = path(name, content)
    whole = run(name, "-f", "ndjson", cwd=os.path.dirname(file)).stdout
    return {"bucket": "sharded", "key": name}, whole


def shards(f, event, n, **job):
    """The answers of all shards, done one after the other."""
    return [f.invoke({**event, "job": {**job, "shard": "%d/%d" % (k, n)}}, seconds=100)
            for k in range(1, n + 1)]


def records(answers):
    for answer in answers:
        assert answer.kind == "response" and answer.json["complete"], answer.body
    return [record for answer in answers for record in answer.json["records"]]


def lines(whole):
    return [json.loads(line) for line in whole.splitlines()]


def ways():
    """Jobs that read in the process itself, by threads and by processes."""
    yield {"backend": "sequential"}
    if "openmp" in backends():
        yield {"backend": "openmp", "jobs": 2, "threshold": 0}
    if "fork" in backends():
        yield {"backend": "fork", "jobs": 2, "threshold": 0}
        yield {"isolate": True}


# -- What is fetched --------------------------------------------------------------------------------
def test_a_shard_fetches_the_list_and_its_own_entries():
    content = many()
    event, whole = store("many.zip", content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        directory = len(content) - archive.start_dir
        stored = {"many.zip!/" + info.filename: info.compress_size + 30 + len(info.filename)
                  for info in archive.infolist()}
    for job in ways():
        proxy = Proxy(swift.port)
        with function(None, proxy) as f:
            seen = []
            for k in range(1, 6):
                proxy.requests.clear()
                answer = f.invoke({**event, "job": {**job, "shard": "%d/5" % k}}, seconds=100)
                found = records([answer])
                own = sum(stored[record["path"]] for record in found)
                fetched = sum(request.answered for request in proxy.requests)
                assert own > len(content) // 6
                # Blocks are cut at both ends of the entries, of the list and of the beginning.
                assert own + directory <= fetched + BLOCK <= own + directory + 8 * BLOCK, (own, fetched)
                assert len(proxy.requests) <= 8, [r.headers["range"] for r in proxy.requests]
                assert all("if-match" in request.headers for request in proxy.requests[1:])
                seen += found
            assert seen == lines(whole)
        proxy.close()


def test_small_gaps_are_fetched_and_large_ones_are_not():
    def gapped(gap):
        return zipped([("%d-%s.xml" % (i, kind), "<a>%s</a>" % random.Random(i).randbytes(size).hex())
                       for i in range(40) for kind, size in (("own", 30000), ("gap", gap))])
    for gap, most in ((100000, 7), (500000, 26)):
        content = gapped(gap)
        event, _ = store("holes.zip", content)
        proxy = Proxy(swift.port)
        with function(None, proxy) as f:
            records([f.invoke({**event, "shard": "1/2", "exclude": "*gap*"}, seconds=100)])
        fetched = sum(request.answered for request in proxy.requests)
        assert len(proxy.requests) <= most, len(proxy.requests)
        assert (fetched < len(content) / 4) == (gap == 500000), (fetched, len(content))
        proxy.close()


def test_a_managed_instance_does_shards_side_by_side():
    """Its runs by processes are another process's, which finds in the file what was fetched for it."""
    content = many()
    event, whole = store("managed.zip", content)
    for job in ways():
        proxy = Proxy(swift.port)
        runtime = Runtime(3)
        with Function({}, swift.variables(AWS_ENDPOINT_URL_S3=proxy.endpoint), runtime=runtime) as f:
            begun = [f.invoke({**event, "job": {**job, "shard": "%d/3" % k}}, wait=False, seconds=100)
                     for k in (1, 2, 3)]
            assert records([f.answer(invocation) for invocation in begun]) == lines(whole), job
            assert sum(request.answered for request in proxy.requests) < len(content) + 3 * 8 * BLOCK
        proxy.close()


def test_an_archive_may_be_larger_than_tmp():
    if os.geteuid() or not os.path.exists("/usr/bin/unshare"):
        skip("not as root: a small /tmp was not tested")
    event, whole = store("larger.zip", many(800, 50000))  # 20 MB
    with tempfile.TemporaryDirectory() as small:
        script = "mount -t tmpfs -o size=16m tmpfs %s 2>/dev/null || exit 99; exec \"$0\"" % small
        f = Function({"fields": "verdict"}, swift.variables(TMPDIR=small),
                     command=["unshare", "-m", "sh", "-c", script, os.environ["THRESH"]])
        if not f.runtime.first_next.wait(60):
            f.close()
            skip("mounting is not allowed here: a small /tmp was not tested")
        for job in ways():
            assert len(records(shards(f, event, 8, **job))) == len(lines(whole)) == 800
        # One that is too large fails, and says what to do.
        for job in ways():
            answer = f.invoke({**event, "job": {**job, "shard": "1/1"}}, seconds=100)
            assert answer.json["errorType"] == "Thresh.Storage", answer.body
            assert "EphemeralStorage" in answer.json["errorMessage"], answer.body
        assert not f.close()


# -- What is written --------------------------------------------------------------------------------
OUTPUT = "s3://merged/{key}.{shard}.out"


def results(name, n):
    """The objects of all shards, as files."""
    files = []
    for k in range(1, n + 1):
        key = "%s.%d-of-%d.out" % (name, k, n)
        for suffix in ("", ".shard"):
            content = swift.get("/merged/" + key + suffix)
            assert content is not None, key + suffix
            files.append(path(key + suffix, content))
    return files[::2]


def merge(files, check=(0, 1)):
    merged = subprocess.run([THRESH, "merge", *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=LIMIT, check=False)
    assert merged.returncode in check, merged.stderr
    return merged


def test_merged_results_are_the_bytes_of_one_run():
    """Each shard by a function of its own, as many environments do them."""
    schema = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>
        <xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="n" type="xs:byte"/>
        </xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:schema>"""
    swift.put("/sharded/schema/a.xsd", schema)
    for form in ("ndjson", "csv", "text"):
        event, _ = store("merged.zip", many(300))
        said = {"schema": "s3://sharded/schema/a.xsd", "format": form, "extract": {"n": "/a/@n"}}
        whole = run("merged.zip", "-s", path("a.xsd", schema), "-f", form, "-x", "n=/a/@n", "--stats",
                    cwd=os.path.dirname(path("merged.zip")))
        for k in range(1, 6):
            with function({**said, "output": OUTPUT}) as f:
                answer = f.invoke({**event, "shard": "%d/5" % k}, seconds=100)
                assert answer.kind == "response", answer.body
                assert answer.json["output"] == "s3://merged/merged.zip.%d-of-5.out" % k, answer.body
        files = results("merged.zip", 5)
        merged = merge(["--stats", *files])
        assert merged.stdout == whole.stdout and merged.returncode == 1, form
        for key in ("verdicts", "groups", "fields", "fields_empty"):
            assert stats(merged)[key] == stats(whole)[key], key
        assert stats(merged)["groups"]
        # Nor is anything missing, there twice, or another's.
        said_of = merge(files[:2] + files[3:], check=(2,)).stderr.decode()
        assert "shard 3 of 5 is missing" in said_of, said_of
        assert "both shard" in merge(files + files[:1], check=(2,)).stderr.decode()


def test_what_the_shards_of_a_managed_instance_found_is_merged():
    event, _ = store("found.zip", many(150))
    expected = run("found.zip", "-x", "n=/a/@n", "-x", "none=/b", "--stats", cwd=os.path.dirname(path("found.zip")))
    for backend in backends():
        job = {"backend": backend, "jobs": 2, "extract": {"n": "/a/@n", "none": "/b"}, "output": OUTPUT}
        with Function(job, swift.variables(), runtime=Runtime(3)) as f:
            begun = [f.invoke({**event, "shard": "%d/3" % k}, wait=False, seconds=100) for k in (1, 2, 3)]
            for invocation in begun:
                assert f.answer(invocation).json["complete"]
        merged = merge(["--stats", *results("found.zip", 3)])
        for key in ("verdicts", "groups", "fields", "fields_empty"):
            assert stats(merged)[key] == stats(expected)[key], (backend, key)
        assert stats(merged)["groups"] and stats(merged)["fields_empty"]


def test_a_map_of_shards():
    event, whole = store("map.zip", many(300))
    items = [{"key": "map.zip", "shard": "%d/4" % k} for k in range(1, 5)]
    with function({"output": OUTPUT}) as f:
        answer = f.invoke({"BatchInput": {"bucket": "sharded"}, "Items": items}, seconds=100)
        assert [result["complete"] for result in answer.json["results"]] == [True] * 4, answer.body
        assert merge(results("map.zip", 4)).stdout == whole
        task = {"taskId": "t", "s3Key": "map.zip", "s3VersionId": None, "s3Bucket": "sharded"}
        answer = f.invoke({"invocationSchemaVersion": "2.0", "invocationId": "i", "job": {
            "id": "J", "userArguments": {"shard": "1/1"}}, "tasks": [task]}, seconds=100)
        assert answer.json["results"][0]["resultCode"] == "Succeeded", answer.body
        assert merge(results("map.zip", 1)).stdout == whole


def items_of_the_state_machine(given):
    """As Step Functions makes them of the input."""
    with open(os.path.join(SOURCE, "deploy", "shards.asl.json"), encoding="utf-8") as file:
        states = json.load(file)["States"]
    assert states["Numbers"]["Parameters"]["numbers.$"] == "States.ArrayRange(1, $.shards, 1)"
    assert states["Shards"]["ItemsPath"] == "$.numbers"
    for number in range(1, given["shards"] + 1):
        item = {}
        for name, value in states["Shards"]["ItemSelector"].items():
            if value == "States.Format('{}/{}', $$.Map.Item.Value, $.shards)":
                item[name.removesuffix(".$")] = "%d/%d" % (number, given["shards"])
            else:
                item[name.removesuffix(".$")] = given[value.removeprefix("$.")]
        yield item


def test_the_state_machine_s_items_are_shards():
    _, whole = store("machine.zip", many(300))
    with function() as f:
        for item in items_of_the_state_machine({"uri": "s3://sharded/machine.zip", "shards": 3, "output": OUTPUT}):
            assert f.invoke(item, seconds=100).json["complete"]
    assert merge(results("machine.zip", 3)).stdout == whole


def test_shards_of_what_was_replaced_are_not_merged():
    """Of the same paths and sizes, too: only what is in them is another."""
    documents = [("%d.xml" % i, "<a>%05d</a>" % i) for i in range(90)]
    event, _ = store("replaced.zip", zipped(documents))
    with function({"output": OUTPUT}) as f:
        assert f.invoke({**event, "shard": "1/2"}).json["complete"]
        store("replaced.zip", zipped(documents[:-1] + [("89.xml", "<a>XXXXX</a>")]))
        assert f.invoke({**event, "shard": "2/2"}).json["complete"]
        assert "different inputs" in merge(results("replaced.zip", 2), check=(2,)).stderr.decode()
        assert f.invoke({**event, "shard": "1/2", "max-errors": 3}).json["complete"]
        assert "different options" in merge(results("replaced.zip", 2), check=(2,)).stderr.decode()


def test_an_output_names_its_shard():
    event, _ = store("named.zip", many(20))
    with function() as f:
        answer = f.invoke({**event, "shard": "1/2", "output": "s3://merged/{key}.{request_id}"})
        assert answer.json["errorType"] == "Runtime.ConfigInvalid", answer.body
        assert "{shard}" in answer.json["errorMessage"], answer.body
        for wrong, said in (("0/2", "shard"), ("3/2", "shard"), ("auto", "K/N"), (3, "shard"), ("1/0", "shard")):
            answer = f.invoke({**event, "shard": wrong})
            assert answer.kind == "error" and said in answer.json["errorMessage"], answer.body
        # More shards than there are entries: some have none, and are good.
        assert f.invoke({**event, "shard": "999/999", "output": OUTPUT}).json["good"]
        assert swift.get("/merged/named.zip.999-of-999.out") == b""
        # A whole archive is one of one.
        assert f.invoke({**event, "output": OUTPUT}).json["output"].endswith("named.zip.1-of-1.out")
        assert swift.get("/merged/named.zip.1-of-1.out.shard") is None


# -- Bad days ---------------------------------------------------------------------------------------
def test_throttled_reset_and_cut():
    event, whole = store("faulty.zip", many())
    faults = [slow_down(), ("reset",), ("cut", 100000), ("cut", 0), slow_down(500, "InternalError"),
              ("cut", 70000)]
    count = [0]

    def fault(_):
        count[0] += 1
        return faults[count[0] // 2 % len(faults)] if count[0] % 2 == 0 else None
    proxy = Proxy(swift.port, fault)
    with function(None, proxy) as f:
        for job in ways():
            assert records(shards(f, event, 4, **job)) == lines(whole)
        assert count[0] > 30
    proxy.close()


def test_an_archive_that_is_replaced_ends_the_run():
    """Other shards may have read what it was: nothing is tried again."""
    event, _ = store("changing.zip", many(300))
    other = many(299)
    for job in ways():
        swift.put("/sharded/changing.zip", many(300))
        changed = []

        def fault(request):
            if len(proxy.requests) == 3 and not changed:
                changed.append(swift.put("/sharded/changing.zip", other))
        proxy = Proxy(swift.port, fault)
        with function(None, proxy) as f:
            answer = f.invoke({**event, "job": {**job, "shard": "2/3"}}, seconds=100)
            assert answer.json["errorType"] == "S3.ObjectChanges", answer.body
            assert "all of its shards again" in answer.json["errorMessage"], answer.body
            assert changed and len([r for r in proxy.requests if "if-match" not in r.headers]) == 1
        proxy.close()


def test_a_server_that_knows_no_ranges():
    content = many()
    event, whole = store("ranges.zip", content)
    # From the beginning it is right all the same; later it cannot be.
    for first, good in ((True, True), (False, False)):
        proxy = Proxy(swift.port, lambda request: ("answer", 200, content, [("ETag", '"e"')])
                      if first or "bytes=0-" not in request.headers["range"] else None)
        with function(None, proxy) as f:
            if good:
                assert records(shards(f, event, 3)) == lines(whole)
            else:
                answer = f.invoke({**event, "job": {"shard": "2/3"}}, seconds=100)
                assert answer.json["errorType"] == "S3.RangeIgnored", answer.body
        proxy.close()


def test_another_range_than_was_asked_for_is_refused():
    content = many(100)
    event, _ = store("other.zip", content)

    def fault(request):
        first, last = map(int, request.headers["range"][6:].split("-"))
        if not first:
            return None
        return ("answer", 206, content[1:last - first + 2], [
            ("ETag", '"e"'), ("Content-Range", "bytes 1-%d/%d" % (last - first + 1, len(content)))])
    proxy = Proxy(swift.port, fault)
    with function(None, proxy) as f:
        answer = f.invoke({**event, "job": {"shard": "2/2"}}, seconds=100)
        assert answer.kind == "error" and answer.json["errorType"] == "S3.RangeIgnored", answer.body
    proxy.close()


# -- Odd archives -----------------------------------------------------------------------------------
def odd_archives():
    good = many(40, 6000)
    end = struct.unpack("<4s4H2LH", good[-22:])
    yield "empty.zip", b""
    yield "no-entries.zip", zipped([])
    yield "cut-at-its-end.zip", good[:-40]
    yield "cut-in-half.zip", good[:len(good) // 2]
    yield "lying-about-its-list.zip", good[:-22] + struct.pack("<4s4H2LH", *end[:5], end[5] + 999, *end[6:])
    yield "lying-about-sizes.zip", good.replace(struct.pack("<L", 6011), struct.pack("<L", 5000))
    at = good.rindex(b"PK\1\2")
    yield "overlapping.zip", good[:at + 42] + struct.pack("<L", 0) + good[at + 46:]
    yield "behind-a-program.zip", b"#!/bin/sh\n" + good
    yield "nested.zip", zipped([("a.xml", "<a/>"), ("in.zip", good), ("b.txt", "no"), ("c", "<c>"), ("in2.zip", good)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as stored:
        stored.writestr(zipfile.ZipInfo("in.zip"), good)
        stored.writestr(zipfile.ZipInfo("b.xml"), "<b/>")
    yield "nested-as-it-is.zip", out.getvalue()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for i in range(60):
            info = tarfile.TarInfo("%d.xml" % i)
            info.size = 9007
            tar.addfile(info, io.BytesIO(b"<a>" + b"%09d" % i * 1000 + b"</a>"))
    yield "a.tar", out.getvalue()
    yield "a.tar.gz", gzip.compress(out.getvalue(), mtime=0)
    yield "one.xml", b"<a>" + b" " * 200000 + b"</a>"
    yield "one.xml.gz", gzip.compress(b"<a>" + random.Random(1).randbytes(200000).hex().encode() + b"</a>")
    yield "noise", random.Random(2).randbytes(300000)
    with_zip64 = io.BytesIO()
    with zipfile.ZipFile(with_zip64, "w") as written:
        for i in range(66000):  # more than an end record can count
            written.writestr(zipfile.ZipInfo("%d.xml" % i), b"<a>" if i == 65999 else b"<a/>")
    yield "zip64.zip", with_zip64.getvalue()


def test_odd_archives_have_the_records_of_one_run():
    """Cut, lying, overlapping, empty, nested, and formats of which all has to be fetched."""
    for name, content in odd_archives():
        event, whole = store(name, content)
        job = {"fields": "verdict"} if name == "zip64.zip" else {}
        with function() as f:
            for way in ways():
                got = records(shards(f, event, 3, **way, **job))
                want = [{"verdict": line["verdict"]} for line in lines(whole)] if job else lines(whole)
                assert got == want, (name, way)


try:
    main()
finally:
    if not swift.goes_on:
        swift.close()
