#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The environments that Lambda runs a bootstrap in, but for the plain one: managed instances, where many
invocations go on at a time in one process; snapshots; environments that are made ahead of events."""
import base64
import concurrent.futures
import json
import os
import signal
import sys
import time

from command import SANITIZED, SOURCE, THRESH, main, path, skip, zipped

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from runtime_stub import Function, Runtime  # noqa: E402
from s3_stub import REGION, S3, Container, Keys  # noqa: E402

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>
<xs:sequence><xs:element name="b" type="xs:int" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>"""
A = path("a.xsd", SCHEMA)


def direct(documents, **more):
    return {"archive_base64": base64.b64encode(zipped(documents)).decode(), "name": "x.zip", **more}


def managed(concurrency, job=None, env=None):
    return Function(job or {}, env, runtime=Runtime(concurrency))


def until(condition):
    while not condition():
        time.sleep(0.02)


def verdicts(answer):
    return [record["verdict"] for record in answer.json["records"]]


# Each of its elements looks at all that follow: small to send, and long whatever the build.
LOOKS = {"extract": {"n": "count(//b[following::b = 'x'])"}}


def long_document(seconds):
    """One that takes as long, or longer, with the job LOOKS."""
    return "<a>" + "<b>1</b>" * int(7000 * seconds ** 0.5) + "</a>"


# -- Managed instances --------------------------------------------------------------------------------
def test_as_many_ask_as_there_may_be_invocations_at_a_time():
    with managed(5, {"schema": A}) as f:
        until(lambda: f.runtime.polls == 5)
        slow = [f.invoke(direct([long_document(0.5)], job=LOOKS), wait=False) for _ in range(4)]
        until(lambda: f.runtime.polls == 1)
        assert not any(invocation.done for invocation in slow)
        assert verdicts(f.invoke(direct(["<a/>"]))) == ["valid"]
        for invocation in slow:
            assert verdicts(f.answer(invocation)) == ["valid"]
        until(lambda: f.runtime.polls == 5)
        told = [line["requestId"] for line in f.log_lines() if line.get("message") == "x.zip"]
        assert sorted(told) == sorted(f.runtime.invocations), told


def test_no_invocation_has_what_belongs_to_another():
    """Jobs, records, logs and metrics of many that go on side by side."""
    def one(n):
        documents = ["<a><b>%d</b></a>" % i for i in range(n)] + ["<a>%d</a>" % n] * (n % 7)
        job = [{"schema": A}, {"extract": {"n": "count(//b)"}}, {"max-errors": n % 5}][n % 3]
        answer = f.invoke(direct(documents, job=job, name="%d.zip" % n), seconds=120)
        assert answer.kind == "response", answer.body
        assert answer.json["stats"]["entries"] == len(documents)
        for i, record in enumerate(answer.json["records"]):
            wanted = "wellformed" if n % 3 else "valid" if i < n else "invalid"
            assert record["verdict"] == wanted, (n, record)
            assert record["path"].startswith("%d.zip!/" % n), (n, record)
            if n % 3 == 1:
                assert record["fields"] == {"n": 1 if i < n else 0}, (n, record)

    with managed(8) as f:
        with concurrent.futures.ThreadPoolExecutor(16) as threads:
            list(threads.map(one, range(1, 120)))
        records = [line for line in f.log_lines() if "_aws" in line]
        assert len(records) == 119 and len({line["requestId"] for line in records}) == 119
        if not SANITIZED:
            assert not f.memory_holds(b"_X_AMZN_TRACE_ID="), "one trace for all"


def test_memory_is_shared_by_all_at_a_time():
    """256 MB: 64 are kept, and of 192 a quarter of four times 48 MiB."""
    def of(n, mib):
        with managed(n, env={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}) as f:
            record = f.invoke(direct(["<a>" + "x" * ((mib << 20) + 9) + "</a>"])).json["records"][0]
            assert "more than %d;" % (mib << 20) in record["errors"][0]["message"], record
    of(1, 48)
    of(4, 12)


def test_late_is_answered_and_the_others_go_on():
    with managed(2, {"schema": A}) as f:
        late = f.invoke(direct(["<a/>", long_document(2)], job=LOOKS), seconds=1.5, wait=False)
        assert verdicts(f.invoke(direct(["<a/>"]))) == ["valid"]
        answer = f.answer(late)
        assert answer.kind == "error" and answer.json["errorType"] == "Thresh.Deadline", answer.body
        assert "x.zip" in answer.json["errorMessage"]
        assert verdicts(f.invoke(direct(["<a/>"]))) == ["valid"]
        until(lambda: f.runtime.polls == 2)
        assert late.statuses == [202], late.statuses
        told = [line for line in f.log_lines() if line.get("requestId") == late.id]
        assert sum("message" in line for line in told) == 1, told
        assert sum("_aws" in line for line in told) == 1, told
        assert f.process.poll() is None


