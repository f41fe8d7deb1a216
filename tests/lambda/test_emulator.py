#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The bootstrap under AWS's Runtime Interface Emulator, which is no part of the project:

    THRESH_RIE=/path/to/aws-lambda-rie ctest --test-dir build -R lambda.emulator

The bootstrap is the one that was built, and the one of the package where `static-packages` has made it."""
import base64
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

from command import SANITIZED, SOURCE, THRESH, main, path, zipped

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from s3_stub import REGION, S3, Keys  # noqa: E402

RIE = os.environ.get("THRESH_RIE")
if not RIE:
    print("SKIPPED: THRESH_RIE is not set (the path of aws-lambda-rie): NOTHING was run under the Runtime "
          "Interface Emulator")
    sys.exit(77)

PLACE = os.path.dirname(os.path.abspath(THRESH))
PACKAGE = os.path.join(os.environ.get("THRESH_PACKAGES") or PLACE, "thresh-lambda-%s.zip" % {
    "x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine()))
BOOTSTRAPS = [os.path.join(PLACE, "thresh-bootstrap")]
if os.path.exists(PACKAGE) and not SANITIZED:
    with zipfile.ZipFile(PACKAGE) as package:
        BOOTSTRAPS.append(package.extract("bootstrap", path("package")))
    os.chmod(BOOTSTRAPS[-1], 0o755)
else:
    print("(%s is not there: only the bootstrap of the build is run)" % PACKAGE)

SCHEMA = path("a.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
<xs:complexType><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:complexType>
</xs:element></xs:schema>""")
FEED = zipped(["<a><b>1</b></a>", "<a><b>x</b></a>", "<a>"])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Emulator:
    """A function of its own, one invocation at a time; `body` is answered without the status, which
    the emulator has no use for."""

    def __init__(self, bootstrap, job=None, env=None, seconds=60):
        self.directory = tempfile.TemporaryDirectory()
        self.logs_path = os.path.join(self.directory.name, "logs")
        self.port = free_port()
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("AWS_", "THRESH_"))}
        environment.update({
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_REGION": REGION,
            "TMPDIR": self.directory.name})
        if job:
            environment["THRESH_JOB"] = os.path.join(self.directory.name, "thresh.json")
            with open(environment["THRESH_JOB"], "w", encoding="utf-8") as file:
                json.dump(job, file)
        environment.update(env or {})
        with open(self.logs_path, "wb") as logs:
            self.process = subprocess.Popen(
                [RIE, "--runtime-interface-emulator-address", "127.0.0.1:%d" % self.port,
                 "--runtime-api-address", "127.0.0.1:%d" % free_port(), bootstrap],
                env=environment, stdout=logs, stderr=logs, stdin=subprocess.DEVNULL)
        while True:
            assert self.process.poll() is None, self.logs()
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.02)

    def post(self, event):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("POST", "/2015-03-31/functions/function/invocations",
                           event if isinstance(event, bytes) else json.dumps(event))
        body = connection.getresponse().read()
        connection.close()
        return body

    def invoke(self, event):
        return json.loads(self.post(event))

    def logs(self):
        with open(self.logs_path, encoding="utf-8") as logs:
            return logs.read()

    def lines(self):
        return [json.loads(line) for line in self.logs().splitlines() if line.startswith("{")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()


def direct(documents, **more):
    return {"archive_base64": base64.b64encode(zipped(documents)).decode(), "name": "x.zip", **more}


def verdicts(answer):
    return [record["verdict"] for record in answer["records"]]


def test_a_direct_event_has_its_records():
    for bootstrap in BOOTSTRAPS:
        with Emulator(bootstrap, {"schema": SCHEMA}) as e:
            event = direct(["<a><b>1</b></a>", "<a><b>x</b></a>", "<a>", "<c/>"])
            for _ in range(3):
                answer = e.invoke(event)
                assert verdicts(answer) == ["valid", "invalid", "malformed", "invalid"], answer
                assert answer["complete"] and not answer["good"], answer
            answer = e.invoke({**event, "extract": {"b": "string(/a/b)"}})
            assert [r.get("fields") for r in answer["records"]][:2] == [{"b": "1"}, {"b": "x"}], answer
            refused = e.invoke({**event, "exctract": {}})
            assert 'did you mean "extract"' in refused["errorMessage"], refused
            metrics = [line for line in e.lines() if "_aws" in line]
            assert [m["ArchivesFailed"] for m in metrics] == [0, 0, 0, 0, 1], metrics


def with_s3(check):
    for bootstrap in BOOTSTRAPS:
        s3 = S3()
        keys = s3.add(Keys())
        s3.objects["data", "in/2024/feed.zip"] = FEED
        env = {"AWS_ENDPOINT_URL_S3": s3.endpoint, "AWS_ACCESS_KEY_ID": keys.id,
               "AWS_SECRET_ACCESS_KEY": keys.secret, "AWS_SESSION_TOKEN": keys.token}
        with Emulator(bootstrap, {"schema": SCHEMA, "output": "s3://out/{key}.ndjson"}, env) as e:
            check(e, s3)
        assert not s3.close(), s3.violations


def notification(key):
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {
        "bucket": {"name": "data"}, "object": {"key": key}}}]}


def test_an_event_of_s3_is_answered_and_its_records_are_there():
    def check(e, s3):
        answer = e.invoke(notification("in/2024/feed.zip"))
        assert answer["complete"], answer
        records = [json.loads(line) for line in s3.objects["out", "in/2024/feed.zip.ndjson"].splitlines()]
        assert [record["verdict"] for record in records] == ["valid", "invalid", "malformed"], records
        assert records[0]["path"] == "in/2024/feed.zip!/0000.xml", records[0]
        assert e.invoke(notification("missing.zip"))["errorType"] == "S3.NoSuchKey"
    with_s3(check)


