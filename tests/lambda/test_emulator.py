#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The bootstrap under AWS's own Runtime Interface Emulator, where THRESH_RIE names one: what the stub of
the Runtime API believes of Lambda is held against what AWS wrote."""
import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import time

from command import THRESH, main, path, skip, zipped

EMULATOR = os.environ.get("THRESH_RIE")
SCHEMA = path("a.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
<xs:complexType><xs:sequence><xs:element name="b" type="xs:int" maxOccurs="unbounded"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>""")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Emulated:
    def __init__(self, job=None, seconds=20, **variables):
        if not EMULATOR:
            skip("THRESH_RIE names no aws-lambda-rie: the emulator was NOT tried")
        self.port = free_port()
        self.log = open(path("log"), "wb")
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("AWS_", "THRESH_"))}
        environment.update(AWS_LAMBDA_FUNCTION_TIMEOUT=str(seconds), AWS_REGION="eu-west-3",
                           AWS_LAMBDA_FUNCTION_MEMORY_SIZE="512", AWS_LAMBDA_FUNCTION_NAME="f",
                           AWS_LAMBDA_LOG_FORMAT="JSON", THRESH_JOB=path("job", json.dumps(job or {})),
                           **variables)
        self.process = subprocess.Popen(
            [EMULATOR, "--log-level", "warning", "--runtime-interface-emulator-address",
             "127.0.0.1:%d" % self.port, "--runtime-api-address", "127.0.0.1:%d" % free_port(),
             THRESH, "lambda"], env=environment, stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, start_new_session=True)

    def invoke(self, event):
        """The answer's bytes; the emulator has no other way to tell an error."""
        until = time.time() + 60
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                connection.request("POST", "/2015-03-31/functions/function/invocations",
                                   event if isinstance(event, bytes) else json.dumps(event))
                return connection.getresponse().read()
            except ConnectionRefusedError:
                assert time.time() < until, "the emulator does not start"
                time.sleep(0.1)
            finally:
                connection.close()

    def logs(self):
        return open(path("log"), encoding="utf-8", errors="replace").read()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
        if kind:
            print(self.logs()[-3000:])


def direct(content, **more):
    return {"archive_base64": base64.b64encode(content).decode(), "name": "x.zip", **more}


SMALL = zipped(["<a><b>1</b></a>", "<a><b>x</b></a>", "<a>"])


def test_events_are_answered_one_after_the_other():
    with Emulated({"schema": SCHEMA}) as function:
        for _ in range(5):
            answer = json.loads(function.invoke(direct(SMALL)))
            assert [r["verdict"] for r in answer["records"]] == ["valid", "invalid", "malformed"]
        assert json.loads(function.invoke({"no": "kind"}))["errorType"] == "Thresh.EventUnknown"
        assert json.loads(function.invoke(b"no json"))["errorType"] == "Thresh.EventUnknown"
        assert json.loads(function.invoke(direct(SMALL)))["complete"]
        queue = {"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": "nonsense"}]}
        assert json.loads(function.invoke(queue)) == {"batchItemFailures": [{"itemIdentifier": "m"}]}


def test_what_does_not_fit_asks_for_an_output():
    with Emulated() as function:
        large = zipped(["<a/>"] * 30000)
        answer = json.loads(function.invoke(direct(large)))
        assert answer["errorType"] == "Thresh.ResponseTooLarge", answer
        padded = direct(SMALL, name="x" * 100)
        padded["archive_base64"] += "\n" * (6291556 - len(json.dumps(padded)) - 4 >> 1)
        assert json.loads(function.invoke(padded))["complete"]


def test_http_is_answered_whole_and_as_a_stream():
    event = {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/"}},
             "isBase64Encoded": True, "body": base64.b64encode(SMALL).decode()}
    with Emulated() as function:
        answer = json.loads(function.invoke(event))
        assert answer["statusCode"] == 200 and answer["body"].count("\n") == 3, answer
    with Emulated(THRESH_RESPONSE="stream") as function:
        prelude, body = function.invoke(event).split(b"\0" * 8)
        assert json.loads(prelude)["statusCode"] == 200 and body.count(b"\n") == 3, body


def test_the_time_of_an_invocation_is_kept():
    with Emulated({"schema": SCHEMA, "backend": "sequential"}, seconds=3) as function:
        some = "<a>" + "<b>1</b>" * 20000 + "</a>"
        answer = json.loads(function.invoke(direct(zipped([some] * 4000))))
        assert not answer["complete"] and answer["not_done"], answer
        assert json.loads(function.invoke(direct(SMALL)))["complete"]


def test_a_document_that_takes_all_the_time_is_told():
    with Emulated({"schema": SCHEMA, "backend": "sequential"}, seconds=2) as function:
        endless = "<a>" + "<b>1</b>" * 20000000 + "</a>"
        answer = function.invoke(direct(zipped(["<a><b>1</b></a>", endless]),
                                        job={"max-document-bytes": 0, "max-ratio": 0}))
        assert b"Thresh.Deadline" in answer and b"inside one document" in answer, answer
        assert "Thresh.Deadline" in function.logs()


def test_a_job_that_is_wrong_is_an_error_of_init():
    with Emulated({"schema": "/missing.xsd"}) as function:
        function.invoke(direct(SMALL))
        assert "missing.xsd" in function.logs()


main()
