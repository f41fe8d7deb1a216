#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""With what requests to S3 are signed: the environment's keys, a container's, those of a session with a
directory bucket; and who pays for them."""
import os
import subprocess
import sys

from command import SOURCE, main, path, zipped

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from runtime_stub import Function  # noqa: E402
from s3_stub import REGION, S3, Container, Keys  # noqa: E402

ARCHIVE = zipped(["<a/>", "<a>"])
DIRECTORY = "fast--usw2-az1--x-s3"
SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>"""


def function(s3, keys=None, job=None, **variables):
    own = {"AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret,
           "AWS_SESSION_TOKEN": keys.token} if keys else {}
    return Function(job or {}, {"AWS_REGION": REGION, "AWS_ENDPOINT_URL_S3": s3.endpoint, **own,
                                **variables})


def works(f, bucket="bucket"):
    answer = f.invoke({"uri": "s3://%s/in/a.zip" % bucket})
    assert answer.kind == "response" and answer.json["complete"], answer.body
    return answer.json


def error(f, bucket="bucket"):
    answer = f.invoke({"uri": "s3://%s/in/a.zip" % bucket})
    assert answer.kind == "error", answer.body
    return answer.json["errorType"], answer.json["errorMessage"]


def server(**options):
    s3 = S3(**options)
    for bucket in ("bucket", DIRECTORY):
        s3.objects[bucket, "in/a.zip"] = ARCHIVE
    return s3


# -- Containers ---------------------------------------------------------------------------------------
def test_keys_come_from_the_container_and_are_kept():
    s3 = server()
    container = Container(lambda: s3.add(Keys()))
    with function(s3, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer please",
                  job={"output": "s3://bucket/out/{key}"}) as f:
        for _ in range(3):
            works(f)
        # One client fetches, another stores: each has asked once.
        assert len(container.requests) == 2, len(container.requests)
        assert "SECRET" not in f.logs() and "please" not in f.logs()
    assert not s3.close() + container.close()


def test_the_environment_goes_before_the_container():
    s3 = server()
    container = Container(Keys)
    with function(s3, s3.add(Keys()), AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri) as f:
        works(f)
    assert not container.requests
    assert not s3.close() + container.close()


def test_keys_that_end_are_replaced():
    s3 = server()
    container = Container(lambda: s3.add(Keys(seconds=30)))  # less than they are kept for
    token = path("token", "one")
    container.token = "one"
    with function(s3, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN="not this one") as f:
        works(f)
        container.token = "two"
        path("token", "two")  # it is read anew each time
        works(f)
        assert len(container.requests) == 2
    # Keys that end before their time are asked for once more.
    container.make = lambda: s3.add(Keys())
    with function(s3, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token) as f:
        works(f)
        for keys in s3.keys.values():
            keys.until = 0
        works(f)
        container.make = lambda: s3.add(Keys(seconds=-9999))
        for keys in s3.keys.values():
            keys.until = 0
        assert error(f)[0] == "S3.ExpiredToken"
    assert not s3.close() + container.close()