def test_of_a_queue_those_messages_fail_that_have_to():
    def check(e, s3):
        bodies = [json.dumps(notification("in/2024/feed.zip")), "nonsense", "null",
                  json.dumps(notification("missing.zip"))]
        answer = e.invoke({"Records": [{"messageId": str(i), "eventSource": "aws:sqs", "body": body}
                                       for i, body in enumerate(bodies)]})
        assert answer == {"batchItemFailures": [{"itemIdentifier": n} for n in "123"]}, answer
        record, = [line for line in e.lines() if "_aws" in line]
        assert (record["Archives"], record["ArchivesFailed"]) == (4, 3), record
        assert sum(line.get("level") == "ERROR" for line in e.lines()) == 3, e.logs()
        assert ("out", "in/2024/feed.zip.ndjson") in s3.objects
    with_s3(check)


def test_state_machines_and_batch_operations_have_their_answers():
    def check(e, _):
        answer = e.invoke({"Items": [{"Key": "in/2024/feed.zip"}], "BatchInput": {"bucket": "data"}})
        assert answer["results"][0]["stats"]["documents"] == 3, answer
        answer = e.invoke({"invocationSchemaVersion": "1.0", "invocationId": "i", "job": {"id": "j"}, "tasks": [
            {"taskId": str(n), "s3Key": key, "s3BucketArn": "arn:aws:s3:::data"}
            for n, key in enumerate(["in/2024/feed.zip", "missing.zip"])]})
        assert [r["resultCode"] for r in answer["results"]] == ["Succeeded", "PermanentFailure"], answer
    with_s3(check)


def request(body, query=""):
    return {"version": "2.0", "rawQueryString": query, "isBase64Encoded": True,
            "requestContext": {"http": {"method": "POST"}}, "body": base64.b64encode(body).decode()}


def test_a_url_has_statuses_of_its_own():
    for bootstrap in BOOTSTRAPS:
        with Emulator(bootstrap, {"schema": SCHEMA}) as e:
            answer = e.invoke(request(FEED, "format=csv&name=y.zip"))
            assert answer["statusCode"] == 200 and "y.zip!/0000.xml" in answer["body"], answer
            assert e.invoke(request(b"hello world"))["statusCode"] == 422
            assert e.invoke(request(FEED, "schema=x.xsd"))["statusCode"] == 400


LAUGHS = "<!DOCTYPE a [<!ENTITY l0 'ha'>%s]><a>&l30;</a>" % "".join(
    "<!ENTITY l%d '&l%d;&l%d;'>" % (i + 1, i, i) for i in range(30))


def test_a_document_made_to_harm_has_its_record_and_the_next_event_its_answer():
    for bootstrap in BOOTSTRAPS:
        with Emulator(bootstrap) as e:
            answer = e.invoke(direct([
                LAUGHS, "<a>" * 5000 + "</a>" * 5000, "<a" + " b='" * 9999,
                "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "<a/>"]))
            assert verdicts(answer) == ["unreadable", "unreadable", "malformed", "wellformed", "wellformed"]
            assert not answer["good"] and "root:" not in json.dumps(answer), answer
            assert verdicts(e.invoke(direct(["<a/>"]))) == ["wellformed"]


# Each of its elements looks at all that follow.
SLOW = {"extract": {"n": "count(//b[following::b = 'x'])"}}


def test_time_that_is_up_between_documents_costs_none_that_is_done():
    """On a busy machine a document may take the time that is kept back: then there is more of it."""
    def is_stopped(bootstrap, seconds):
        with Emulator(bootstrap, seconds=seconds) as e:
            answer = e.invoke(direct(["<a>" + "<b>1</b>" * 500 + "</a>"] * 20000, job=SLOW))
            if "inside one document" in answer.get("errorMessage", "") and seconds < 16:
                return False
            assert answer["error_type"] == "Thresh.Deadline" and not answer["complete"], answer
            assert 0 < len(answer["records"]) < 20000, len(answer["records"])
            assert verdicts(e.invoke(direct(["<a/>"]))) == ["wellformed"]
            return True

    for bootstrap in BOOTSTRAPS:
        assert any(is_stopped(bootstrap, seconds) for seconds in (4, 8, 16))


def test_time_that_is_up_inside_a_document_is_told():
    """The emulator ends the bootstrap, and does not start it again, as Lambda does: so far it goes."""
    for bootstrap in BOOTSTRAPS:
        with Emulator(bootstrap, seconds=3) as e:
            e.post(direct(["<a/>", "<a>" + "<b>1</b>" * 90000 + "</a>"], job=SLOW))
            told, = [line for line in e.lines() if "inside one document" in line.get("message", "")]
            assert told["level"] == "ERROR" and told["requestId"] and "x.zip" in told["message"], told
            record, = [line for line in e.lines() if "_aws" in line]
            assert record["ArchivesIncomplete"] == 1 and record["requestId"] == told["requestId"], record


def test_a_function_that_cannot_begin_says_why():
    """In its log: what it answers to /init/error, the emulator's callers are not told."""
    for bootstrap in BOOTSTRAPS:
        with Emulator(bootstrap, env={"THRESH_SCHEMAS": SCHEMA}) as e:
            e.post(direct(["<a/>"]))
            fatal, = [line for line in e.lines() if line.get("level") == "FATAL"]
            assert "THRESH_SCHEMAS" in fatal["message"] and "THRESH_SCHEMA" in fatal["message"], fatal


if __name__ == "__main__":
    main()
