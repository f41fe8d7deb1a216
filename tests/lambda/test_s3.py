#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Lambda runtime with an S3 server that verifies signatures, and a bad network between them:
every kind of event, results in S3, retries, changes, regions, credentials."""
import base64
import functools
import io
import json
import os
import random
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.parse
import zipfile

from command import SOURCE, backends, main, skip

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from faulty_proxy import Proxy, slow_down  # noqa: E402
from runtime_stub import Function  # noqa: E402
from swift import Swift, running  # noqa: E402

SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="%s"/>
<xs:element name="a" type="A"/></xs:schema>"""
TYPES = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="A">
<xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:complexType></xs:schema>"""
MIB = 1 << 20


def archive(documents, padding=0):
    """The same bytes whenever it is called: the server outlives a case."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for i, document in enumerate(documents):
            written.writestr(zipfile.ZipInfo("%04d.xml" % i), document, zipfile.ZIP_DEFLATED)
        if padding:
            random.seed(padding)
            written.writestr(zipfile.ZipInfo("noise.bin"), random.randbytes(padding))
    return out.getvalue()


SMALL = archive(["<a><b>1</b></a>", "<a><b>x</b></a>", "<a>"])


@functools.cache
def large():
    """More than thresh asks for at once, most of it noise."""
    return archive(["<a><b>%d</b></a>" % i for i in range(500)], 40 * MIB)


@functools.cache
def on_a_busy_machine(check, seconds):
    """What holds at a deadline holds where there is the time for it: another try has twice as much."""
    for _ in range(3):
        try:
            return check(seconds)
        except AssertionError:
            seconds *= 2
    return check(seconds)


