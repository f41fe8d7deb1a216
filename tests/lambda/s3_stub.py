# SPDX-License-Identifier: MIT
"""An S3 for what no server at hand has: sessions with directory buckets, buckets whose requesters pay,
keys that end. It is strict: each signature is computed again ("AWS Signature Version 4" in the IAM
User Guide), and each thing that a client must not do is noted in `violations`. As a proxy for HTTPS it
takes the place of Amazon's own hosts, whose names it notes. And the endpoint that gives a container
its keys ("Container credential provider" in the AWS SDKs and Tools Reference Guide)."""
import hashlib
import hmac
import json
import ssl
import threading
import time
import urllib.parse

from loopback import Loopback

REGION = "us-west-2"


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        self.path, _, self.query = target.partition("?")


class Server(Loopback):
    """HTTP/1.1 on the loopback; `answer(request)` gives status, headers and body."""

    def __init__(self):
        self.violations = []
        self.requests = []
        self.listen()
        self.endpoint = "http://127.0.0.1:%d" % self.port

    def serve(self, connection):
        try:
            stream = connection.makefile("rb")
            while line := stream.readline():
                method, target, _ = line.decode("ascii").split()
                headers = {}
                while (line := stream.readline()) not in (b"\r\n", b""):
                    name, value = line.decode("utf-8").split(":", 1)
                    if name.lower() in headers:
                        self.violations.append("header %s came twice" % name)
                    headers[name.lower()] = value.strip()
                if method == "CONNECT":
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    connection = self.tls(target, connection)
                    stream = connection.makefile("rb")
                    continue
                if headers.get("expect") == "100-continue":
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = stream.read(int(headers.get("content-length", 0)))
                request = Request(method, target, headers, body)
                self.requests.append(request)
                status, more, content = self.answer(request)
                head = "HTTP/1.1 %d Status\r\nContent-Length: %d\r\n" % (status, len(content))
                head += "".join("%s: %s\r\n" % pair for pair in more)
                connection.sendall(head.encode() + b"\r\n" + content)
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def close(self):
        self.listener.close()
        return self.violations


class Keys:
    """An access key and until when it holds."""
    number = 0

    def __init__(self, seconds=3600):
        Keys.number += 1
        self.id, self.secret = "ID%d" % Keys.number, "SECRET%d" % Keys.number
        self.token = "token+/=%d" % Keys.number
        self.until = time.time() + seconds

    def expiration(self):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.until))


