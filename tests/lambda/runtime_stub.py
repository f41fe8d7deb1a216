# SPDX-License-Identifier: MIT
"""A Lambda Runtime API for tests, strict about the protocol of 2018-06-01: it answers with the
documented codes, and notes each thing that a runtime must not do in `violations`."""
import json
import os
import queue
import socket
import struct
import subprocess
import tempfile
import threading
import time
import uuid

from loopback import Loopback

MAX_BYTES = 6291556
BASE = "/2018-06-01/runtime"


class Answer:
    """What came back for one invocation."""

    def __init__(self, kind, body, headers, trailers=None):
        self.kind, self.body, self.headers, self.trailers = kind, body, headers, trailers or {}

    @property
    def json(self):
        return json.loads(self.body)


class Invocation:
    def __init__(self, event, seconds, headers):
        self.id = str(uuid.uuid4())
        self.event, self.seconds, self.headers = event, seconds, headers
        self.trace_id = "Root=1-5bef4de7-%s;Sampled=1" % self.id.replace("-", "")[:24]
        self.answered = queue.Queue()
        self.done = False
        self.statuses = []  # of each answer that was tried


class Runtime(Loopback):
    """`concurrency`: of a managed instance, where so many may ask and answer at a time, and who is
    late has the process live on; 0: one at a time. `snapshot`: init ends with /restore/next, which
    is answered when `restored` is set."""

    def __init__(self, concurrency=0, snapshot=False):
        self.concurrency, self.snapshot = concurrency, snapshot
        self.polls = 0  # that wait for an event
        self.lock = threading.Lock()
        self.frozen, self.restored = threading.Event(), threading.Event()
        self.waiting = queue.Queue()
        self.faults = queue.Queue()  # one each /next: "reset", "500", "close", ("freeze", seconds)
        self.answer_faults = queue.Queue()  # one each answer: "400", "410", "413", "500", "reset"
        self.violations = []
        self.chunk_delay = 0  # seconds before each chunk of a streamed answer is read
        self.nexts = 0
        self.first_next = threading.Event()
        self.init_error = None
        self.invocations = {}
        self.current = None
        self.listen()
        self.api = "127.0.0.1:%d" % self.port

    # -- HTTP, by hand: a stub that repaired what it is sent would not be strict --------------------
    def serve(self, connection):
        stream = connection.makefile("rb")
        try:
            while self.serve_one(connection, stream):
                pass
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def serve_one(self, connection, stream):
        line = stream.readline()
        if not line:
            return False
        method, path, version = line.decode("ascii").split()
        headers = {}
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, value = line.decode("utf-8").split(":", 1)
            if name.lower() in headers:
                self.violations.append("header %s came twice" % name)
            headers[name.lower()] = value.strip()
        if version != "HTTP/1.1":
            self.violations.append("spoke %s" % version)
        if "expect" in headers:
            self.violations.append("sent Expect: %s" % headers["expect"])
        if "host" not in headers:
            self.violations.append("no Host header")
        body, trailers = self.read_body(method, headers, stream)
        return self.route(connection, method, path, headers, body, trailers)

    def read_body(self, method, headers, stream):
        if headers.get("transfer-encoding") == "chunked":
            body, trailers = [], {}
            while size := int(stream.readline().split(b";")[0], 16):
                time.sleep(self.chunk_delay)
                body.append(stream.read(size))
                stream.readline()
            while (line := stream.readline()) not in (b"\r\n", b""):
                name, value = line.decode("utf-8").split(":", 1)
                if name.lower() in trailers:
                    self.violations.append("trailer %s came twice" % name)
                trailers[name.lower()] = value.strip()
            announced = {name.strip().lower() for name in headers.get("trailer", "").split(",")}
            if not set(trailers) <= announced:
                self.violations.append("trailers that were not announced: %s" % list(trailers))
            return b"".join(body), trailers
        if method == "POST" and "content-length" not in headers:
            self.violations.append("a POST without Content-Length")
        return stream.read(int(headers.get("content-length", 0))), {}

    def reply(self, connection, status, body, headers=()):
        reason = {200: "OK", 202: "Accepted"}.get(status, "Error")
        head = "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (
            status, reason, len(body))
        head += "".join("%s: %s\r\n" % pair for pair in headers)
        connection.sendall(head.encode() + b"\r\n" + body)
        return True

    def refuse(self, connection, status, kind, text):
        return self.reply(connection, status, json.dumps(
            {"errorMessage": text, "errorType": kind}).encode())

    def reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    # -- The API --------------------------------------------------------------------------------------
    def route(self, connection, method, path, headers, body, trailers):
        if (method, path) == ("GET", BASE + "/invocation/next"):
            return self.next(connection)
        if (method, path) == ("POST", BASE + "/init/error"):
            if self.nexts:
                self.violations.append("init/error after /next")
                return self.refuse(connection, 403, "InvalidStateTransition", "not in init")
            self.check_error(headers, body)
            self.init_error = json.loads(body)
            return self.reply(connection, 202, b'{"status":"OK"}')
        if (method, path) == ("GET", BASE + "/restore/next"):
            if not self.snapshot or self.nexts or self.frozen.is_set():
                self.violations.append("/restore/next out of turn")
            self.frozen.set()
            self.restored.wait()
            return self.reply(connection, 200, b"")
        parts = path[len(BASE) + 1:].split("/")
        if method == "POST" and len(parts) == 3 and parts[0] == "invocation":
            return self.answer(connection, parts[1], parts[2], headers, body, trailers)
        self.violations.append("%s %s" % (method, path))
        return self.refuse(connection, 404, "NotFound", path)

    def next(self, connection):
        if self.current and not self.current.done and not self.concurrency:
            self.violations.append("/next with %s unanswered" % self.current.id)
        if self.snapshot and not self.restored.is_set():
            self.violations.append("/next before the snapshot is restored")
        with self.lock:
            self.nexts += 1
            self.polls += 1
            if self.polls > max(self.concurrency, 1):
                self.violations.append("%d polls at a time" % self.polls)
        self.first_next.set()
        fault = None if self.faults.empty() else self.faults.get()
        if fault in ("reset", "close", "500"):
            with self.lock:
                self.polls -= 1
        if fault == "reset":
            return self.reset(connection)
        if fault == "close":
            return False
        if fault == "500":
            return self.refuse(connection, 500, "InternalServerError", "broken")
        if isinstance(fault, tuple):
            time.sleep(fault[1])
        self.current = invocation = self.waiting.get()
        with self.lock:
            self.polls -= 1
        self.invocations[invocation.id] = invocation
        invocation.deadline = time.time() + invocation.seconds
        deadline = int(invocation.deadline * 1000)
        return self.reply(connection, 200, invocation.event, [
            ("Lambda-Runtime-Aws-Request-Id", invocation.id),
            ("Lambda-Runtime-Deadline-Ms", deadline),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-3:1:function:f"),
            ("Lambda-Runtime-Trace-Id", invocation.trace_id),
            *invocation.headers])

    def check_error(self, headers, body):
        if "lambda-runtime-function-error-type" not in headers:
            self.violations.append("an error without Lambda-Runtime-Function-Error-Type")
        error = json.loads(body)
        for member, kind in (("errorMessage", str), ("errorType", str), ("stackTrace", list)):
            if not isinstance(error.get(member), kind):
                self.violations.append("an error without %s" % member)

    def answer(self, connection, name, kind, headers, body, trailers):
        invocation = self.invocations.get(name)
        fault = None if self.answer_faults.empty() else self.answer_faults.get()
        if fault == "reset":
            return self.reset(connection)

        def status(code, error, text):
            if invocation:
                invocation.statuses.append(code)
                invocation.done = True
                invocation.answered.put(Answer("refused", text.encode(), {"status": code}))
            return self.refuse(connection, code, error, text)

        if fault == "500":
            return status(500, "InternalServerError", "broken")
        if not invocation:
            return status(400, "InvalidRequestID", "no such invocation")
        if invocation.done:
            invocation.statuses.append(403)
            self.violations.append("a second answer to %s" % name)
            return self.refuse(connection, 403, "InvalidStateTransition", "answered already")
        mode = headers.get("lambda-runtime-function-response-mode")
        if mode not in (None, "streaming"):
            return status(400, "InvalidFunctionResponseMode", mode)
        if mode == "streaming" and headers.get("transfer-encoding") != "chunked":
            self.violations.append("a stream that is not chunked")
        if fault == "400":
            return status(400, "InvalidRequestID", "Invalid request ID")
        if fault == "410":
            return status(410, "InvocationGone", "The invocation has ended")
        if fault == "413" or (mode is None and len(body) > MAX_BYTES):
            return status(413, "RequestEntityTooLarge",
                          "Exceeded maximum allowed payload size (6291556 bytes).")
        if kind == "error":
            self.check_error(headers, body)
        invocation.statuses.append(202)
        invocation.done = True
        if time.time() > invocation.deadline:
            self.violations.append("answered %.3f s after the deadline" % (
                time.time() - invocation.deadline))
        invocation.answered.put(Answer(kind, body, headers, trailers))
        return self.reply(connection, 202, b'{"status":"OK"}')

    def invoke(self, event, seconds=30, headers=()):
        invocation = Invocation(event if isinstance(event, bytes) else json.dumps(event).encode(),
                                seconds, headers)
        self.waiting.put(invocation)
        return invocation

    def close(self):
        self.listener.close()


