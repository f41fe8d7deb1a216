# SPDX-License-Identifier: MIT
"""An HTTP proxy between thresh and S3 that does what networks and S3 do on bad days. Signed requests
pass it untouched: it is the host that they were signed for."""
import http.client
import socket
import struct
import time

from loopback import Loopback


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.answered = 0  # bytes of the body that were sent


def slow_down(code=503, name="SlowDown", headers=()):
    """An answer of S3's own, as a fault."""
    body = ("<?xml version='1.0' encoding='UTF-8'?><Error><Code>%s</Code>"
            "<Message>from the proxy</Message></Error>" % name).encode()
    return ("answer", code, body, headers)


class Proxy(Loopback):
    """`fault(request)` is asked at each request and returns None (pass it on) or one of
    ("answer", status, body, headers), ("reset",), ("cut", bytes), ("wait", seconds),
    ("rate", bytes a second)."""

    def __init__(self, upstream_port, fault=None, tls=None):
        """tls: an ssl.SSLContext, and the endpoint is https."""
        self.tls = tls
        self.upstream_port = upstream_port
        self.fault = fault or (lambda request: None)
        self.requests = []
        self.delay = 0
        self.listen()
        self.endpoint = "%s://127.0.0.1:%d" % ("https" if tls else "http", self.port)

    def serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            stream = connection.makefile("rb")
            while self.serve_one(connection, stream):
                pass
        except OSError:
            pass
        finally:
            connection.close()

    def serve_one(self, connection, stream):
        line = stream.readline()
        if not line:
            return False
        method, path, _ = line.decode("ascii").split()
        headers = []
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, value = line.decode("utf-8").rstrip("\r\n").split(":", 1)
            headers.append((name, value.strip()))
        fields = {name.lower(): value for name, value in headers}
        if fields.get("expect") == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = stream.read(int(fields.get("content-length", 0)))
        request = Request(method, path, fields, body)
        self.requests.append(request)
        fault = self.fault(request)
        if fault and fault[0] == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if fault and fault[0] == "answer":
            return self.send(connection, request, fault[1], fault[3], fault[2], None)
        if fault and fault[0] == "wait":
            time.sleep(fault[1])
        time.sleep(self.delay)
        return self.forward(connection, request, headers, fault)

    def forward(self, connection, request, headers, fault):
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream_port, timeout=120)
        upstream.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() != "expect":
                upstream.putheader(name, value)
        upstream.endheaders(request.body or None)
        answer = upstream.getresponse()
        body = answer.read()
        kept = [(name, value) for name, value in answer.getheaders()
                if name.lower() not in ("content-length", "connection", "transfer-encoding")]
        upstream.close()
        return self.send(connection, request, answer.status, kept, body, fault)

    def send(self, connection, request, status, headers, body, fault):
        request.answered = len(body)
        head = "HTTP/1.1 %d %s\r\n" % (status, http.client.responses.get(status, "Status"))
        head += "".join("%s: %s\r\n" % pair for pair in headers)
        head += "Content-Length: %d\r\n\r\n" % len(body)
        connection.sendall(head.encode("utf-8"))
        if fault and fault[0] == "cut":
            connection.sendall(body[:fault[1]])
            return False
        if fault and fault[0] == "rate":
            begun, sent = time.monotonic(), 0
            while sent < len(body):
                connection.sendall(body[sent:sent + 65536])
                sent += 65536
                time.sleep(max(0, begun + sent / fault[1] - time.monotonic()))
            return True
        connection.sendall(body)
        return True

    def close(self):
        self.listener.close()
