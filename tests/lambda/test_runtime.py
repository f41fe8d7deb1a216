#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Lambda runtime against a strict stub of the Runtime API: the protocol, what it does when the
API misbehaves, deadlines, dying workers, sizes, and memory over many invocations."""
import base64
import calendar
import io
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

from command import LIMIT, ORDER, SANITIZED, SLOW_TYPE, SOURCE, THRESH, main, run, skip, slow_values, zipped

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from runtime_stub import MAX_BYTES, Function, Runtime  # noqa: E402
from s3_stub import REGION, S3, Keys  # noqa: E402

MANY = int(os.environ.get("THRESH_INVOCATIONS", "2000"))
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="a"><xs:complexType><xs:choice maxOccurs="unbounded">
<xs:element name="b" type="xs:int"/><xs:element name="slow">%s</xs:element>
</xs:choice></xs:complexType></xs:element></xs:schema>""" % SLOW_TYPE
work = tempfile.TemporaryDirectory()
with open(os.path.join(work.name, "a.xsd"), "w", encoding="ascii") as schema_file:
    schema_file.write(SCHEMA)


def archive(documents, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as written:
        for i, document in enumerate(documents):
            written.writestr("%04d.xml" % i, document)
    return out.getvalue()


def direct(content, **more):
    return {"archive_base64": base64.b64encode(content).decode(), "name": "x.zip", **more}


SMALL = archive(["<a><b>1</b></a>", "<a><b>x</b></a>", "<a>"])


def slow_document(seconds):
    """One that takes about so much CPU time: measured, for machines differ."""
    def content(n):
        return "<a>%s</a>" % slow_values(n, "<slow>%s</slow>")

    def took(n):
        path = os.path.join(work.name, "slow.zip")
        with open(path, "wb") as file:
            file.write(archive([content(n)]))
        begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        run("-b", "sequential", "--schema", os.path.join(work.name, "a.xsd"), path)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun
    n = 20000
    fixed = min(took(1), took(1))
    return content(int(n * seconds / (min(took(n), took(n)) - fixed)) or 1)


HTTP = {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/"}},
        "isBase64Encoded": True}


# -- The protocol -----------------------------------------------------------------------------------
def test_one_connection_is_kept_for_all_invocations():
    with Function({"schema": os.path.join(work.name, "a.xsd")}) as function:
        for _ in range(5):
            answer = function.invoke(direct(SMALL))
            assert answer.kind == "response" and answer.json["complete"], answer.body
            assert [record["verdict"] for record in answer.json["records"]] == [
                "valid", "invalid", "malformed"]
            assert answer.json["records"][0]["path"] == "x.zip!/0000.xml"
        assert function.runtime.connections == 1, "%d connections" % function.runtime.connections


def test_error_has_a_type_and_goes_on():
    with Function({}) as function:
        for event in ({"no": "kind"}, b"no json", b"[]", {"archive_base64": "!"}):
            answer = function.invoke(event)
            assert answer.kind == "error" and answer.headers[
                "lambda-runtime-function-error-type"] == answer.json["errorType"]
        assert "\"no\"" in function.invoke({"no": "kind"}).json["errorMessage"]
        assert function.invoke(direct(SMALL)).kind == "response"


def init_error(job=None, env=None):
    function = Function(job, env)
    assert function.process.wait(30) != 0
    error = function.runtime.init_error
    assert error and error["errorType"] == "Runtime.ConfigInvalid", error
    assert not function.close()
    return error["errorMessage"]


def test_bad_configuration_is_an_init_error():
    assert "nope" in init_error({"nope": 1})
    assert "missing.xsd" in init_error({"schema": "/missing.xsd"})
    assert "THRESH_EXTRACT" in init_error({}, {"THRESH_EXTRACT": "{broken"})
    assert "{what}" in init_error({"output": "s3://b/{what}"})
    assert "s3://bucket/key" in init_error({}, {"THRESH_OUTPUT": "/tmp/x"})
    assert "thresh.json: --jobs: 'x' is not a whole number" in init_error({"jobs": "x"})
    assert init_error({}, {"THRESH_QUIET": "maybe"}).startswith("THRESH_QUIET: --quiet: 'maybe'")
    assert init_error({}, {"THRESH_MAX_ERRORS": "[1, \"x\"]"}).startswith("THRESH_MAX_ERRORS: ")
    assert "output: is not a string" in init_error({"output": 5})
    assert "'sometimes' is neither" in init_error({}, {"THRESH_RESPONSE": "sometimes"})
    assert "TMPDIR" in init_error({}, {"TMPDIR": "/dev/null/none"})
    assert "s3://bucket/prefix/name.xsd" in init_error({"schema": "s3://bucket"})
    assert "no backend \"typo\"" in init_error({}, {"THRESH_BACKEND": "typo"})
    assert "cannot keep a document" in init_error({"isolate": True}, {"THRESH_BACKEND": "sequential"})
    assert "no encoding that is known" in init_error({}, {"THRESH_NAMES_ENCODING": "typo"})
    assert "typo.json" in init_error(None, {"THRESH_JOB": "typo.json"})


def test_an_empty_variable_counts_as_not_set():
    """As a template writes one whose parameter was left empty."""
    schema = os.path.join(work.name, "a.xsd")
    empty = {"THRESH_" + name: "" for name in ("SCHEMA", "BACKEND", "MAX_ERRORS", "RESPONSE", "QUIET")}
    for job, verdict in ({"schema": schema}, "valid"), ({}, "wellformed"):
        with Function(job, empty) as function:
            assert function.invoke(direct(SMALL)).json["records"][0]["verdict"] == verdict, job
    process = subprocess.run([THRESH], stdout=subprocess.PIPE, check=False, timeout=30,
                             env={**os.environ, "AWS_LAMBDA_RUNTIME_API": "x" * 700})
    assert process.returncode != 0 and b"cannot be used" in process.stdout, process.stdout


def test_next_survives_resets_and_freezes():
    runtime = Runtime()
    for fault in ("reset", "close", ("freeze", 1), "reset", "reset"):
        runtime.faults.put(fault)
    with Function({}, runtime=runtime) as function:
        for _ in range(3):
            assert function.invoke(direct(SMALL)).kind == "response"


def test_gives_up_after_three_failures_and_at_500():
    for faults in (["reset"] * 3, ["500"]):
        runtime = Runtime()
        for fault in faults:
            runtime.faults.put(fault)
        function = Function({}, runtime=runtime)
        assert function.process.wait(30) != 0
        assert runtime.nexts == len(faults), runtime.nexts
        function.close()


def test_refused_answers_are_told_and_not_sent_again():
    """The caller has gone, the id is not known, the answer is too long: the next event comes."""
    for streamed in False, True:
        event = direct(SMALL) if not streamed else {**HTTP, "body": base64.b64encode(SMALL).decode()}
        with Function({}, {"THRESH_RESPONSE": "stream"} if streamed else {}) as function:
            for status, words in (("400", "Invalid request ID"), ("410", "has ended"),
                                  ("413", "payload size")):
                function.runtime.answer_faults.put(status)
                refused = function.invoke(event)
                assert refused.kind == "refused" and refused.headers["status"] == int(status)
                assert function.invoke(event).kind == "response"
                said = [line for line in function.log_lines() if line.get("level") == "ERROR"
                        and "answer with %s" % status in line["message"]]
                assert len(said) == 1 and words in said[0]["message"], function.logs()
            assert all(len(i.statuses) == 1 for i in function.runtime.invocations.values())


def test_a_reset_is_tried_again_and_a_500_ends_the_process():
    with Function({}) as function:
        function.runtime.answer_faults.put("413")
        refused = function.invoke(direct(SMALL))
        assert refused.headers["status"] == 413
        assert function.invoke(direct(SMALL)).kind == "response"
        assert all(len(i.statuses) == 1 for i in function.runtime.invocations.values())
        function.runtime.answer_faults.put("reset")  # the connection breaks before the answer is in
        assert function.invoke(direct(SMALL)).kind == "response"
        function.runtime.answer_faults.put("500")
        function.invoke(direct(SMALL))
        assert function.process.wait(30) != 0


def test_each_trace_id_reaches_the_environment():
    """Where X-Ray's libraries look for it. What a process has set lies in its memory alone."""
    if SANITIZED:
        skip("a sanitizer's memory is too large to be searched")
    with Function({}) as function:
        for _ in range(2):
            invocation = function.invoke(direct(SMALL), wait=False)
            assert function.answer(invocation).kind == "response"
            assert function.memory_holds(b"_X_AMZN_TRACE_ID=" + invocation.trace_id.encode() + b"\0")


# -- Sizes ------------------------------------------------------------------------------------------
def test_an_event_of_six_megabytes_is_taken():
    content = archive(["<a>" + "".join(chr(97 + (i * j * 7 + i) % 26) for i in range(400)) + "</a>"
                       for j in range(3000)], zipfile.ZIP_STORED)
    room = MAX_BYTES - 60
    event = direct(content)
    event["archive_base64"] += " " * (room - len(json.dumps(event)))
    event = json.dumps(event).encode()
    assert MAX_BYTES - 100 < len(event) <= MAX_BYTES
    with Function({}) as function:
        answer = function.invoke(event)
        assert answer.kind == "response" and answer.json["stats"]["documents"] == 3000


def test_records_over_six_megabytes_ask_for_an_output():
    content = archive(["<a>%d</a>" % i for i in range(40000)], zipfile.ZIP_DEFLATED)
    with Function({}) as function:
        answer = function.invoke(direct(content), seconds=60)
        assert answer.kind == "error", answer.kind
        assert answer.json["errorType"] == "Thresh.ResponseTooLarge", answer.body
        assert "output" in answer.json["errorMessage"]
        answer = function.invoke(direct(content, job={"fields": "verdict"}), seconds=60)
        assert answer.kind == "response" and len(answer.json["records"]) == 40000


def test_what_goes_unread_is_counted_and_not_good():
    documents = ['<!DOCTYPE a [<!ENTITY f SYSTEM "f.xml">]><a>%s</a>' % text for text in ("&f;", "x")]
    with Function() as function:
        for content, unread in ((zipped(documents), 1), (zipped(documents[1:]), 0)):
            answer = function.invoke(direct(content)).json
            assert answer["good"] == (unread == 0) and answer["stats"]["unread"] == unread, answer
            assert {record["verdict"] for record in answer["records"]} == {"wellformed"}, answer


def test_a_stream_has_what_a_buffered_http_answer_has():
    event = {**HTTP, "queryStringParameters": {"format": "csv"},
             "body": base64.b64encode(SMALL).decode()}
    with Function({"schema": os.path.join(work.name, "a.xsd")}) as function:
        reply = function.invoke(event).json
        assert reply["statusCode"] == 200 and reply["headers"]["content-type"].startswith("text/csv")
        buffered = reply["body"]
        assert buffered.count("\n") == 4, buffered
        stats = json.loads(reply["headers"]["x-thresh-stats"])
        assert stats["documents"] == 3 and reply["headers"]["x-thresh-good"] == "false"
        for bad in ({"queryStringParameters": {"schema": "/etc/passwd"}}, {"body": "%"},
                    {"body": ""}, {"requestContext": {"http": {"method": "GET"}}}):
            reply = function.invoke({**event, **bad}).json
            assert reply["statusCode"] == 400, reply
    with Function({"schema": os.path.join(work.name, "a.xsd")}, {"THRESH_RESPONSE": "stream"}) as f:
        answer = f.invoke(event)
        prelude, body = answer.body.split(b"\0" * 8, 1)
        assert json.loads(prelude)["statusCode"] == 200
        assert body.decode() == buffered and not answer.trailers
        assert answer.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
        big = archive(["<a>%d</a>" % i for i in range(40000)])
        answer = f.invoke({**event, "body": base64.b64encode(big).decode(),
                           "queryStringParameters": {"format": "ndjson"}}, seconds=60)
        assert answer.body.split(b"\0" * 8, 1)[1].count(b"\n") == 40000
        answer = f.invoke({**event, "body": base64.b64encode(big[:5000]).decode()})
        # An archive that cannot be listed is a record of its own, and no error.
        (record,) = answer.body.split(b"\0" * 8, 1)[1].splitlines()[1:]
        assert record.startswith(b"archive,0,unreadable,") and b",truncated," in record, record
        assert not answer.trailers, answer.trailers


def test_a_stream_is_not_kept_for_a_slow_reader():
    """40 MB of records go through a function whose memory holds a part of them at a time."""
    if SANITIZED:
        skip("a sanitizer takes memory of its own")
    content = archive(["<a>%s</a>" % ("x" * 4000)] * 10000)
    job = {"backend": "sequential", "extract": {"x": "string(/a)"}}
    with Function(job, {"THRESH_RESPONSE": "stream"}) as function:
        function.invoke({**HTTP, "body": base64.b64encode(SMALL).decode()})
        before = function.peak_kib()
        function.runtime.chunk_delay = 0.002
        answer = function.invoke({**HTTP, "body": base64.b64encode(content).decode()}, seconds=100)
        assert answer.body.count(b"\n") == 10000 and len(answer.body) > 40000000, len(answer.body)
        grown = function.peak_kib() - before
        assert grown < 20 << 10, "%d KiB more" % grown


def test_a_stream_that_fails_says_so_behind_what_it_gave():
    """Status 200 has gone out by then: only the trailers can tell, and what came is whole lines."""
    slow = archive([slow_document(0.005)] * 2000)
    job = {"schema": os.path.join(work.name, "a.xsd"), "backend": "sequential"}
    with Function(job, {"THRESH_RESPONSE": "stream"}) as function:
        answer = function.invoke({**HTTP, "body": base64.b64encode(slow).decode()}, seconds=3)
        assert answer.kind == "response", answer.kind
        prelude, body = answer.body.split(b"\0" * 8, 1)
        assert json.loads(prelude)["statusCode"] == 200
        records = [json.loads(line) for line in body.splitlines()]
        assert body.endswith(b"\n") and 0 < len(records) < 2000
        assert [record["index"] for record in records] == list(range(len(records)))
        assert sorted(answer.trailers) == ["lambda-runtime-function-error-body",
                                           "lambda-runtime-function-error-type"]
        assert answer.trailers["lambda-runtime-function-error-type"] == "Thresh.Deadline"
        error = json.loads(base64.b64decode(answer.trailers["lambda-runtime-function-error-body"]))
        assert error["errorType"] == "Thresh.Deadline" and error["stackTrace"] == [], error
        assert "%d of 2000 entries were done" % len(records) in error["errorMessage"], error
        again = function.invoke({**HTTP, "body": base64.b64encode(SMALL).decode()})
        assert again.kind == "response" and not again.trailers


def test_http_statuses_tell_too_large_from_too_late():
    event = {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/"}},
             "queryStringParameters": {"format": "ndjson"}, "isBase64Encoded": True}
    large = base64.b64encode(archive(["<a>%d</a>" % i for i in range(40000)])).decode()
    with Function({"schema": os.path.join(work.name, "a.xsd"), "backend": "sequential"}) as function:
        reply = function.invoke({**event, "body": large}, seconds=60).json
        assert reply["statusCode"] == 413 and "output" in reply["body"], reply
        slow = base64.b64encode(archive([slow_document(0.005)] * 2000)).decode()
        reply = function.invoke({**event, "body": slow}, seconds=3).json
        assert reply["statusCode"] == 504 and reply["headers"]["x-thresh-complete"] == "false"
        assert 0 < reply["body"].count("\n") < 2000, reply["headers"]


# -- Time -------------------------------------------------------------------------------------------
def test_a_run_stops_between_documents_at_the_deadline():
    """However documents lie in spans: what is done by then is in the answer."""
    slow = slow_document(0.002)
    content = archive([slow] * 5000)
    for backend in ("sequential", "openmp", "fork"):
        job = {"schema": os.path.join(work.name, "a.xsd"), "backend": backend, "threshold": 0, "jobs": 2}
        with Function(job) as function:
            answer = function.invoke(direct(content), seconds=3)
            reply = answer.json
            assert answer.kind == "response", (backend, answer.body)
            assert not reply["complete"] and not reply["good"], (backend, answer.body)
            missing = reply["not_done"]
            assert 5 < len(reply["records"]) < 5000, (backend, missing)
            assert missing["entries"] == 5000 - len(reply["records"])
            indexes = [record["index"] for record in reply["records"]]
            assert indexes[:missing["from_index"]] == list(range(missing["from_index"]))
            assert indexes == sorted(set(indexes)) and missing["from_index"] not in indexes, (
                backend, missing, indexes)
            assert reply["error_type"] == "Thresh.Deadline"
            assert function.invoke(direct(SMALL)).json["complete"]


def test_a_deadline_inside_a_document_is_told_and_ends_the_process():
    slow = slow_document(4)
    for job in ({"backend": "sequential"}, {"backend": "openmp", "threshold": 0}):
        began = time.time()
        function = Function({"schema": os.path.join(work.name, "a.xsd"), **job})
        answer = function.invoke(direct(archive(["<a><b>1</b></a>", slow])), seconds=2)
        assert answer.kind == "error" and answer.json["errorType"] == "Thresh.Deadline"
        assert "x.zip" in answer.json["errorMessage"], answer.body
        assert function.process.wait() != 0
        told, metrics = function.log_lines()[-2:]
        assert told["message"] == answer.json["errorMessage"] and told["level"] == "ERROR", told
        assert int(began) <= seconds_of(told["timestamp"]) <= time.time(), (began, told)
        assert {told["requestId"], metrics["requestId"]} == set(function.runtime.invocations)
        assert metrics["ArchivesIncomplete"] == 1 and metrics["WallMs"] > 1000, metrics
        assert not function.close()


def test_what_was_done_before_a_deadline_inside_a_document_is_counted():
    """In the archives before, and in this one; those behind it were not begun."""
    quick, slow = slow_document(0.002), slow_document(4.5)
    bodies = [[quick], [quick] * 50 + [slow], [quick], [quick]]
    queue = {"Records": [{"messageId": "m%d" % i, "eventSource": "aws:sqs",
                          "body": json.dumps(direct(archive(documents)))}
                         for i, documents in enumerate(bodies)]}
    function = Function({"schema": os.path.join(work.name, "a.xsd"), "backend": "sequential"})
    answer = function.invoke(queue, seconds=3)
    assert "2 of the event's archives were not begun" in answer.json["errorMessage"], answer.body
    assert function.process.wait() != 0
    metrics = function.log_lines()[-1]
    assert metrics["Archives"] == 4 and metrics["ArchivesIncomplete"] == 3, metrics
    assert 1 < metrics["Documents"] <= 51 and metrics["Valid"] == metrics["Documents"], metrics
    assert metrics["BytesInflated"] > 0 and metrics["Backend"] == "sequential", metrics
    assert not function.close()


def test_deadline_of_a_batch_names_what_was_not_begun():
    slow = slow_document(0.01)
    body = json.dumps(direct(archive([slow] * 10)))
    records = [{"messageId": "m%d" % i, "eventSource": "aws:sqs", "body": body} for i in range(100)]
    with Function({"schema": os.path.join(work.name, "a.xsd"), "backend": "sequential"}) as function:
        answer = function.invoke({"Records": records}, seconds=5)
        failed = [f["itemIdentifier"] for f in answer.json["batchItemFailures"]]
        assert failed and failed == ["m%d" % i for i in range(100)][-len(failed):], failed
        assert len(failed) < 100, failed


def test_a_document_that_kills_its_worker_is_lost_alone():
    """A document takes its worker down from outside, twice: lost, and all others are done."""
    slow = slow_document(4)
    documents = ["<a><b>1</b></a>"] * 6 + [slow] + ["<a><b>1</b></a>"] * 6
    job = {"schema": os.path.join(work.name, "a.xsd"), "backend": "fork", "jobs": 2, "threshold": 0}
    with Function(job) as function:
        invocation = function.invoke(direct(archive(documents)), seconds=60, wait=False)
        killed = set()
        until = time.time() + 50
        while invocation.answered.empty() and time.time() < until:
            children = subprocess.run(["ps", "-o", "pid=,time=,cputimes=", "--ppid",
                                       str(function.process.pid)], stdout=subprocess.PIPE,
                                      check=False).stdout.decode().split("\n")
            for line in filter(None, children):
                pid, _, seconds = line.split()
                if int(pid) not in killed and int(seconds) >= 1:  # the one that has it
                    os.kill(int(pid), signal.SIGKILL)
                    killed.add(int(pid))
            time.sleep(0.05)
        reply = function.answer(invocation).json
        assert len(killed) >= 2, killed
        verdicts = [record["verdict"] for record in reply["records"]]
        assert verdicts == ["valid"] * 6 + ["lost"] + ["valid"] * 6, verdicts
        assert reply["complete"] and not reply["good"]
        assert function.invoke(direct(SMALL)).json["complete"]


def test_slow_schemas_do_not_fail_init():
    """What init cannot finish goes on in the first invocation, and is said."""
    s3 = S3()
    keys = s3.add(Keys())
    s3.objects["bucket", "schema/a.xsd"] = SCHEMA.encode()
    s3.is_to_answer.clear()
    runtime = Runtime()
    function = Function({"schema": "s3://bucket/schema/a.xsd"}, {
        "AWS_REGION": REGION, "AWS_ENDPOINT_URL_S3": s3.endpoint, "AWS_ACCESS_KEY_ID": keys.id,
        "AWS_SECRET_ACCESS_KEY": keys.secret, "AWS_SESSION_TOKEN": keys.token}, runtime=runtime)
    runtime.first_next.wait()  # though the schema is not there
    answer = function.invoke(direct(SMALL), seconds=2)
    assert answer.kind == "error" and answer.json["errorType"] == "Thresh.Deadline", answer.body
    assert "compiled" in answer.json["errorMessage"]
    s3.is_to_answer.set()
    answer = function.invoke(direct(SMALL))
    assert answer.kind == "response" and answer.json["complete"], answer.body
    assert not function.close() + s3.close()


# -- Limits follow the function ---------------------------------------------------------------------
def of_memory(mb, **more):
    return {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(mb), **more}


def orders(size):
    """Markup such as data has: more of it than of text."""
    line = "<line number='%d'><item sku='AB-%05d'>anvil</item><quantity>7</quantity></line>\n"
    lines = "".join(line % (i, i) for i in range(1000))
    return "<a>" + lines * ((size - 7) // len(lines)) + "</a>"


def verdict_and_error(answer):
    record = answer.json["records"][0]
    error = record["errors"][0] if record["errors"] else {"code": None, "message": ""}
    return record["verdict"], error["code"], error["message"]


def test_a_document_must_fit_into_the_memory():
    """256 MB: 64 are kept, and 192 are 48 times 4 MiB, or 12 times 16 with a tree."""
    tree = {"extract": {"n": "count(//*[1])"}}
    for job, mib in ({}, 48), (tree, 12):
        with Function(job, of_memory(256)) as function:
            fits, too_large = archive([orders(mib << 20)]), archive([orders((mib << 20) + 500000)])
            assert verdict_and_error(function.invoke(direct(fits)))[0] == "wellformed"
            verdict, code, message = verdict_and_error(function.invoke(direct(too_large)))
            assert (verdict, code) == ("unreadable", "limit-bytes"), (verdict, code)
            assert "more than %d;" % (mib << 20) in message, message
            assert "the function's memory or --max-document-bytes" in message, message
            if not SANITIZED:
                assert function.peak_kib() < 256 << 10, function.peak_kib()
    two = [orders((24 << 20) + 500000)] * 2  # each has half of what there is
    with Function({"jobs": 2, "backend": "openmp"}, of_memory(256)) as function:
        answer = function.invoke(direct(archive(two))).json
        assert [r["verdict"] for r in answer["records"]] == ["unreadable"] * 2, answer


def test_what_is_set_wins_over_the_memory():
    content = archive([orders(6 << 20)])
    tree = {"extract": {"n": "count(//*[1])"}}
    with Function(tree, of_memory(128)) as function:
        assert verdict_and_error(function.invoke(direct(content)))[1] == "limit-bytes"
        set_by_event = direct(content, job={"max-document-bytes": "7M"})
        assert verdict_and_error(function.invoke(set_by_event))[0] == "wellformed"
        left_alone = direct(content, job={"max-document-bytes": None})
        assert verdict_and_error(function.invoke(left_alone))[1] == "limit-bytes"
    for variables in {"THRESH_MAX_DOCUMENT_BYTES": "7M"}, {"THRESH_MAX_DOCUMENT_BYTES": "0"}:
        with Function(tree, of_memory(128, **variables)) as function:
            assert verdict_and_error(function.invoke(direct(content)))[0] == "wellformed"
    with Function({**tree, "max-document-bytes": 1000}, of_memory(128)) as function:
        message = verdict_and_error(function.invoke(direct(content)))[2]
        assert "more than 1000; raise --max-document-bytes" in message, message


def test_entities_and_entries_follow_the_memory():
    bomb = "<!DOCTYPE a [<!ENTITY e '%s'>]><a>%s</a>" % ("<b/>" * 1000, "&e;" * 500)
    with Function({}, of_memory(128)) as function:
        assert verdict_and_error(function.invoke(direct(archive([bomb]))))[1] == "limit-entity"
        larger = direct(archive([bomb]), job={"max-entity-bytes": "3M"})
        assert verdict_and_error(function.invoke(larger))[0] == "wellformed"
    path = os.path.join(work.name, "small.zip")
    with open(path, "wb") as file:
        file.write(SMALL)
    for mb, entries in (128, 524288), (512, 1048576), (10240, 10000000):
        explained = subprocess.run([THRESH, "--explain", path], stdout=subprocess.PIPE, check=True,
                                   env={**os.environ, **of_memory(mb)}).stdout.decode()
        assert "--max-entries %d," % entries in explained, explained
        assert "function   %d MB: " % mb in explained, explained
    assert "function " not in run("--explain", path).stdout.decode()


def test_memory_of_a_worker_follows_the_function():
    """A tree of tags needs 41 bytes for a byte: under isolation that costs one document."""
    if SANITIZED:
        skip("a sanitizer takes memory of its own")
    tags = "<a>" + "<b c='1' d=''/>" * 250000 + "</a>"
    job = {"isolate": True, "extract": {"n": "count(//b[1])"}}
    with Function(job, of_memory(128)) as function:
        answer = function.invoke(direct(archive(["<a/>", tags, "<a/>"]))).json
        assert [r["verdict"] for r in answer["records"]] == ["wellformed", "lost", "wellformed"]
        error = answer["records"][1]["errors"][0]
        assert error["code"] == "limit-memory", error
        assert "the function's memory or --max-memory" in error["message"], error
        assert answer["complete"]


def test_time_of_a_document_follows_the_invocation():
    """Half of it; the rest is for the others."""
    documents = ["<a/>", "<a>" + "<b/>" * 100000 + "</a>", "<a/>"]  # a minute, for this XPath:
    job = {"extract": {"n": "count(//b[count(preceding-sibling::b) < 0])"}, "isolate": True}
    with Function(job) as function:
        answer = function.invoke(direct(archive(documents)), seconds=4).json
        assert [r["verdict"] for r in answer["records"]] == [
            "wellformed", "timeout", "wellformed"], answer
        message = answer["records"][1]["errors"][0]["message"]
        assert "the function's timeout or --timeout" in message, message
        assert answer["complete"]
        set_by_event = direct(archive(documents[:2]), job={"timeout": 0.5})
        answer = function.invoke(set_by_event, seconds=20).json
        assert "longer than 0.5 s; raise --timeout" in answer["records"][1]["errors"][0]["message"]


def test_time_of_a_schema_follows_the_invocation():
    """One that an event brings and that never ends is an error while there is time to tell it. libxml2
    lists the elements that each side of an interleave may be: here two to the fortieth."""
    path = os.path.join(work.name, "endless.rng")
    doubled = "".join('<define name="d%d"><choice><ref name="d%d"/><ref name="d%d"/></choice></define>'
                      % (i, i + 1, i + 1) for i in range(40))
    with open(path, "w", encoding="ascii") as file:
        file.write('<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a">'
                   '<interleave><ref name="d0"/><ref name="d0"/></interleave></element></start>%s'
                   '<define name="d40"><element name="b"><text/></element></define></grammar>' % doubled)
    job = {"schema": path}
    with Function({}) as function:
        answer = function.invoke(direct(SMALL, job=job), seconds=4)
        assert answer.kind == "error", answer.body
        assert path + ": compiling" in answer.json["errorMessage"], answer.body
        assert "the function's timeout or --schema-timeout" in answer.json["errorMessage"]
        assert function.invoke(direct(SMALL)).json["complete"]


# -- Nothing is left --------------------------------------------------------------------------------
def test_memory_is_flat_over_many_invocations():
    if SANITIZED:
        skip("memory is not flat under a sanitizer, by design")
    content = archive(["<a><b>%d</b></a>" % i for i in range(20)])
    with Function({"schema": os.path.join(work.name, "a.xsd")},
                  {"AWS_LAMBDA_LOG_LEVEL": "ERROR"}) as function:
        event = json.dumps(direct(content)).encode()
        for _ in range(500):
            function.invoke(event)
        before, fds = function.rss_kib(), function.fds()
        for i in range(MANY):
            answer = function.invoke(event if i % 50 else {"no": "kind"})
            assert answer.kind == ("response" if i % 50 else "error")
        grown = function.rss_kib() - before
        assert grown < 1024, "%d KiB more after %d invocations" % (grown, MANY)
        assert function.fds() == fds, "%d descriptors, before %d" % (function.fds(), fds)
        root = os.path.join(function.temp_dir, os.listdir(function.temp_dir)[0])
        assert os.listdir(function.temp_dir) == [os.path.basename(root)] and not os.listdir(root)
        children = subprocess.run(["ps", "--ppid", str(function.process.pid)],
                                  stdout=subprocess.PIPE, check=False).stdout
        assert children.count(b"\n") == 1, children
        print("     %d invocations: %d KiB before, %+d KiB after" % (MANY, before, grown))


def wide_schema(n, elements=4000):
    """One of its own, which takes some megabytes when it is compiled."""
    path = os.path.join(work.name, "wide%d.xsd" % n)
    with open(path, "w", encoding="ascii") as file:
        file.write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/>%s'
                   '</xs:schema>' % "".join(
                       '<xs:element name="e%d.%d"><xs:complexType><xs:sequence><xs:element name="f%d" '
                       'type="xs:int" maxOccurs="9"/></xs:sequence></xs:complexType></xs:element>'
                       % (n, i, i) for i in range(elements)))
    return path


def test_jobs_that_differ_share_their_schemas():
    """Also in a function whose memory is small: each of these jobs once compiled its own."""
    def compiled(function):
        return sum(not line["SchemaCacheHit"] for line in function.log_lines() if "_aws" in line)
    schema = wide_schema(0)
    with Function({"schema": schema}, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}) as function:
        assert function.invoke(direct(SMALL)).kind == "response"
        before = function.rss_kib()
        for n in range(1, 100):
            job = {"max-errors": n, "schema": [schema] if n % 2 else schema}
            assert function.invoke(direct(SMALL, job=job)).json["complete"]
        assert compiled(function) == 0, compiled(function)
        if not SANITIZED:
            assert function.rss_kib() - before < 3 << 10, (before, function.rss_kib())


