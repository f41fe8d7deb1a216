#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""start_time.py BOOTSTRAP [STARTS]: milliseconds from exec to the first request for /next."""
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time


def measure(bootstrap, starts, prefix=()):
    took = []
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory() as temp:
        environment = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listener.getsockname()[1],
                       "TMPDIR": temp, "PATH": os.environ["PATH"]}
        for _ in range(starts):
            begun = time.monotonic()
            # No file descriptors to close, so that Python can use posix_spawn: what is measured is
            # not a copy of Python's memory.
            process = subprocess.Popen([*prefix, bootstrap], env=environment, close_fds=False,
                                       stdout=subprocess.DEVNULL)
            listener.settimeout(60)
            connection, _ = listener.accept()
            request = connection.recv(4096)
            took.append((time.monotonic() - begun) * 1e3)
            assert request.startswith(b"GET /2018-06-01/runtime/invocation/next "), request
            process.kill()
            process.wait()
            connection.close()
    return took


if __name__ == "__main__":
    times = measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100)
    print("%d starts: median %.1f ms, least %.1f, most %.1f" % (
        len(times), statistics.median(times), min(times), max(times)))