def spread(documents=40, size=MIB):
    """Documents in every part of the archive, none of it compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
        for i in range(documents):
            written.writestr(zipfile.ZipInfo("%04d.xml" % i), "<a>%s</a>" % ("%08d" % i * (size // 8)))
    return out.getvalue()


def tar(sizes, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as written:
        for i, size in enumerate(sizes):
            info = tarfile.TarInfo("%d.xml" % i)
            info.size = size
            text = "".join("%d " % n for n in range(size // 3)).encode()
            written.addfile(info, io.BytesIO(b"<a>" + text[:size - 7] + b"</a>"))
    return out.getvalue()


# What separates an encoder that is right from one that nearly is.
ODD_KEY = "in/a b+c=1%20(é)&~'!*@$,;:.zip"

swift = running() or Swift()
function = swift.function
if not swift.get("/bucket/ready"):
    for bucket in ("bucket", "results", "with.dots"):
        swift.put("/" + bucket)
    swift.put("/bucket/in/a.zip", SMALL)
    swift.put("/bucket/" + ODD_KEY, SMALL)
    swift.put("/bucket/in/large.zip", large())
    swift.put("/bucket/in/spread.zip", spread())
    swift.put("/bucket/schema/main.xsd", SCHEMA % b"parts/types.xsd")
    swift.put("/bucket/schema/parts/types.xsd", TYPES)
    swift.put("/bucket/ready", b"yes")


def verdicts(text):
    return [json.loads(line)["verdict"] for line in text.splitlines()]


SEEN = ["wellformed", "wellformed", "malformed"]


# -- Events -----------------------------------------------------------------------------------------
def s3_event(*keys, name="ObjectCreated:Put"):
    return {"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-3",
                         "eventName": name,
                         "s3": {"bucket": {"name": "bucket", "arn": "arn:aws:s3:::bucket"},
                                "object": {"key": urllib.parse.quote_plus(key, safe="/"),
                                           "size": 9, "eTag": "d41d", "sequencer": "0A1B"}}}
                        for key in keys]}


def eventbridge(key, kind="Object Created"):
    return {"version": "0", "id": "i", "detail-type": kind, "source": "aws.s3",
            "detail": {"version": "0", "bucket": {"name": "bucket"},
                       "object": {"key": key, "size": 9, "etag": "d41d"}, "reason": "PutObject"}}


def sns_message(inner):
    return {"Type": "Notification", "MessageId": "n", "TopicArn": "arn:t", "Message": json.dumps(inner)}


def sns(inner):
    return {"Records": [{"EventVersion": "1.0", "EventSource": "aws:sns",
                         "Sns": {**sns_message(inner), "Subject": "Amazon S3 Notification"}}]}


def sqs(*bodies, fifo=False):
    return {"Records": [{"messageId": "m%d" % i, "receiptHandle": "r", "eventSource": "aws:sqs",
                         "body": body if isinstance(body, str) else json.dumps(body),
                         "eventSourceARN": "arn:aws:sqs:eu-west-3:1:q" + (".fifo" if fifo else "")}
                        for i, body in enumerate(bodies)]}


TEST_EVENT = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "bucket"}
OUTPUT = {"output": "s3://results/{bucket}/{key}.ndjson"}


def test_direct():
    with function() as f:
        for event in ({"uri": "s3://bucket/" + ODD_KEY}, {"bucket": "bucket", "key": ODD_KEY},
                      {"Bucket": "bucket", "Key": ODD_KEY, "Etag": "\"x\"", "Size": 9}):
            reply = f.invoke(event).json
            assert [r["verdict"] for r in reply["records"]] == SEEN, reply
            assert reply["archive"] == "s3://bucket/" + ODD_KEY
            assert reply["records"][0]["path"] == ODD_KEY + "!/0000.xml"
        for event, said in (({"uri": "http://x"}, "s3://bucket/key"), ({"key": "x"}, "bucket")):
            answer = f.invoke(event)
            assert answer.kind == "error" and said in answer.json["errorMessage"], answer.body


def one_result(event, key, whole=True):
    swift.request("DELETE", "/results/bucket/%s.ndjson" % key)
    with function(OUTPUT) as f:
        answer = f.invoke(event)
        assert answer.kind == "response", answer.body
        found = swift.get("/results/bucket/%s.ndjson" % key)
        assert found and verdicts(found) == SEEN, found
        reply = answer.json
        if whole:
            assert reply["complete"] and not reply["good"], reply
            assert reply["archives"][0]["output"] == "s3://results/bucket/%s.ndjson" % key
            assert "records" not in reply["archives"][0]
        before = swift.keys("results")
        assert f.invoke(event).kind == "response"  # delivered twice: the same object again
        assert swift.keys("results") == before
        return reply


def test_s3_event():
    one_result(s3_event(ODD_KEY), ODD_KEY)


def test_eventbridge():
    one_result(eventbridge(ODD_KEY), ODD_KEY)


def test_sns():
    one_result(sns(s3_event(ODD_KEY)), ODD_KEY)


def test_a_direct_caller_finds_the_records_in_the_output():
    """Whether or not they would have fitted into the answer."""
    for event in ({"uri": "s3://bucket/" + ODD_KEY}, {"bucket": "bucket", "key": ODD_KEY}):
        swift.request("DELETE", "/results/bucket/%s.ndjson" % ODD_KEY)
        with function(OUTPUT) as f:
            reply = f.invoke(event).json
            assert reply["output"] == "s3://results/bucket/%s.ndjson" % ODD_KEY, reply
            assert "records" not in reply and reply["complete"]
            assert verdicts(swift.get("/results/bucket/%s.ndjson" % ODD_KEY)) == SEEN


def test_sqs_with_everything_inside():
    for inner in (s3_event(ODD_KEY), eventbridge(ODD_KEY), sns_message(s3_event(ODD_KEY)),
                  {"bucket": "bucket", "key": ODD_KEY}, sns_message(eventbridge(ODD_KEY))):
        reply = one_result(sqs(inner), ODD_KEY, whole=False)
        assert reply == {"batchItemFailures": []}, reply


def test_sqs_partial_failures():
    bodies = (s3_event("in/a.zip"), s3_event("in/missing.zip"), "no json", TEST_EVENT,
              s3_event("in/a.zip", name="ObjectRemoved:Delete"), {"foo": 1},
              sns_message(sns_message(sns_message(sns_message(s3_event("in/a.zip"))))))
    with function(OUTPUT) as f:
        reply = f.invoke(sqs(*bodies)).json
        assert reply == {"batchItemFailures": [{"itemIdentifier": i} for i in ("m1", "m2", "m5", "m6")]}
        reply = f.invoke(sqs(s3_event("in/a.zip"), s3_event("in/missing.zip"), s3_event(ODD_KEY),
                             fifo=True)).json
        assert reply == {"batchItemFailures": [{"itemIdentifier": i} for i in ("m1", "m2")]}, reply


def test_events_that_name_nothing():
    nameless = s3_event("x")
    del nameless["Records"][0]["s3"]["object"]["key"]
    empty = eventbridge("x")
    del empty["detail"]["bucket"]
    http = {"requestContext": {"http": {"method": "POST"}}, "body": ""}
    with function() as f:
        for event, said in ((nameless, "Records[0]"), (empty, "no bucket or no key"),
                            ({"invocationSchemaVersion": "1.0", "tasks": [{"s3Key": "x"}]}, "taskId"),
                            ({"uri": 5}, "uri"), ({"BatchInput": {"bucket": "bucket"}, "Items": [{}]},
                                                  "Key")):
            answer = f.invoke(event)
            assert answer.kind == "error" and said in answer.json["errorMessage"], answer.body
        reply = f.invoke({"invocationSchemaVersion": "1.0", "tasks": [{"taskId": "T"}]}).json
        assert reply["results"][0]["resultCode"] == "PermanentFailure", reply
        assert "no bucket or no key" in reply["results"][0]["resultString"], reply
        reply = f.invoke(sqs(http, [1], {"Type": "Notification", "Message": 7}, sqs("{}"))).json
        assert len(reply["batchItemFailures"]) == 4, reply


def test_versions_are_asked_for():
    proxy = Proxy(swift.port)
    with function(None, proxy) as f:
        f.invoke({"bucket": "bucket", "key": "in/a.zip", "version": "v/1+2 3"})
        assert proxy.requests[0].path.endswith("/in/a.zip?versionId=v%2F1%2B2%203"), proxy.requests[0].path
        proxy.requests.clear()
        event = s3_event("in/a.zip")
        event["Records"][0]["s3"]["object"]["versionId"] = "abc"
        f.invoke(event)
        assert "versionId=abc" in proxy.requests[0].path
        answer = f.invoke({"bucket": "bucket", "key": "in/a.zip", "version": "v" * 5000})
        assert answer.json["errorType"] == "S3.Version", answer.body
    proxy.close()


def test_nothing_to_do():
    with function(OUTPUT) as f:
        for event in (TEST_EVENT, s3_event("in/a.zip", name="ObjectRemoved:Delete"),
                      s3_event("in/folder/"), eventbridge("in/a.zip", "Object Deleted")):
            answer = f.invoke(event)
            assert answer.kind == "response" and answer.json["complete"], answer.body


def test_s3_batch():
    key = urllib.parse.quote(ODD_KEY, safe="/")
    swift.request("DELETE", "/results/bucket/in/a.zip.csv")
    for event, task in (
            ({"invocationSchemaVersion": "1.0", "invocationId": "I", "job": {"id": "J"}},
             {"s3BucketArn": "arn:aws:s3:::bucket", "s3VersionId": None}),
            ({"invocationSchemaVersion": "2.0", "invocationId": "I",
              "job": {"id": "J", "userArguments": {"max-errors": "3"}}}, {"s3Bucket": "bucket"})):
        with function(OUTPUT) as f:
            reply = f.invoke({**event, "tasks": [{"taskId": "T", "s3Key": key, **task}]}).json
            assert reply["invocationSchemaVersion"] == event["invocationSchemaVersion"]
            assert reply["treatMissingKeysAs"] == "PermanentFailure" and reply["invocationId"] == "I"
            (result,) = reply["results"]
            assert result["taskId"] == "T" and result["resultCode"] == "Succeeded", reply
            assert "3 documents" in result["resultString"], reply
            for broken in ("in/missing.zip", "%zz"):
                reply = f.invoke({**event, "tasks": [{"taskId": "T", **task, "s3Key": broken}]}).json
                assert reply["results"][0]["resultCode"] == "PermanentFailure", reply


def test_s3_batch_temporary_failure():
    proxy = Proxy(swift.port, lambda request: slow_down())
    with function(OUTPUT, proxy) as f:
        reply = f.invoke({"invocationSchemaVersion": "1.0", "invocationId": "I", "tasks": [
            {"taskId": "T", "s3Key": "in/a.zip", "s3BucketArn": "arn:aws:s3:::bucket"}]}, seconds=60).json
        assert reply["results"][0]["resultCode"] == "TemporaryFailure", reply
        assert "SlowDown" in reply["results"][0]["resultString"]
    proxy.close()


def test_distributed_map():
    items = [{"Etag": "\"d41d\"", "Key": key, "LastModified": 1668699881, "Size": 9}
             for key in ("in/a.zip", ODD_KEY)]
    with function() as f:
        reply = f.invoke({"BatchInput": {"bucket": "bucket", "format": "csv"}, "Items": items}).json
        assert reply["complete"] and [len(r["text"].splitlines()) for r in reply["results"]] == [4, 4]
        answer = f.invoke({"Items": items})
        assert answer.kind == "error" and "BatchInput" in answer.json["errorMessage"]
        answer = f.invoke({"BatchInput": {"bucket": "bucket"}, "Items": items + [{"Key": "in/none"}]})
        assert answer.kind == "error" and answer.json["errorType"] == "S3.NoSuchKey"
        assert "1 of 3" in answer.json["errorMessage"], answer.body
        answer = f.invoke({"BatchInput": {"bucket": "bucket"}, "Items": [{"Key": "in/large.zip"}]})
        assert answer.kind == "response"


# -- Results ----------------------------------------------------------------------------------------
def test_large_results_go_to_s3():
    """In parts, while the run goes on; equal to what the command writes."""
    content = archive(["<a>%s</a>" % ("<b/>" * (i % 7)) for i in range(120000)])
    swift.put("/bucket/in/many.zip", content)
    with function(OUTPUT) as f:
        answer = f.invoke({"uri": "s3://bucket/in/many.zip"}, seconds=200)
        reply = answer.json
        assert reply["output"] == "s3://results/bucket/in/many.zip.ndjson", answer.body[:500]
        found = swift.get("/results/bucket/in/many.zip.ndjson")
        assert found.count(b"\n") == 120000 and len(found) > 16 * MIB, len(found)
        assert not swift.uploads("results")
        for i, line in enumerate(found.splitlines()):
            assert json.loads(line)["index"] == i
    with function() as f:
        answer = f.invoke({"uri": "s3://bucket/in/many.zip"}, seconds=200)
        assert answer.json["errorType"] == "Thresh.ResponseTooLarge", answer.body[:300]


def test_nothing_is_visible_of_a_run_that_does_not_complete():
    content = archive(["<a>%s</a>" % ("<b/>" * 250) for i in range(30000)])
    swift.put("/bucket/in/long.zip", content)
    with function(OUTPUT) as f:
        # An XPath of quadratic cost: a span of documents is done soon, all 30,000 on no machine.
        job = {"backend": "sequential", "extract": {"n": "count(//b[count(preceding::b) > 5])"}}
        answer = f.invoke(sqs({"uri": "s3://bucket/in/long.zip", "job": job}), seconds=4)
        assert answer.json["batchItemFailures"], answer.body
        assert swift.get("/results/bucket/in/long.zip.ndjson") is None
        assert not swift.uploads("results")


def test_upload_failures():
    failed = []

    def fault(request):
        if request.method == "PUT" and len(failed) < 3:
            failed.append(request)
            return [slow_down(), ("reset",), slow_down(500, "InternalError")][len(failed) - 1]
        return None
    proxy = Proxy(swift.port, fault)
    swift.request("DELETE", "/results/bucket/in/a.zip.ndjson")
    with function(OUTPUT, proxy) as f:
        assert f.invoke(s3_event("in/a.zip")).kind == "response"
        assert verdicts(swift.get("/results/bucket/in/a.zip.ndjson")) == SEEN and len(failed) == 3
        proxy.fault = lambda r: slow_down(403, "AccessDenied") if r.method == "PUT" else None
        answer = f.invoke(s3_event("in/a.zip"))
        assert answer.kind == "error" and answer.json["errorType"] == "S3.AccessDenied", answer.body
    proxy.close()


def test_complete_that_answers_200_and_an_error():
    content = archive(["<a/>"] * 120000)
    swift.put("/bucket/in/many2.zip", content)
    seen = []

    def fault(request):
        if request.method == "POST" and "uploadId=" in request.path:
            seen.append(request)
            return slow_down(200, "InternalError") if len(seen) == 1 else None
        return None
    proxy = Proxy(swift.port, fault)
    with function(OUTPUT, proxy) as f:
        answer = f.invoke(s3_event("in/many2.zip"), seconds=200)
        assert answer.kind == "response" and len(seen) == 2, answer.body
        assert swift.get("/results/bucket/in/many2.zip.ndjson").count(b"\n") == 120000
    proxy.close()


def test_an_upload_that_fails_is_taken_back():
    swift.put("/bucket/in/many3.zip", archive(["<a/>"] * 120000))

    def denied(request):
        return slow_down(403, "AccessDenied") if "partNumber=2" in request.path else None

    def nameless(request):
        answer = ("answer", 200, b"<InitiateMultipartUploadResult/>", ())
        return answer if request.path.endswith("?uploads=") else None
    proxy = Proxy(swift.port, denied)
    with function(OUTPUT, proxy) as f:
        answer = f.invoke(s3_event("in/many3.zip"), seconds=200)
        assert answer.json["errorType"] == "S3.AccessDenied", answer.body
        assert f.invoke(TEST_EVENT).kind == "response"  # it is taken back behind the answer
        assert proxy.requests[-1].method == "DELETE" and "uploadId=" in proxy.requests[-1].path
        assert not swift.uploads("results") and not swift.get("/results/bucket/in/many3.zip.ndjson")
        proxy.fault = nameless
        answer = f.invoke(s3_event("in/many3.zip"), seconds=200)
        assert answer.json["errorType"] == "S3.NoUploadId", answer.body
    proxy.close()


def test_results_of_a_map_that_do_not_fit_go_to_their_objects():
    """Each would fit, all of them do not."""
    content = archive(["<a>%d</a>" % i for i in range(600)])
    for key in ("in/m1.zip", "in/m2.zip"):
        swift.put("/bucket/" + key, content)
    event = {"BatchInput": {"bucket": "bucket"}, "Items": [{"Key": "in/m1.zip"}, {"Key": "in/m2.zip"}]}
    with function() as f:
        answer = f.invoke(event)
        assert answer.json["errorType"] == "Thresh.ResponseTooLarge", answer.body[:300]
    with function(OUTPUT) as f:
        reply = f.invoke(event).json
        for key, result in zip(("in/m1.zip", "in/m2.zip"), reply["results"]):
            assert result["output"] == "s3://results/bucket/%s.ndjson" % key, result
            assert swift.get("/results/bucket/%s.ndjson" % key).count(b"\n") == 600


def test_output_must_not_be_the_input():
    with function({"output": "s3://{bucket}/{key}"}) as f:
        answer = f.invoke(s3_event("in/a.zip"))
        assert answer.kind == "error" and "replace" in answer.json["errorMessage"]
    with function({"output": "s3://results/one"}) as f:
        answer = f.invoke(s3_event("in/a.zip", ODD_KEY))
        assert answer.kind == "error" and "{key}" in answer.json["errorMessage"], answer.body
    assert swift.get("/bucket/in/a.zip") == SMALL


# -- Schemas in S3 ----------------------------------------------------------------------------------
def test_schemas_from_s3_once():
    proxy = Proxy(swift.port)
    for name in ("s3://bucket/schema/main.xsd", "s3://bucket/schema/", "=s3://bucket/schema/main.xsd"):
        proxy.requests.clear()
        with function({"schema": name}, proxy) as f:
            for _ in range(3):
                reply = f.invoke({"uri": "s3://bucket/in/a.zip"}).json
                assert [r["verdict"] for r in reply["records"]] == [
                    "valid", "invalid", "malformed"], reply
            fetched = [r for r in proxy.requests if "/schema/" in r.path]
            assert len(fetched) == 2, [r.path for r in fetched]
    function_ = Function({"schema": "s3://bucket/schema/none.xsd"}, swift.variables())
    assert function_.process.wait(30) != 0
    assert "none.xsd" in function_.runtime.init_error["errorMessage"]
    function_.close()
    proxy.close()


def test_schemas_by_namespace_and_what_is_no_schema():
    with function({"schema": {"": "s3://bucket/schema/main.xsd", "urn:o": "s3://bucket/schema/main.xsd"},
                   "threshold": 0}) as f:
        reply = f.invoke({"uri": "s3://bucket/in/a.zip"}).json
        assert [r["verdict"] for r in reply["records"]] == ["valid", "invalid", "malformed"], reply
    swift.put("/bucket/two/a.xsd", TYPES)
    swift.put("/bucket/two/b.xsd", TYPES)
    for name, said in (("s3://bucket/two/", "name the one to begin with"),
                       (["s3://bucket/schema/main.xsd", "s3://bucket/empty/"], "empty")):
        function_ = Function({"schema": name}, swift.variables())
        assert function_.process.wait(30) != 0
        assert said in function_.runtime.init_error["errorMessage"], function_.runtime.init_error
        function_.close()


def test_a_listing_in_pages():
    """The token of the next page is whatever S3 likes."""
    token = "1/a+b=&c d"
    page = ("<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
            "<IsTruncated>%s</IsTruncated>%s<Contents><Key>%s</Key><Size>9</Size></Contents>"
            "</ListBucketResult>")
    more = "<NextContinuationToken>%s</NextContinuationToken>" % token.replace("&", "&amp;")
    asked = []

    def fault(request):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        if "list-type" not in query:
            return None
        asked.append(query.get("continuation-token", [None])[0])
        body = (page % ("true", more, "schema/main.xsd") if asked[-1] is None else
                page % ("false", "", "schema/parts/types.xsd"))
        return ("answer", 200, body.encode(), ())
    proxy = Proxy(swift.port, fault)
    with function({"schema": "s3://bucket/schema/"}, proxy) as f:
        reply = f.invoke({"uri": "s3://bucket/in/a.zip"}).json
        assert [r["verdict"] for r in reply["records"]] == ["valid", "invalid", "malformed"], reply
    assert asked == [None, token], asked
    proxy.close()


# -- Credentials ------------------------------------------------------------------------------------
def test_a_later_event_brings_its_schema():
    """What is fetched for an event has that event's time, not what an earlier one had."""
    event = {"uri": "s3://bucket/in/a.zip"}
    with function() as f:
        assert f.invoke(event, seconds=1.5).json["complete"]
        time.sleep(1.6)
        answer = f.invoke({**event, "job": {"schema": "s3://bucket/schema/main.xsd"}})
        assert answer.kind == "response", answer.body
        assert answer.json["records"][0]["schema"] == "main.xsd", answer.body


