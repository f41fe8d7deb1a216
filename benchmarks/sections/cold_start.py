# SPDX-License-Identifier: MIT
"""11. A function's cold start: from exec to the first request for /next, schemas and all."""
import json
import os
import select
import signal
import socket
import statistics
import struct
import subprocess
import time
import zipfile

import cgroup
from context import ORDER_XSD
from sections import Section

COLUMNS = [("schemas", "schemas"), ("of", "compiled from"), ("ms", "ms"), ("ms_min", "min"), ("ms_max", "max"),
           ("cpu_ms", "CPU"), ("quota_ms", "ms at 0.07 vCPU"), ("quota_ms_min", "min"), ("quota_ms_max", "max")]
TITLE = "11. Cold start of a function"
VCPUS = 0.07  # what Lambda gives 128 MB
LIMIT_S = 60


class NoStart(Exception):
    pass


def bootstrap_of(context):
    """What lies beside the command where the function is built, too."""
    return os.path.join(os.path.dirname(context.thresh), "thresh-bootstrap")


class Start:
    """A bootstrap with a job, started again and again against a Runtime API that never has an event."""

    def __init__(self, context, schemas, of, schema):
        self.row = {"schemas": schemas, "of": of}
        self.argv = [bootstrap_of(context)]
        job = context.path("corpora", "cold-%s-%s.json" % (schemas, of))
        with open(job, "w", encoding="utf-8") as file:
            json.dump({"schema": schema} if schema else {}, file)
        self.environment = {"PATH": os.environ["PATH"], "THRESH_JOB": os.path.abspath(job)}
        self.found = {"ms": [], "cpu_ms": [], "quota_ms": []}

    def measure(self, key, join=None):
        """The clock starts right before exec: this interpreter's fork, and joining, are not the program's."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = "127.0.0.1:%d" % listener.getsockname()[1]
            begun, told = os.pipe()
            pid = os.fork()
            if pid == 0:
                try:
                    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                    if join:
                        join()
                    os.write(told, struct.pack("d", time.perf_counter()))
                    os.execve(self.argv[0], self.argv, {**self.environment, "AWS_LAMBDA_RUNTIME_API": address})
                finally:
                    os._exit(127)
            os.close(told)
            try:
                begin, = struct.unpack("d", os.read(begun, 8))
                self.found[key].append((self.wait(listener) - begin) * 1e3)
            finally:
                os.close(begun)
                os.kill(pid, signal.SIGKILL)
                usage = os.wait4(pid, 0)[2]
            if not join:
                self.found["cpu_ms"].append((usage.ru_utime + usage.ru_stime) * 1e3)

    def wait(self, listener):
        if not select.select([listener], [], [], LIMIT_S)[0]:
            raise NoStart("nothing asked for /next")
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(LIMIT_S)
            if b"/invocation/next" not in connection.recv(4096):
                raise NoStart("the function does not start with its schemas")
            return time.perf_counter()

    def forget(self, key):
        """The first start, which is a warm-up."""
        self.found[key].clear()
        if key == "ms":
            self.found["cpu_ms"].clear()

    def done(self):
        for key, values in self.found.items():
            if values:
                self.row.update({key: statistics.median(values), key + "_min": min(values), key + "_max": max(values)})
        return self.row


def families(context):
    """(name, schemas as a job has them) of the corpora that are there."""
    found = [("order.xsd", ORDER_XSD)]
    for name, title in (("musicxml", "MusicXML"), ("ubl", "UBL"), ("netex", "NeTEx")):
        place = context.real and os.path.join(context.real, name)
        if not place or not os.path.isdir(place):
            continue
        if name == "musicxml":
            found.append((title, os.path.join(place, "schema", "musicxml.xsd")))
            continue
        with open(os.path.join(place, "schemas.tsv"), encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        if name == "netex":
            packed, place = os.path.join(place, "schema.zip"), context.path("corpora", "netex-schema")
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(place)
        found.append(("%s, %d" % (title, len(rows)),
                      {namespace: os.path.abspath(os.path.join(place, path)) for namespace, path in rows}))
    return found


def starts(context):
    made = [Start(context, "none", "-", None)]
    for name, schemas in families(context):
        image = os.path.abspath(context.path("corpora", "cold-%s.image" % name))
        given = schemas.items() if isinstance(schemas, dict) else [(None, schemas)]
        options = [word for key, file in given for word in ("-s", "%s=%s" % (key, file) if key else file)]
        subprocess.run([context.thresh, "compile", *options, "-o", image], check=True, stderr=subprocess.DEVNULL)
        made += [Start(context, name, "source", schemas), Start(context, name, "image", image)]
    return made


def by_turns(made, key, rounds, tick, join=None):
    for index in range(-1, rounds):
        shift = index % len(made)
        for start in made[shift:] + made[:shift]:
            start.measure(key, join)
            if index < 0:
                start.forget(key)
            tick()


def run_section(context):
    if not os.path.exists(bootstrap_of(context)):
        return Section("cold_start", TITLE, [], COLUMNS, ["Not measured: no bootstrap is built (-DTHRESH_LAMBDA=ON)."])
    made = starts(context)
    rounds, slow_rounds = context.rounds(5, 21), context.rounds(1, 7)
    context.progress.begin("cold_start", "cold start", len(made) * (rounds + slow_rounds + 2))
    notes = ["From exec to the first request for `/next`: what a function's first invocation waits for, beside what Lambda "
             "does itself. Files are in the page cache. %d and %d starts." % (rounds, slow_rounds)]
    by_turns(made, "ms", rounds, context.progress.tick)
    try:
        with cgroup.Group() as group:
            group.limit(VCPUS, 2048)
            by_turns(made, "quota_ms", slow_rounds, context.progress.tick, group.join)
    except cgroup.NoRights as error:
        notes.append("Not at %g vCPU: %s." % (VCPUS, error))
    rows = [start.done() for start in made]
    worst = max((row for row in rows if row["of"] == "image"), key=lambda row: row["ms"], default=None)
    return Section("cold_start", TITLE, rows, COLUMNS, notes, answers=worst and [
        ("slowest cold start with an image", "%.1f ms (%s)" % (worst["ms"], worst["schemas"]))] or [])
