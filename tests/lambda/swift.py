# SPDX-License-Identifier: MIT
"""An S3 server that verifies signatures: OpenStack Swift's s3api, from Debian's packages, unpacked
beside the build and started on loopback. Nothing is installed. Where the packages cannot be had, the
cases are skipped, loudly.

    swift.py start     starts a server that goes on, for one case after another; ctest does
    swift.py stop      ends it
"""
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from runtime_stub import Function

KEY_ID, SECRET, REGION = "test:tester", "testing", "us-east-1"
# What these packages want of an installed system, and a test does not.
LEFT_OUT = re.compile(
    "libpopt0|intltool-debian|po-debconf|openstack-pkg-tools|logrotate|rsyslog|libestr0|libfastjson4"
    "|liblognorm5|uwsgi.*|libzmq5|libpgm.*|libnorm1|libyajl2|docutils-common|python3-docutils"
    "|python3-roman")
PACKAGES = ["swift-proxy", "swift-account", "swift-container", "swift-object"]


# Where a server that goes on says which it is.
STATE = os.path.join(os.environ["THRESH_TEST_DATA"], "swift.json")


def skip(why):
    if sys.argv[1:] == ["start"]:  # the cases need not try again
        with open(STATE, "w", encoding="utf-8") as file:
            json.dump({"missing": why}, file)
    print("SKIPPED: OpenStack Swift cannot be had (%s): S3 was not tested" % why)
    sys.exit(77)