def test_a_schema_that_was_not_there_is_looked_for_again():
    event = {"uri": "s3://bucket/in/a.zip", "job": {"schema": "s3://bucket/later/main.xsd"}}
    with function() as f:
        assert f.invoke(event).json["errorType"] == "S3.NoSuchKey"
        swift.put("/bucket/later/main.xsd", SCHEMA % b"types.xsd")
        swift.put("/bucket/later/types.xsd", TYPES)
        answer = f.invoke(event)
        assert answer.kind == "response" and answer.json["records"][0]["schema"] == "main.xsd", answer.body


def test_a_schema_that_never_ends_ends_its_invocation_alone():
    """libxml2 lists the elements that each side of an interleave may be: two to the fortieth."""
    doubled = "".join('<define name="d%d"><choice><ref name="d%d"/><ref name="d%d"/></choice></define>'
                      % (i, i + 1, i + 1) for i in range(40))
    swift.put("/bucket/endless/main.rng", (
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a"><interleave>'
        '<ref name="d0"/><ref name="d0"/></interleave></element></start>%s<define name="d40">'
        '<element name="b"><text/></element></define></grammar>' % doubled).encode())
    event = {"uri": "s3://bucket/in/a.zip"}
    with function() as f:
        answer = f.invoke({**event, "job": {"schema": "s3://bucket/endless/main.rng"}}, seconds=6)
        assert answer.kind == "error" and answer.json["errorType"] == "Runtime.ConfigInvalid", answer.body
        assert "the function's timeout or --schema-timeout" in answer.json["errorMessage"], answer.body
        assert "endless/main.rng" in answer.json["errorMessage"], answer.body
        answer = f.invoke({**event, "job": {"schema": "s3://bucket/schema/main.xsd"}})
        assert [r["verdict"] for r in answer.json["records"]] == ["valid", "invalid", "malformed"], answer