def test_schemas_of_strangers_are_given_up_by_their_bytes():
    """In 128 MB 16 may be kept of what nobody uses: those used last."""
    with Function({}, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}) as function:
        schemas = [wide_schema(n) for n in range(12)]
        for _ in range(2):
            for schema in schemas:
                answer = function.invoke(direct(SMALL, job={"schema": schema}))
                assert answer.json["records"][0]["schema"] == os.path.basename(schema), answer.body
                assert function.invoke(direct(SMALL, job={"schema": schema})).json["complete"]
        hits = [line["SchemaCacheHit"] for line in function.log_lines() if "_aws" in line]
        assert hits == [0, 1] * 24, hits
        if not SANITIZED:
            assert function.rss_kib() < 64 << 10, function.rss_kib()
        # A file that has changed is another schema.
        with open(schemas[-1], "w", encoding="ascii") as file:
            file.write(SCHEMA)
        answer = function.invoke(direct(SMALL, job={"schema": schemas[-1]})).json
        assert [r["verdict"] for r in answer["records"]] == ["valid", "invalid", "malformed"], answer


def test_schemas_in_s3_do_not_fill_the_temporary_directory():
    """Each is given back, with what lies beside it, before there is no room for the next."""
    if os.geteuid() or not os.path.exists("/usr/bin/unshare"):
        skip("not as root: a full /tmp was not tested")
    s3 = S3()
    keys = s3.add(Keys())
    for n in range(20):
        s3.objects["b", "%d/a.xsd" % n] = SCHEMA.encode()
        s3.objects["b", "%d/beside.bin" % n] = b"x" * (n << 17)  # 24 MiB in all
    s3.objects["b", "huge/a.xsd"] = SCHEMA.encode()
    s3.objects["b", "huge/beside.bin"] = b"x" * (17 << 20)
    with tempfile.TemporaryDirectory() as small:
        script = "mount -t tmpfs -o size=16m tmpfs %s 2>/dev/null || exit 99; exec \"$0\"" % small
        function = Function({}, {"TMPDIR": small, "AWS_REGION": REGION, "AWS_ENDPOINT_URL_S3": s3.endpoint,
                                 "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret,
                                 "AWS_SESSION_TOKEN": keys.token},
                            command=["unshare", "-m", "sh", "-c", script, THRESH])
        if not function.runtime.first_next.wait(10):
            function.close()
            skip("mounting is not allowed here: a full /tmp was not tested")

        def invoke(name):
            return function.invoke(direct(SMALL, schema="s3://b/%s/a.xsd" % name))

        def taken():
            found = os.statvfs("/proc/%d/root%s" % (function.process.pid, small))
            return (found.f_blocks - found.f_bfree) * found.f_frsize
        for n in range(20):
            reply = invoke(n).json
            assert [r["verdict"] for r in reply["records"]] == ["valid", "invalid", "malformed"], reply
            assert taken() < (4 << 20) + 4096 * 10, (n, taken())
        asked = len(s3.requests)
        assert invoke(19).json["complete"] and len(s3.requests) == asked, "what is there is not fetched again"
        error = invoke("huge").json
        assert error["errorType"] == "Thresh.Storage" and "EphemeralStorage" in error["errorMessage"], error
        assert taken() < 1 << 20, taken()
        assert invoke(3).json["complete"]
        assert not function.close()
    assert not s3.close()