def test_processes_begin_where_nothing_else_runs():
    """Isolated runs and guarded schemas among others."""
    def one(n):
        job = [{"isolate": True}, {"schema": A}, {}, {"schema": path("%d.xsd" % n, SCHEMA)}][n % 4]
        answer = f.invoke(direct(["<a/>"] * 30, job={**job, "max-depth": 100 + n}), seconds=120)
        assert answer.kind == "response" and answer.json["good"], answer.body

    with managed(4) as f:
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            list(threads.map(one, range(48)))


# Libxml2 lists the elements that each side of an interleave may be: two to the fortieth.
ENDLESS = path("endless.rng", (
    '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a"><interleave>'
    '<ref name="d0"/><ref name="d0"/></interleave></element></start>%s<define name="d40"><empty/></define>'
    '</grammar>') % "".join('<define name="d%d"><choice><ref name="d%d"/><ref name="d%d"/></choice></define>'
                            % (i, i + 1, i + 1) for i in range(40)))


def test_nobody_waits_for_what_another_compiles_or_isolates():
    with managed(4) as f:
        until(lambda: f.runtime.polls == 4)
        endless = f.invoke(direct(["<a/>"], job={"schema": ENDLESS}), seconds=60, wait=False)
        late = f.invoke(direct([long_document(4)], job={**LOOKS, "isolate": True}), seconds=60, wait=False)
        until(lambda: f.runtime.polls == 2)
        for n, job in enumerate([{}, {"schema": A}, {"schema": path("n.xsd", SCHEMA)}, {"isolate": True},
                                 {"schema": A, "isolate": True}, {"timeout": 9}]):
            answer = f.invoke(direct(["<a/>"] * 30, job=job), seconds=60)
            assert answer.kind == "response" and answer.json["good"], (n, answer.body)
            assert not endless.done and not late.done, n
            assert answer.json["stats"]["backend"] == ("fork" if n > 2 else answer.json["stats"]["backend"])
        assert "compiling the schema takes longer" in f.answer(endless).json["errorMessage"]
        assert f.answer(late).kind == "response"


def test_who_wants_the_same_schema_waits_and_hears_why():
    """No longer than until its own time is up."""
    with managed(2) as f:
        until(lambda: f.runtime.polls == 2)
        first = f.invoke(direct(["<a/>"], job={"schema": ENDLESS}), seconds=30, wait=False)
        until(lambda: f.runtime.polls == 1)
        time.sleep(0.5)
        answer = f.invoke(direct(["<a/>"], job={"schema": ENDLESS}), seconds=3)
        assert answer.json["errorType"] == "Thresh.Deadline", answer.body
        assert "the same schemas were being compiled for another" in answer.json["errorMessage"], answer.body
        assert not first.done
        assert f.answer(first).json["errorType"] == "Runtime.ConfigInvalid"


def test_an_isolated_run_apart_is_like_any_other():
    """Its records, limits, deadline and what it loses, in a process that another one forked."""
    documents = ["<a><b>%d</b></a>" % i for i in range(400)] + ["<a><b>x</b></a>", "<a>"]
    with managed(2, {"schema": A}) as f:
        apart = f.invoke(direct(documents, job={"isolate": True, "jobs": 2})).json
        here = f.invoke(direct(documents)).json
        assert apart["records"] == here["records"] and len(here["records"]) == 402
        assert apart["stats"]["backend"] == "fork" and apart["stats"]["isolation"], apart["stats"]
        assert apart["stats"]["verdicts"] == here["stats"]["verdicts"]
        lost = f.invoke(direct(["<a/>", long_document(4), "<a/>"], job={**LOOKS, "timeout": 0.5})).json
        assert [r["verdict"] for r in lost["records"]] == ["valid", "timeout", "valid"], lost
        stopped = f.invoke(direct([long_document(0.005)] * 4000, job={**LOOKS, "isolate": True}), seconds=5).json
        assert stopped.get("error_type") == "Thresh.Deadline" and not stopped["complete"], stopped
        assert 0 < len(stopped["records"]) < 4000, stopped["not_done"]
        until(lambda: f.runtime.polls == 2)


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as listed:
        return [int(child) for child in listed.read().split()]


def test_without_the_process_that_forks_all_ends():
    f = managed(2)
    until(lambda: f.runtime.polls == 2)
    os.kill(children(f.process.pid)[0], signal.SIGKILL)
    answer = f.invoke(direct(["<a/>"], job={"isolate": True}))
    assert answer.kind == "error" and "process" in answer.json["errorMessage"], answer.body
    assert f.process.wait(30) != 0
    f.close()