def test_schemas_of_events_are_guarded_and_those_of_the_function_are_not():
    """A guarded schema is compiled in a child first, and nothing else here makes one."""
    if "fork" not in backends():
        skip("no fork backend in this build")
    event, job = {"uri": "s3://bucket/in/a.zip"}, {"schema": "s3://bucket/schema/main.xsd"}

    def is_guarded(f, event):
        before = f.children_faults()
        answer = f.invoke(event)
        assert answer.kind == "response" and answer.json["complete"], answer.body
        return f.children_faults() > before

    alone = {"backend": "sequential"}
    with function(alone) as f:
        assert not is_guarded(f, {**event, "job": {**job, "guard-schemas": False}})
    with function(alone) as f:
        assert is_guarded(f, {**event, "job": job})
    with function({**alone, "guard-schemas": False}) as f:
        assert not is_guarded(f, {**event, "job": job})
    with function({**alone, **job}) as f:
        assert not is_guarded(f, event)
        assert not is_guarded(f, {**event, "job": {**job, "max-errors": 1}})


def test_a_wrong_secret_fails():
    """The server does look at signatures."""
    assert swift.request("GET", "/bucket", secret="wrong")[0] == 403
    with function(AWS_SECRET_ACCESS_KEY="wrong") as f:
        answer = f.invoke({"uri": "s3://bucket/in/a.zip"})
        assert answer.json["errorType"] == "S3.SignatureDoesNotMatch", answer.body
        assert "wrong" not in f.logs() + answer.body.decode()
    with function(AWS_ACCESS_KEY_ID="") as f:
        assert f.invoke({"uri": "s3://bucket/in/a.zip"}).json["errorType"] == "S3.NoCredentials"