def test_files_of_dead_processes_are_removed():
    runtime = Runtime()
    with Function({}, runtime=runtime) as function:
        dead = subprocess.Popen(["true"])
        dead.wait()
        function.runtime.first_next.wait(10)
        left = os.path.join(function.temp_dir, "thresh-lambda-%d" % dead.pid)
        os.makedirs(os.path.join(left, "work"))
        second = Function({}, {"TMPDIR": function.temp_dir})
        second.runtime.first_next.wait(10)
        assert not os.path.exists(left)
        assert len(os.listdir(function.temp_dir)) == 2
        second.close()


# -- Logs, job --------------------------------------------------------------------------------------
def seconds_of(stamp):
    """Of a log line's timestamp, in UTC."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp), stamp
    return calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))


def test_log_lines_are_json_or_text_and_hold_no_secret():
    began = time.time()
    with Function({}, {"AWS_SECRET_ACCESS_KEY": "do-not-tell", "AWS_SESSION_TOKEN": "nor-me"}) as f:
        f.invoke(direct(SMALL))
        f.invoke({"no": "kind"})
        f.invoke(direct(SMALL))
        lines = f.log_lines()
        assert len(lines) == len(f.logs().splitlines())
        ids = set(f.runtime.invocations)
        records = [line for line in lines if "_aws" in line]
        assert len(records) == 3 and {line["requestId"] for line in records} == ids
        metrics = records[0]["_aws"]["CloudWatchMetrics"][0]
        assert all(metric["Name"] in records[0] for metric in metrics["Metrics"])
        assert records[0]["Documents"] == 3 and records[0]["Malformed"] == 1
        for line in lines:
            assert "_aws" in line or {"timestamp", "level", "message"} <= set(line), line
            stamp = line["_aws"]["Timestamp"] / 1000 if "_aws" in line else seconds_of(line["timestamp"])
            assert int(began) <= stamp <= time.time(), (began, line)
        assert "do-not-tell" not in f.logs() and "nor-me" not in f.logs()
    with Function({}, {"AWS_LAMBDA_LOG_FORMAT": "Text", "AWS_LAMBDA_LOG_LEVEL": "ERROR"}) as f:
        f.invoke({"no": "kind"})
        f.invoke(direct(SMALL))
        text = [line for line in f.logs().splitlines() if not line.startswith("{\"_aws")]
        assert len(text) == 1 and " ERROR RequestId: " in text[0], text


def test_missing_output_is_told_once_and_where_records_are_lost():
    """A queue does not read answers; callers and state machines do."""
    queue = {"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(direct(SMALL))}]}
    http = {**HTTP, "body": base64.b64encode(SMALL).decode()}
    batch = {"Items": [{"Key": "k"}], "BatchInput": {"bucket": "b"}}

    def warnings(function):
        return [line for line in function.log_lines() if line.get("level") == "WARN"]
    with Function({}) as function:
        for event in direct(SMALL), http, batch:
            function.invoke(event)
            assert not warnings(function), (event, warnings(function))
        for _ in range(2):
            assert function.invoke(queue).json == {"batchItemFailures": []}
            (warning,) = warnings(function)
            assert "THRESH_OUTPUT" in warning["message"] and " sqs:" in warning["message"], warning
    with Function({"output": "s3://b/{key}"}) as function:
        function.invoke(queue)
        assert not warnings(function), warnings(function)


def test_a_job_is_put_together_from_file_environment_and_event():
    job = {"format": "csv", "extract": {"first": "string(/a/b)"}, "fields": "path,fields"}
    with Function(job, {"THRESH_FIELDS": "verdict,fields"}) as function:
        answer = function.invoke(direct(SMALL)).json
        assert answer["text"].splitlines()[0].endswith(",first"), answer["text"]
        answer = function.invoke(direct(SMALL, job={"format": "ndjson"})).json
        assert answer["records"][0] == {"verdict": "wellformed", "fields": {"first": "1"}}
        assert function.invoke(direct(SMALL, job={"nope": 1})).json["errorType"] == \
            "Runtime.ConfigInvalid"


def test_a_name_that_is_not_known_is_an_error_wherever_it_stands():
    """It is named, with its source and the name that was meant; a schema is never left out."""
    schema = os.path.join(work.name, "a.xsd")
    assert init_error({}, {"THRESH_SCHEMAS": schema}) == \
        "the variable THRESH_SCHEMAS is not known; did you mean THRESH_SCHEMA?"
    assert "THRESH_ANOTHER is not known" in init_error({}, {"THRESH_ANOTHER": "x"})
    assert "did you mean THRESH_SCHEMA?" in init_error({}, {"Thresh_Schema": schema})
    message = init_error({"schemas": schema})
    assert "thresh.json: " in message and "did you mean --schema?" in message, message
    queue = {"Records": [{"messageId": "m", "eventSource": "aws:sqs",
                          "body": json.dumps(direct(SMALL, schemas=schema))}]}
    with Function({}) as function:
        for more, kind, said in (
                ({"schemas": schema}, "Thresh.EventUnknown",
                 'the event has a member "schemas", which is not known; did you mean "schema"?'),
                ({"jobs": {"schema": schema}, "job": {"jobs": 2}}, "Thresh.EventUnknown", "both"),
                ({"job": {"schemas": schema}}, "Runtime.ConfigInvalid",
                 "x.zip: the event's job: there is no option --schemas; did you mean --schema?")):
            answer = function.invoke(direct(SMALL, **more))
            assert answer.kind == "error" and answer.json["errorType"] == kind, answer.body
            assert said in answer.json["errorMessage"], answer.body
        assert function.invoke(queue).json == {"batchItemFailures": [{"itemIdentifier": "m"}]}
        reply = function.invoke(direct(SMALL, schema=schema)).json  # as if it stood in the job
        assert [r["verdict"] for r in reply["records"]] == ["valid", "invalid", "malformed"], reply


# -- What fails is told -----------------------------------------------------------------------------
def test_each_failure_is_logged_once_and_counted():
    def queue(*bodies):
        return {"Records": [{"messageId": "m%d" % i, "eventSource": "aws:sqs", "body": body}
                            for i, body in enumerate(bodies)]}
    nonsense = "what is this"
    for event, said, failed in (
            (queue(nonsense), ["not JSON"], 1),
            (queue(nonsense, json.dumps(direct(SMALL)), "null"), ["not JSON", "not a JSON object"], 2),
            ({"invocationSchemaVersion": "1.0", "tasks": [{"taskId": "T"}]}, ["no bucket"], 1),
            (direct(SMALL, job={"max-errors": "x"}), ["number"], 1),
            (b"null", ["the event is null"], 1),
            ({"detail-type": "Scheduled Event", "detail": {}}, ["scheduled event"], 1),
            ({**HTTP, "body": ""}, ["no body"], 1)):
        with Function({"output": "s3://b/{key}"} if "tasks" in str(event) else {}) as function:
            function.invoke(event)
            lines = function.log_lines()
        errors = [line for line in lines if line["level"] == "ERROR"]
        assert len(errors) == len(said), errors
        for error, words in zip(errors, said):
            assert words in error["message"] and error["errorType"] and error["requestId"], error
            if "Records" in str(event):
                assert error["messageId"].startswith("m"), error
        (metrics,) = [line for line in lines if "_aws" in line]
        assert metrics["ArchivesFailed"] == failed, (event, metrics)


def test_what_follows_a_message_of_a_fifo_queue_that_failed_is_held_up():
    queue = {"Records": [{"messageId": "m%d" % i, "eventSource": "aws:sqs", "body": body,
                          "eventSourceARN": "arn:aws:sqs:eu-west-3:1:q.fifo"}
                         for i, body in enumerate(["what is this", json.dumps(direct(SMALL))])]}
    with Function({}) as function:
        assert len(function.invoke(queue).json["batchItemFailures"]) == 2
        told = [line["errorType"] for line in function.log_lines() if "errorType" in line]
        assert told == ["Thresh.EventUnknown", "Thresh.HeldUp"], told


def test_what_could_not_be_reached_is_no_deadline():
    """Time was up between two tries, and each had been refused."""
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    variables = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:%d" % nobody.getsockname()[1],
                 "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
    with Function({}, variables) as function:
        error = function.invoke({"uri": "s3://b/k"}, seconds=1.2).json
        assert error["errorType"] == "S3.Network", error
        assert "refused" in error["errorMessage"] or "connect" in error["errorMessage"], error
        assert "until the time of the invocation was up" in error["errorMessage"], error
    nobody.close()


def test_an_invocation_does_not_stop_half_way():
    assert "fail-fast" in init_error({"fail-fast": 1})
    for option in ("resume", "cache"):
        assert option in init_error({option: "/tmp/known"})
    with Function({}) as function:
        for percent, good in ((33, False), (34, True)):
            answer = function.invoke(direct(zipped(["<a/>", "<a>", "<a/>"]), **{"max-bad": percent})).json
            assert answer["complete"] and answer["good"] is good, (percent, answer)


def test_a_variable_may_name_an_image():
    with tempfile.TemporaryDirectory() as place:
        image = os.path.join(place, "order.image")
        subprocess.run([THRESH, "compile", "-s", ORDER, "-o", image], check=True, timeout=LIMIT)
        with Function({}, {"THRESH_SCHEMA": image}) as function:
            record, = function.invoke(direct(zipped(["<a/>"]))).json["records"]
            assert (record["verdict"], record["schema"]) == ("invalid", "order.xsd"), record


def test_schemas_are_kept_where_a_variable_says():
    with tempfile.TemporaryDirectory() as kept:
        for _ in range(2):
            with Function({"schema": ORDER}, {"THRESH_SCHEMA_CACHE": kept}) as function:
                assert function.invoke(direct(zipped(["<a/>"]))).json["records"][0]["verdict"] == "invalid"
            assert [name.endswith(".image") for name in os.listdir(kept)] == [True]
    assert "give one in place of true" in init_error({"schema": ORDER, "schema-cache": True})


def test_what_is_for_the_desk_is_refused():
    for name, value in ("report", "/tmp/page.html"), ("explain", True):
        assert init_error({name: value}).startswith(name + ": an invocation "), name
    with Function({}) as function:
        answer = function.invoke(direct(SMALL, explain=True))
        assert answer.json["errorType"] == "Runtime.ConfigInvalid", answer.body
        assert "thresh --explain" in answer.json["errorMessage"]
        assert function.invoke(direct(SMALL, explain=False)).json["complete"]


def test_a_warm_up_ping_succeeds_and_does_nothing():
    with Function({}) as function:
        for event in ({"source": "serverless-plugin-warmup"}, {"warmer": True}, {"warmup": True}):
            answer = function.invoke(event)
            assert answer.kind == "response" and answer.json["ignored"] == 1, answer.body
            assert any("warm-up" in line.get("message", "") for line in function.log_lines())


def test_a_rest_api_is_answered_as_a_function_url_is():
    """API Gateway's payload format 1.0, which takes no streamed answer."""
    rest = {"resource": "/", "path": "/", "httpMethod": "POST", "isBase64Encoded": True,
            "requestContext": {"stage": "prod", "httpMethod": "POST", "resourcePath": "/"},
            "queryStringParameters": None, "multiValueQueryStringParameters": None,
            "body": base64.b64encode(SMALL).decode()}
    for variables in {}, {"THRESH_RESPONSE": "stream"}:
        with Function({}, variables) as function:
            reply = function.invoke(rest).json
            assert reply["statusCode"] == 200 and reply["body"].count("\n") == 3, reply
            reply = function.invoke({**rest, "queryStringParameters": {"format": "csv"}}).json
            assert reply["headers"]["content-type"].startswith("text/csv"), reply
            assert function.invoke({**rest, "httpMethod": "GET"}).json["statusCode"] == 400
            reply = function.invoke({**rest, "queryStringParameters": {"include": "0001.xml", "format": "csv"},
                                     "multiValueQueryStringParameters": {
                                         "include": ["0000.xml", "0001.xml"], "format": ["csv"]}}).json
            assert reply["body"].count("excluded") == 1, reply