class Function:
    """thresh running as a bootstrap against a Runtime of its own."""

    def __init__(self, job=None, env=None, arguments=(), runtime=None, command=None):
        self.runtime = runtime or Runtime()
        self.directory = tempfile.TemporaryDirectory()
        self.logs_path = os.path.join(self.directory.name, "logs")
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("AWS_", "THRESH_"))}
        environment.update({"AWS_LAMBDA_RUNTIME_API": self.runtime.api, "TMPDIR": self.temp_dir,
                            "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_FUNCTION_NAME": "f"})
        if job is not None:
            path = os.path.join(self.directory.name, "thresh.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(job, file)
            environment["THRESH_JOB"] = path
        if self.runtime.concurrency:
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = str(self.runtime.concurrency)
            environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "lambda-managed-instances"
        if self.runtime.snapshot:
            environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"
        environment.update(env or {})
        os.mkdir(self.temp_dir)
        with open(self.logs_path, "wb") as logs:
            self.process = subprocess.Popen([*(command or [os.environ["THRESH"]]), *arguments],
                                            env=environment, stdout=logs, stderr=logs,
                                            stdin=subprocess.DEVNULL)

    @property
    def temp_dir(self):
        return os.path.join(self.directory.name, "tmp")

    def invoke(self, event, wait=True, **options):
        """The answer, however long it takes."""
        invocation = self.runtime.invoke(event, **options)
        return self.answer(invocation) if wait else invocation

    def answer(self, invocation):
        while True:
            has_ended = self.process.poll() is not None
            try:
                return invocation.answered.get(timeout=0 if has_ended else 1)
            except queue.Empty:
                assert not has_ended, "the function has ended, and has not answered"

    def logs(self):
        with open(self.logs_path, encoding="utf-8") as logs:
            return logs.read()

    def log_lines(self):
        return [json.loads(line) for line in self.logs().splitlines() if line.startswith("{")]

    def rss_kib(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as status:
            return int(next(l for l in status if l.startswith("VmRSS")).split()[1])

    def peak_kib(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as status:
            return int(next(l for l in status if l.startswith("VmHWM")).split()[1])

    def children_faults(self):
        """Page faults of children that have ended: none where there was no child."""
        with open("/proc/%d/stat" % self.process.pid, encoding="utf-8") as stat:
            return int(stat.read().rpartition(")")[2].split()[8])

    def memory_holds(self, wanted):
        """Whether these bytes lie anywhere in what the process may write to."""
        with open("/proc/%d/maps" % self.process.pid, encoding="utf-8") as maps:
            ranges = [line.split()[0].split("-") for line in maps if line.split()[1].startswith("rw")]
        with open("/proc/%d/mem" % self.process.pid, "rb", buffering=0) as memory:
            for begin, end in ranges:
                try:
                    memory.seek(int(begin, 16))
                    if wanted in memory.read(int(end, 16) - int(begin, 16)):
                        return True
                except OSError:  # a page that is not there
                    pass
        return False

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def close(self):
        """The violations of the protocol; the process is killed as Lambda does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.runtime.close()
        self.directory.cleanup()
        return self.runtime.violations

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        violations = self.close()
        if kind is None:
            assert not violations, violations