def test_expired_credentials():
    proxy = Proxy(swift.port, lambda request: slow_down(400, "ExpiredToken"))
    with function(OUTPUT, proxy) as f:
        answer = f.invoke({"uri": "s3://bucket/in/a.zip"})
        assert answer.json["errorType"] == "S3.ExpiredToken" and len(proxy.requests) == 1
        assert "expired" in answer.json["errorMessage"]
        assert proxy.requests[0].headers["x-amz-security-token"] == "signed-but-not-looked-at"
        assert "x-amz-security-token" in proxy.requests[0].headers["authorization"]
    proxy.close()


def test_https_asks_for_a_certificate_it_can_check():
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = (os.path.join(folder, name) for name in ("key.pem", "certificate.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        proxy = Proxy(swift.port, tls=tls)
        with function(None, proxy, AWS_CA_BUNDLE=certificate) as f:
            answer = f.invoke({"uri": "s3://bucket/in/a.zip"})
            assert answer.kind == "response", answer.body
        seen = len(proxy.requests)
        with function(None, proxy) as f:  # the system's own authorities do not know it
            answer = f.invoke({"uri": "s3://bucket/in/a.zip"}, seconds=60)
            assert answer.kind == "error" and "certificate" in answer.json["errorMessage"], answer.body
        assert seen and len(proxy.requests) == seen, "a request went out to a stranger"
        proxy.close()


def test_not_there_is_not_tried_again():
    proxy = Proxy(swift.port)
    with function(None, proxy) as f:
        for uri, kind in (("s3://bucket/none.zip", "NoSuchKey"), ("s3://nobody/a", "NoSuchBucket")):
            proxy.requests.clear()
            answer = f.invoke({"uri": uri})
            assert answer.json["errorType"] == "S3." + kind and uri in answer.json["errorMessage"]
            assert len(proxy.requests) == 1
    proxy.close()


def test_bucket_in_another_region():
    def fault(request):
        if "/us-east-1/s3/" not in request.headers["authorization"]:
            return slow_down(301, "PermanentRedirect", [("x-amz-bucket-region", "us-east-1")])
        return None
    proxy = Proxy(swift.port, fault)
    with function(OUTPUT, proxy, AWS_REGION="eu-west-3") as f:
        for _ in range(2):
            assert f.invoke({"uri": "s3://bucket/in/a.zip"}).json["complete"]
        # Of fetching and of writing the first is sent elsewhere, and the region remembered.
        assert len(proxy.requests) == 2 + 2 + 2, len(proxy.requests)
    proxy.close()


def test_path_style_for_every_bucket():
    swift.put("/with.dots/a.zip", SMALL)
    with function(AWS_ENDPOINT_URL=swift.endpoint, AWS_ENDPOINT_URL_S3="") as f:
        assert f.invoke({"uri": "s3://with.dots/a.zip"}).json["complete"]


# -- Networks ---------------------------------------------------------------------------------------
def records_of(f, uri, **options):
    answer = f.invoke({"uri": uri, "job": {"fields": "verdict"}}, **options)
    assert answer.kind == "response", answer.body
    return [record["verdict"] for record in answer.json["records"]]


def test_ranges_in_parallel():
    proxy = Proxy(swift.port)
    with function(None, proxy) as f:
        assert records_of(f, "s3://bucket/in/spread.zip", seconds=60) == ["wellformed"] * 40
        ranges = [r.headers["range"] for r in proxy.requests]
        assert len(ranges) == len(set(ranges)) == 11, ranges
        tags = {r.headers.get("if-match") for r in proxy.requests[1:]}
        assert len(tags) == 1 and None not in tags, tags
    proxy.close()


def test_runs_while_it_arrives():
    """An archive is read as far as it is there; the records are the same for it, and the time is
    less than that of fetching and of reading together."""
    slow = Proxy(swift.port, lambda request: ("rate", 2 * MIB))
    content = spread(160, 256 << 10)
    swift.put("/bucket/in/arriving.zip", content)
    swift.put("/bucket/in/program.zip", b"#!/bin/sh\n" + content)
    work = {"job": {"extract": {"x%d" % i: "string-length(/a)" for i in range(40)}}}
    with function(None, slow) as f:
        took = {}
        for key in ("arriving", "program"):
            begun = time.monotonic()
            answer = f.invoke({"uri": "s3://bucket/in/%s.zip" % key, **work}, seconds=120)
            took[key] = time.monotonic() - begun
            records = answer.json["records"]
            assert len(records) == 160 and {r["verdict"] for r in records} == {"wellformed"}
            assert all(r["fields"]["x0"] == "262144" or r["fields"]["x0"] == 262144 for r in records)
        print("     a ZIP archive %.2f s, one behind a program %.2f s" % (
            took["arriving"], took["program"]))
    slow.close()


def test_a_worker_process_gets_all_of_it():
    with function({"threshold": 0, "jobs": 2}) as f:
        for job in ({"backend": "fork"}, {"timeout": 30}, {"max-memory": "1G"}, {"isolate": True},
                    {"backend": "openmp"}, {"backend": "fork"}):
            answer = f.invoke({"uri": "s3://bucket/in/spread.zip", "job": {
                **job, "fields": "verdict"}}, seconds=60)
            assert answer.kind == "response" and len(answer.json["records"]) == 40, answer.body


def test_throttled_reset_and_cut():
    """Every second request goes wrong in some way, and the result is as if none did."""
    ways = [slow_down(), ("reset",), ("cut", 1000000), ("cut", 0), slow_down(500, "InternalError"),
            slow_down(400, "RequestTimeout"), ("cut", 300000)]
    count = [0]
    lock = threading.Lock()

    def fault(request):
        with lock:
            count[0] += 1
            return ways[count[0] // 2 % len(ways)] if count[0] % 2 == 0 else None
    proxy = Proxy(swift.port, fault)
    with function(None, proxy) as f:
        assert records_of(f, "s3://bucket/in/spread.zip", seconds=120) == \
            ["wellformed"] * 40
        assert count[0] > 9
        assert f.fds() < 40
    proxy.close()


def test_a_server_that_knows_no_ranges():
    proxy = Proxy(swift.port, lambda request: ("answer", 200, spread(), ())
                  if "bytes=0-" not in request.headers.get("range", "") else None)
    with function(None, proxy) as f:
        answer = f.invoke({"uri": "s3://bucket/in/spread.zip"}, seconds=60)
        assert answer.kind == "error" and "range" in answer.json["errorMessage"].lower(), answer.body
    proxy.close()


def test_throttled_for_good():
    proxy = Proxy(swift.port, lambda request: slow_down())
    with function(None, proxy) as f:
        answer = f.invoke({"uri": "s3://bucket/in/a.zip"}, seconds=60)
        assert answer.json["errorType"] == "S3.SlowDown" and len(proxy.requests) == 8
    proxy.close()


def test_deadline_while_downloading():
    swift.put("/bucket/in/whole.tar", tar([MIB] * 40))
    slow = ("bytes=%d-" % (2 * 4 * MIB), "bytes=%d-" % (3 * 4 * MIB))
    proxy = Proxy(swift.port, lambda request: ("rate", MIB // 8) if request.headers.get(
        "range", "").startswith(slow) else None)

    def at_a_deadline(seconds):
        with function(None, proxy) as f:
            # Of one whose list is all through it there is no list.
            answer = f.invoke({"uri": "s3://bucket/in/whole.tar"}, seconds=seconds)
            assert answer.kind == "error" and answer.json["errorType"] == "Thresh.Deadline", answer.body
            assert "whole.tar" in answer.json["errorMessage"]
        with function(None, proxy) as f:
            # One that can be read while it arrives is done as far as it came.
            answer = f.invoke({"uri": "s3://bucket/in/spread.zip"}, seconds=seconds)
            assert answer.kind == "response", answer.body
            reply = answer.json
            assert not reply["complete"] and reply["error_type"] == "Thresh.Deadline", reply
            assert reply["not_done"]["from_index"] == len(reply["records"]) >= 4, reply["not_done"]
    on_a_busy_machine(at_a_deadline, 4)
    proxy.close()


def test_objects_that_change():
    """412 between two ranges: read again from the start, and then all of it is the new one."""
    other = spread(30, MIB + 80)
    swift.put("/bucket/in/changing.zip", spread())
    changed = []

    def fault(request):
        if "bytes=0-" not in request.headers.get("range", "") and not changed:
            changed.append(1)
            swift.put("/bucket/in/changing.zip", other)
        return None
    proxy = Proxy(swift.port, fault)
    with function(None, proxy) as f:
        assert records_of(f, "s3://bucket/in/changing.zip", seconds=120) == \
            ["wellformed"] * 30

        def always(request):
            return slow_down(412, "PreconditionFailed") if "if-match" in request.headers else None
        proxy.fault = always
        answer = f.invoke({"uri": "s3://bucket/in/changing.zip"}, seconds=60)
        assert answer.json["errorType"] == "S3.ObjectChanges", answer.body
    proxy.close()


def test_no_room_in_tmp():
    if os.geteuid() or not os.path.exists("/usr/bin/unshare"):
        skip("not as root: a full /tmp was not tested")
    with tempfile.TemporaryDirectory() as small:
        script = "mount -t tmpfs -o size=16m tmpfs %s 2>/dev/null || exit 99; exec \"$0\"" % small
        f = Function({}, swift.variables(TMPDIR=small),
                     command=["unshare", "-m", "sh", "-c", script, os.environ["THRESH"]])
        if not f.runtime.first_next.wait(10):
            f.close()
            skip("mounting is not allowed here: a full /tmp was not tested")
        answer = f.invoke({"uri": "s3://bucket/in/large.zip"})
        assert answer.json["errorType"] == "Thresh.Storage", answer.body
        assert "EphemeralStorage" in answer.json["errorMessage"]
        assert f.invoke({"uri": "s3://bucket/in/a.zip"}).json["complete"]
        swift.put("/bucket/in/spool.tar.gz", tar([9 * MIB, 9 * MIB, 9999], "w:gz"))
        reply = f.invoke({"uri": "s3://bucket/in/spool.tar.gz"}).json
        assert reply["complete"] and not reply["good"], reply
        assert [r["verdict"] for r in reply["records"]] == [
            "wellformed", "unreadable", "wellformed"], reply
        error = reply["records"][1]["errors"][0]
        assert error["code"] == "limit-total" and "EphemeralStorage" in error["message"], error
        assert not f.close()


try:
    main()
finally:
    if not swift.goes_on:
        swift.close()