def unpack(root):
    """The packages' files below root; once for all tests of a build."""
    os.makedirs(root, exist_ok=True)
    with open(os.path.join(root, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(root, "complete")):
            return
        debs = os.path.join(root, "debs")
        os.makedirs(debs, exist_ok=True)
        if not shutil.which("apt-get"):
            skip("there is no apt-get")

        def wanted():
            plan = subprocess.run(["apt-get", "install", "-s", "--no-install-recommends", *PACKAGES],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            names = re.findall(r"^Inst (\S+)", plan.stdout.decode(), re.M)
            return [name for name in names if not LEFT_OUT.fullmatch(name)]

        names = wanted()
        if not names:
            subprocess.run(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL, check=False,
                           stderr=subprocess.DEVNULL)
            names = wanted()
        got = subprocess.run(["apt-get", "download", *names], cwd=debs, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False) if names else None
        if not got or got.returncode:
            skip(got.stdout.decode().strip().splitlines()[-1] if got else "apt knows no swift-proxy")
        for deb in os.listdir(debs):
            subprocess.run(["dpkg", "-x", os.path.join(debs, deb), os.path.join(root, "root")],
                           check=True)
        utils = os.path.join(root, "root/usr/lib/python3/dist-packages/swift/common/utils.py")
        with open(utils, encoding="utf-8") as file:
            text = file.read()
        with open(utils, "w", encoding="utf-8") as file:
            file.write(text.replace("'/etc/swift/swift.conf'", "os.environ['SWIFT_CONF']"))
        shutil.rmtree(debs)
        open(os.path.join(root, "complete"), "w", encoding="ascii").close()


def free_ports(n):
    """All found before any is let go, or one might be found twice."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Swift:
    def __init__(self):
        self.tree = os.environ.get("THRESH_SWIFT") or os.path.join(
            os.path.dirname(os.path.abspath(os.environ["THRESH"])), "swift")
        unpack(self.tree)
        self.place = tempfile.mkdtemp()
        self.processes = []
        self.goes_on = False
        self.port, *self.ports = free_ports(4)
        self.endpoint = "http://127.0.0.1:%d" % self.port
        self.configure()
        self.start()

    def write(self, name, *lines):
        with open(os.path.join(self.place, name), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")

    def binary(self, name):
        return os.path.join(self.tree, "root/usr/bin", name)

    def environment(self):
        root = os.path.join(self.tree, "root/usr/lib")
        libraries = [os.path.join(root, name) for name in os.listdir(root) if name.endswith("-gnu")]
        return {**os.environ, "PYTHONPATH": ":".join(
                    [self.place, os.path.join(root, "python3/dist-packages")]),
                "LD_LIBRARY_PATH": ":".join(libraries), "PYTHONWARNINGS": "ignore",
                "SWIFT_CONF": os.path.join(self.place, "swift.conf")}

    def configure(self):
        here = self.place
        os.makedirs(os.path.join(here, "node/d1"))
        common = ["[DEFAULT]", "bind_ip = 127.0.0.1", "workers = 0", "user = root",
                  "swift_dir = %s" % here, "log_address = /nonexistent"]
        # Where there is no syslog, Swift and what it imports send to the host "localhost", and do not
        # start where that has no address: to nobody, then. (Python imports this by itself.)
        self.write("sitecustomize.py", "from logging.handlers import SysLogHandler",
                   "SysLogHandler.__init__.__defaults__ = (('127.0.0.1', 1), 1, None)")
        self.write("swift.conf", "[swift-hash]", "swift_hash_path_prefix = a",
                   "swift_hash_path_suffix = b", "[storage-policy:0]", "name = p0", "default = yes")
        for name, port in zip(("account", "container", "object"), self.ports):
            self.write(name + "-server.conf", *common, "bind_port = %d" % port,
                       "devices = %s/node" % here, "mount_check = false", "[pipeline:main]",
                       "pipeline = %s-server" % name, "[app:%s-server]" % name,
                       "use = egg:swift#%s" % name)
            for arguments in (["create", "2", "1", "1"], ["add", "r1z1-127.0.0.1:%d/d1" % port, "1"],
                              ["rebalance"]):
                subprocess.run(["/usr/bin/python3", self.binary("swift-ring-builder"),
                                name + ".builder", *arguments], cwd=here, env=self.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        filters = ["catch_errors", "gatekeeper", "listing_formats", "bulk", "copy", "slo", "dlo"]
        self.write("proxy-server.conf", *common, "bind_port = %d" % self.port, "[pipeline:main]",
                   "pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth "
                   "copy slo dlo proxy-server", "[app:proxy-server]", "use = egg:swift#proxy",
                   "account_autocreate = true",
                   *(line for name in filters
                     for line in ("[filter:%s]" % name, "use = egg:swift#%s" % name)),
                   "[filter:cache]", "use = egg:swift#memcache", "memcache_servers = 127.0.0.1:1",
                   "[filter:s3api]", "use = egg:swift#s3api", "location = " + REGION,
                   "[filter:tempauth]", "use = egg:swift#tempauth",
                   "user_test_tester = testing .admin")

    def start(self):
        for name in ("account", "container", "object", "proxy"):
            with open(os.path.join(self.place, name + ".log"), "wb") as log:
                self.processes.append(subprocess.Popen(
                    ["/usr/bin/python3", self.binary("swift-%s-server" % name),
                     os.path.join(self.place, name + "-server.conf")],
                    env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                    cwd=self.place, start_new_session=True).pid)
        until = time.time() + 120
        while time.time() < until:
            try:
                if self.request("PUT", "/first")[0] == 200:  # all four are up
                    return
            except OSError:
                pass
            time.sleep(0.2)
        logs = "".join(open(os.path.join(self.place, n), encoding="utf-8").read()[-500:]
                       for n in os.listdir(self.place) if n.endswith(".log"))
        self.close()
        skip("it does not start: %s" % logs)

    # -- A client to fill it and look into it -----------------------------------------------------------
    def request(self, method, path, body=b"", query="", secret=SECRET, headers=None):
        path = urllib.parse.quote(path, safe="/-._~")
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        digest = hashlib.sha256(body).hexdigest()
        scope = "%s/%s/s3/aws4_request" % (stamp[:8], REGION)
        names = "host;x-amz-content-sha256;x-amz-date"
        canonical = "%s\n%s\n%s\nhost:127.0.0.1:%d\nx-amz-content-sha256:%s\nx-amz-date:%s\n\n%s\n%s" % (
            method, path, query, self.port, digest, stamp, names, digest)
        to_sign = "AWS4-HMAC-SHA256\n%s\n%s\n%s" % (
            stamp, scope, hashlib.sha256(canonical.encode()).hexdigest())
        key = b"AWS4" + secret.encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path + ("?" + query if query else ""), body, {
            **(headers or {}), "x-amz-date": stamp, "x-amz-content-sha256": digest,
            "Authorization": "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
                KEY_ID, scope, names, signature)})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def put(self, path, body=b""):
        status, content = self.request("PUT", path, body)
        assert status == 200, (path, status, content)

    def get(self, path):
        """The object, or None."""
        status, content = self.request("GET", path)
        assert status in (200, 404), (path, status, content)
        return content if status == 200 else None

    def keys(self, bucket):
        content = self.request("GET", "/" + bucket)[1].decode()
        return re.findall("<Key>(.*?)</Key>", content)

    def uploads(self, bucket):
        """Multipart uploads that nobody has finished or taken back."""
        content = self.request("GET", "/" + bucket, query="uploads=")[1].decode()
        return re.findall("<UploadId>(.*?)</UploadId>", content)

    def variables(self, **over):
        """The environment of a function that uses it."""
        return {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_SESSION_TOKEN": "signed-but-not-looked-at", "AWS_ENDPOINT_URL_S3": self.endpoint,
                **over}

    def function(self, job=None, proxy=None, **variables):
        """One that has its archives here, perhaps by a proxy."""
        if proxy:
            variables.setdefault("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        return Function(job or {}, self.variables(**variables))

    def close(self):
        for pid in self.processes:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.place, ignore_errors=True)


def running():
    """The server that goes on, or None."""
    if not os.path.exists(STATE):
        return None
    with open(STATE, encoding="utf-8") as file:
        state = json.load(file)
    if "missing" in state:
        skip(state["missing"])
    swift = Swift.__new__(Swift)
    vars(swift).update(state)
    return swift


if __name__ == "__main__":
    if sys.argv[1:] == ["stop"]:
        running().close()
        os.unlink(STATE)
    else:
        started = Swift()
        started.goes_on = True
        with open(STATE, "w", encoding="ascii") as state_file:
            json.dump(vars(started), state_file)