class S3(Server):
    """`objects`: bytes by (bucket, key). `keys`: those that are known; `payer`: buckets whose requesters
    pay; `refuse(request)` gives None or (status, code)."""

    def __init__(self, certificate=None):
        self.objects, self.keys, self.sessions, self.payer = {}, {}, {}, set()
        self.session_seconds = 300
        self.certificate, self.hosts = certificate, []
        self.refuse = lambda request: None
        self.is_to_answer = threading.Event()  # requests wait for it
        self.is_to_answer.set()
        super().__init__()

    def tls(self, target, connection):
        self.hosts.append(target)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        return context.wrap_socket(connection, server_side=True)

    def add(self, keys):
        self.keys[keys.id] = keys
        return keys

    def error(self, status, code, text=""):
        return status, [], ("<Error><Code>%s</Code><Message>%s</Message></Error>" % (
            code, text)).encode()

    def signature(self, request, keys, service, signed):
        date = request.headers["x-amz-date"]
        canonical = "\n".join([
            request.method, request.path, request.query,
            *("%s:%s" % (name, request.headers[name]) for name in signed), "", ";".join(signed),
            request.headers["x-amz-content-sha256"]])
        scope = "%s/%s/%s/aws4_request" % (date[:8], REGION, service)
        text = "\n".join(["AWS4-HMAC-SHA256", date, scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4" + keys.secret.encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def check(self, request, bucket):
        """None, or why the request is refused."""
        is_directory = bucket.endswith("--x-s3")
        opens = is_directory and request.query.startswith("session=")
        fields = dict(part.strip().split("=", 1) for part in request.headers["authorization"].partition(
            " ")[2].split(","))
        signed = fields["SignedHeaders"].split(";")
        for name in ("host", *(name for name in request.headers if name.startswith("x-amz-"))):
            if name not in signed:
                self.violations.append("%s is not signed" % name)
        name = fields["Credential"].split("/", 1)[0]
        keys = (self.sessions if is_directory and not opens else self.keys).get(name)
        if not keys:
            return self.error(403, "InvalidAccessKeyId", name)
        scope, wanted = self.signature(request, keys, "s3express" if is_directory else "s3", signed)
        if fields["Credential"] != "%s/%s" % (name, scope) or fields["Signature"] != wanted:
            return self.error(403, "SignatureDoesNotMatch", scope)
        header = "x-amz-s3session-token" if is_directory and not opens else "x-amz-security-token"
        if request.headers.get(header) != keys.token:
            return self.error(403, "InvalidToken", header)
        if "x-amz-s3session-token" in request.headers and "x-amz-security-token" in request.headers:
            self.violations.append("two kinds of token")
        if time.time() > keys.until:
            return self.error(400, "ExpiredToken", name)
        payer = request.headers.get("x-amz-request-payer")
        if payer and is_directory:
            self.violations.append("a directory bucket has no requester that pays")
        if bucket in self.payer and payer != "requester":
            return self.error(403, "AccessDenied", "the requester has to pay")
        return None

    def answer(self, request):
        host = request.headers["host"].split(".", 1)
        bucket, key = urllib.parse.unquote(request.path)[1:].partition("/")[::2]
        if host[0] != "127" and host[0] != "s3":  # a host of the bucket's own
            bucket, key = host[0], urllib.parse.unquote(request.path)[1:]
        self.is_to_answer.wait()
        refusal = self.refuse(request)
        refusal = self.error(*refusal) if refusal else self.check(request, bucket)
        if refusal:
            return refusal
        if request.query == "session=":
            keys = Keys(self.session_seconds)
            self.sessions[keys.id] = keys
            return 200, [], ("<CreateSessionResult><Credentials><SessionToken>%s</SessionToken>"
                             "<SecretAccessKey>%s</SecretAccessKey><AccessKeyId>%s</AccessKeyId>"
                             "<Expiration>%s</Expiration></Credentials></CreateSessionResult>" % (
                                 keys.token, keys.secret, keys.id, keys.expiration())).encode()
        if request.method == "PUT":
            self.objects[bucket, key] = request.body
            return 200, [("ETag", '"etag"')], b""
        if request.query.startswith("encoding-type=url&list-type=2&prefix="):
            prefix = urllib.parse.unquote(request.query.rpartition("=")[2])
            names = [name for where, name in self.objects if where == bucket]
            return 200, [], ("<ListBucketResult>%s</ListBucketResult>" % "".join(
                "<Key>%s</Key>" % urllib.parse.quote(name) for name in names
                if name.startswith(prefix))).encode()
        content = self.objects.get((bucket, key))
        if content is None:
            return self.error(404, "NoSuchKey")
        first, last = request.headers["range"].partition("=")[2].split("-")
        part = content[int(first):int(last) + 1]
        return 206, [("ETag", '"etag"'), ("Content-Range", "bytes %d-%d/%d" % (
            int(first), int(first) + len(part) - 1, len(content)))], part


class Container(Server):
    """Gives `keys()`, made at each call, to who shows `token`; `fault` is a status that it answers
    with instead, once."""

    def __init__(self, keys, token="Bearer please"):
        self.make, self.token, self.faults = keys, token, []
        super().__init__()
        self.uri = self.endpoint + "/v1/credentials"

    def answer(self, request):
        if request.method != "GET" or request.path != "/v1/credentials":
            self.violations.append("%s %s" % (request.method, request.path))
        if self.faults:
            return self.faults.pop(0), [], b'{"code":"Throttled","message":"later"}'
        if request.headers.get("authorization") != self.token:
            return 401, [], b'{"code":"AccessDenied","message":"who are you?"}'
        keys = self.make()
        return 200, [("Content-Type", "application/json")], json.dumps({
            "AccessKeyId": keys.id, "SecretAccessKey": keys.secret, "Token": keys.token,
            "Expiration": keys.expiration()}).encode()