def test_a_query_parameter_that_is_not_known_is_told_with_the_nearest():
    def told(name):
        reply = function.invoke({**HTTP, "body": "PGEvPg==", "queryStringParameters": {name: "1"}}).json
        assert reply["statusCode"] == 400, reply
        return json.loads(reply["body"])["error"]
    with Function({}) as function:
        for wrong, right in (("formt", "format"), ("max_errors", "max-errors"), ("Fields", "fields")):
            assert "did you mean '%s'?" % right in told(wrong), told(wrong)
        assert "'schema' cannot be used here; there are format, fields" in told("schema")


def test_http_statuses_tell_a_bad_request_from_a_bad_archive():
    def status(body, **parameters):
        event = {**HTTP, "body": base64.b64encode(body).decode(), "queryStringParameters": parameters}
        reply = function.invoke(event).json
        return reply["statusCode"], reply["body"].count("\n")
    with Function({}) as function:
        assert status(SMALL) == (200, 3)
        assert status(b"<a/>") == (200, 1)
        assert status(b"<a>") == (200, 1)  # XML that is wrong is a result
        for body in b"hello world", b" ", b"PK\3\4" + b"x" * 60, SMALL[:40], b"\x1f\x8bno":
            assert status(body) == (422, 1), (body, status(body))
        assert status(SMALL, exclude="*.xml") == (200, 3)  # nor is it one that all was left out
        assert status(SMALL, format="x") == (400, 0)
        assert status(SMALL, fields="verdcit") == (400, 0)
        assert status(SMALL, schema="a.xsd") == (400, 0)