def test_nobody_waits_for_a_process_that_is_stopped():
    """The one at a run, its worker, and the one that starts others, which nothing can replace."""
    isolated = {**LOOKS, "isolate": True, "jobs": 1}
    f = managed(2)
    until(lambda: f.runtime.polls == 2)
    server, = children(f.process.pid)
    run = f.invoke(direct([long_document(60)], job=isolated), seconds=600, wait=False)
    until(lambda: children(server))
    os.kill(children(server)[0], signal.SIGSTOP)
    answer = f.answer(run)
    assert answer.kind == "error" and "no process could do it" in answer.json["errorMessage"], answer.body
    run = f.invoke(direct([long_document(4)], job=isolated), seconds=600, wait=False)
    until(lambda: children(server) and children(children(server)[0]))
    os.kill(children(children(server)[0])[0], signal.SIGSTOP)
    assert verdicts(f.answer(run)) == ["wellformed"]
    until(lambda: f.runtime.polls == 2)  # who saw it before asking for an event would not ask
    os.kill(server, signal.SIGSTOP)
    answer = f.invoke(direct(["<a/>"], job=isolated), seconds=600)
    assert answer.kind == "error" and "was stopped" in answer.json["errorMessage"], answer.body
    assert f.process.wait(30) != 0
    f.close()


def test_one_that_gives_up_ends_all():
    f = managed(3)
    until(lambda: f.runtime.polls == 3)
    f.runtime.faults.put("500")
    f.invoke(direct(["<a/>"]))
    assert f.process.wait(30) != 0
    assert not os.listdir(f.temp_dir)
    f.close()
    for wrong in "0", "1601", "100000":
        f = managed(wrong)
        assert f.process.wait(30), wrong
        assert "'%s' is no number from 1 to 1600" % wrong in f.runtime.init_error["errorMessage"]
        assert not f.close()


def test_threads_that_cannot_be_had_are_an_init_error():
    """Before any of those that could be started asks for an event."""
    if SANITIZED:
        skip("a sanitizer takes more addresses than this limit leaves")
    f = Function({}, runtime=Runtime(500), command=["sh", "-c", "ulimit -v 2000000; exec \"$0\"", THRESH])
    assert f.process.wait(30)
    assert "for each of 500 invocations at a time" in f.runtime.init_error["errorMessage"]
    assert not f.runtime.first_next.is_set() and not os.listdir(f.temp_dir)
    assert not f.close()


# -- Ahead of events ----------------------------------------------------------------------------------
INIT_SECONDS = 8  # of an environment that an event waits for, before what is not ready is left for later


def schema_that_is_held():
    """In a server that answers when it is told to."""
    s3 = S3()
    keys = s3.add(Keys())
    s3.objects["bucket", "schema/a.xsd"] = SCHEMA.encode()
    s3.objects["bucket", "x.zip"] = zipped(["<a/>"])
    s3.is_to_answer.clear()
    return s3, {"AWS_REGION": REGION, "AWS_ENDPOINT_URL_S3": s3.endpoint, "AWS_ACCESS_KEY_ID": keys.id,
                "AWS_SECRET_ACCESS_KEY": keys.secret, "AWS_SESSION_TOKEN": keys.token}


def test_the_limit_of_init_is_that_of_environments_that_are_waited_for():
    job = {"schema": "s3://bucket/schema/a.xsd"}
    for kind in ("provisioned-concurrency", "on-demand"):
        s3, env = schema_that_is_held()
        with Function(job, {**env, "AWS_LAMBDA_INITIALIZATION_TYPE": kind}) as f:
            if kind == "on-demand":
                f.runtime.first_next.wait()
                assert "schemas are ready" not in f.logs()
            else:
                assert not f.runtime.first_next.wait(INIT_SECONDS + 1)
            s3.is_to_answer.set()
            f.runtime.first_next.wait()
            assert kind == "on-demand" or "schemas are ready" in f.logs()
            assert verdicts(f.invoke(direct(["<a/>"]))) == ["valid"]
        assert not s3.close()


def test_a_snapshot_is_taken_when_all_is_ready():
    s3, env = schema_that_is_held()
    container = Container(lambda: s3.add(Keys()))
    for name in list(env):
        if name.startswith("AWS_ACCESS") or name.startswith("AWS_SE"):
            del env[name]
    env.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=container.uri,
               AWS_CONTAINER_AUTHORIZATION_TOKEN=container.token)
    with Function({"schema": "s3://bucket/schema/a.xsd"}, env, runtime=Runtime(snapshot=True)) as f:
        assert not f.runtime.frozen.wait(INIT_SECONDS + 1)
        s3.is_to_answer.set()
        f.runtime.frozen.wait()
        assert "schemas are ready" in f.logs()
        asked = len(container.requests)
        f.runtime.restored.set()
        assert verdicts(f.invoke({"uri": "s3://bucket/x.zip"})) == ["valid"]
        assert len(container.requests) == asked + 1, "keys of before the snapshot"
    assert not s3.close() + container.close()


main()