def test_a_container_that_gives_none_is_told():
    s3 = server()
    container = Container(lambda: s3.add(Keys()))

    def told(uri=container.uri, **variables):
        with function(s3, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri, **variables) as f:
            kind, text = error(f)
            assert kind == "S3.NoCredentials", (kind, text)
            return text

    assert "answered 401" in told() and "who are you?" in told()
    assert "line break" in told(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=path("broken", "a\nHost: b"))
    assert "cannot be read" in told(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/none")
    asked = len(container.requests)
    for uri in ("http://example.com/keys", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/", "127"):
        assert "neither https nor http to the loopback" in told(uri), uri
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in told("")
    assert len(container.requests) == asked
    # What may pass is tried again.
    container.faults = [500, 429]
    with function(s3, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri,
                  AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer please") as f:
        works(f)
    assert not s3.close() + container.close()


# -- Directory buckets --------------------------------------------------------------------------------
def calls(s3):
    return sum(request.query == "session=" for request in s3.requests)


def test_a_directory_bucket_is_read_and_written_in_a_session():
    s3 = server()
    s3.objects[DIRECTORY, "schema/a.xsd"] = SCHEMA
    job = {"output": "s3://%s/out/{key}" % DIRECTORY, "schema": "s3://%s/schema/a.xsd" % DIRECTORY}
    with function(s3, s3.add(Keys()), job, THRESH_REQUEST_PAYER="requester") as f:
        for _ in range(3):
            works(f, DIRECTORY)
        assert calls(s3) == 2, calls(s3)
        works(f)  # of an ordinary bucket, into the other
    assert s3.objects[DIRECTORY, "out/in/a.zip"].count(b"\n") == 2
    assert not s3.close()


def test_a_session_that_ends_is_replaced():
    s3 = server()
    s3.session_seconds = 30
    with function(s3, s3.add(Keys())) as f:
        works(f, DIRECTORY)
        works(f, DIRECTORY)
        assert calls(s3) == 2
        s3.session_seconds = 300
        works(f, DIRECTORY)
        for keys in s3.sessions.values():
            keys.until = 0
        works(f, DIRECTORY)
        assert calls(s3) == 4
        s3.refuse = lambda request: (503, "SlowDown") if request.query == "session=" and len(
            s3.requests) % 2 else None
        for keys in s3.sessions.values():
            keys.until = 0
        works(f, DIRECTORY)
    assert not s3.close()


def test_no_session_is_told_with_what_the_role_needs():
    s3 = server()
    s3.refuse = lambda request: (403, "AccessDenied") if request.query == "session=" else None
    with function(s3, s3.add(Keys())) as f:
        kind, text = error(f, DIRECTORY)
        assert kind == "S3.AccessDenied" and "s3express:CreateSession" in text, text
        assert len(s3.requests) == 1
    assert not s3.close()


def test_hosts_are_those_of_the_bucket():
    """Through a proxy that is told the names of Amazon's hosts."""
    names = ["*.s3.%s.amazonaws.com" % REGION, "s3.%s.amazonaws.com" % REGION,
             "*.s3express-usw2-az1.%s.amazonaws.com" % REGION]
    key, certificate = path("key.pem"), path("certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=s3", "-addext", "subjectAltName=" + ",".join("DNS:" + n for n in names),
                    "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    s3 = server(certificate=(certificate, key))
    s3.objects["with.dots", "in/a.zip"] = ARCHIVE
    with function(s3, s3.add(Keys()), AWS_ENDPOINT_URL_S3="", https_proxy=s3.endpoint,
                  AWS_CA_BUNDLE=certificate) as f:
        for bucket in ("bucket", DIRECTORY, "with.dots"):
            works(f, bucket)
    assert [host.rpartition(":")[0] for host in dict.fromkeys(s3.hosts)] == [
        "bucket.s3.%s.amazonaws.com" % REGION,
        "%s.s3express-usw2-az1.%s.amazonaws.com" % (DIRECTORY, REGION),
        "s3.%s.amazonaws.com" % REGION], s3.hosts
    assert not s3.close()


# -- Who pays -----------------------------------------------------------------------------------------
def test_the_requester_pays_where_the_operator_says_so():
    s3 = server()
    s3.payer = {"bucket"}
    job = {"output": "s3://bucket/out/{key}"}
    with function(s3, s3.add(Keys()), job) as f:
        kind, text = error(f)
        assert kind == "S3.AccessDenied" and "THRESH_REQUEST_PAYER=requester" in text, text
    with function(s3, s3.add(Keys()), job, THRESH_REQUEST_PAYER="requester") as f:
        works(f)
    f = function(s3, s3.add(Keys()), job, THRESH_REQUEST_PAYER="owner")
    assert f.process.wait(30) and "is not requester" in f.runtime.init_error["errorMessage"]
    assert not f.close() + s3.close()


main()