def test_a_path_begins_with_the_whole_key():
    with Function({}) as function:
        for name in "x.zip", "in/2024/feed.zip", "/in//feed.zip":
            reply = function.invoke(direct(SMALL) | {"name": name}).json
            assert [r["path"] for r in reply["records"]] == [
                "%s!/%04d.xml" % (name, i) for i in range(3)], reply
        reply = function.invoke(direct(b"<a/>") | {"name": "in/2024/feed.xml"}).json
        assert reply["records"][0]["path"] == "in/2024/feed.xml", reply


def test_metrics_can_be_turned_off():
    assert "'maybe' is neither on nor off" in init_error({}, {"THRESH_METRICS": "maybe"})
    for variables, n in ({}, 1), ({"THRESH_METRICS": "on"}, 1), ({"THRESH_METRICS": "off"}, 0):
        with Function({}, variables) as function:
            function.invoke(direct(SMALL))
            assert len([line for line in function.log_lines() if "_aws" in line]) == n


def test_the_command_runs_the_same_job():
    job = {"schema": "a.xsd", "extract": {"first": "string(/a/b)"}, "max-errors": 1,
           "output": "s3://bucket/{key}", "include": ["0*.xml"], "quiet": True}
    path = os.path.join(work.name, "job.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump(job, file)
    content = os.path.join(work.name, "x.zip")
    with open(content, "wb") as file:
        file.write(SMALL)
    at_desk = [json.loads(line) for line in
               run("--job", path, "x.zip", cwd=work.name).stdout.splitlines()]
    on_top = run(content, "--max-errors", "0", "--job", path).stdout
    assert b'"errors":[]' in on_top.replace(b" ", b""), on_top
    del job["output"]
    job["schema"] = os.path.join(work.name, "a.xsd")
    with Function(job) as function:
        assert function.invoke(direct(SMALL)).json["records"] == at_desk
    broken = run("--job", os.path.join(work.name, "a.xsd"), content, check=(2,))
    assert b"a.xsd:1:" in broken.stderr, broken.stderr


def test_outside_of_lambda_the_bootstrap_says_so():
    process = subprocess.run(
        [THRESH, "lambda"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=LIMIT,
        env={k: v for k, v in os.environ.items() if k != "AWS_LAMBDA_RUNTIME_API"})
    assert process.returncode != 0 and b"AWS_LAMBDA_RUNTIME_API" in process.stdout


main()
