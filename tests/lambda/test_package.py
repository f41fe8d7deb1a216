#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packages that lambda-package wrote beside the build: small, one file, alone in an empty root,
quick to start; the arm64 one under qemu-user."""
import base64
import glob
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile

from command import SOURCE, THRESH, main, skip

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from runtime_stub import Function  # noqa: E402
from start_time import measure  # noqa: E402

PLACE = os.environ.get("THRESH_PACKAGES") or os.path.dirname(os.path.abspath(THRESH))
STATIC = os.environ.get("THRESH_STATIC") or PLACE
NATIVE = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
MOST_BYTES, MOST_MS = 6000000, 10
packages = {name: os.path.join(PLACE, "thresh-lambda-%s.zip" % name) for name in ("x86_64", "arm64")}
packages = {name: path for name, path in packages.items() if os.path.exists(path)}
if not packages:
    print("SKIPPED: no thresh-lambda-*.zip in %s (make lambda-package): NO package was tested" % PLACE)
    sys.exit(77)
work = tempfile.TemporaryDirectory()
bootstraps = {}
for arch, package in packages.items():
    os.makedirs(os.path.join(work.name, arch))
    bootstraps[arch] = os.path.join(work.name, arch, "bootstrap")
    with zipfile.ZipFile(package) as archive:
        archive.extract("bootstrap", os.path.join(work.name, arch))
    os.chmod(bootstraps[arch], 0o755)


def event():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for i in range(30):
            written.writestr("%d.xml" % i, "<a><b>%d</b></a>" % i)
    return {"archive_base64": base64.b64encode(out.getvalue()).decode(),
            "job": {"extract": {"b": "string(/a/b)"}}}


def works(function):
    with function:
        reply = function.invoke(event()).json
        assert reply["complete"] and reply["good"], reply
        assert [record["fields"]["b"] for record in reply["records"]] == [str(i) for i in range(30)]


def test_contents():
    for package in packages.values():
        with zipfile.ZipFile(package) as archive:
            (entry,) = archive.infolist()
        assert entry.filename == "bootstrap" and entry.external_attr >> 16 == 0o100755, entry
        assert os.path.getsize(package) <= MOST_BYTES, os.path.getsize(package)


def test_needs_only_glibc():
    for bootstrap in bootstraps.values():
        subprocess.run([os.path.join(SOURCE, "ci", "check-elf"), bootstrap], check=True,
                       stdout=subprocess.DEVNULL)


def test_runs():
    if NATIVE not in bootstraps:
        skip("no package for this machine")
    works(Function({}, command=[bootstraps[NATIVE]]))


def test_runs_in_an_empty_root():
    if os.geteuid() or NATIVE not in bootstraps:
        skip("not as root, or no package for this machine: the empty root was not tested")
    root = os.path.join(work.name, "root")
    os.makedirs(os.path.join(root, "tmp"))
    shutil.copy(bootstraps[NATIVE], root)
    for pattern in ("/lib*/ld-linux-*.so.*", "/lib/*-linux-gnu/libc.so.6",
                    "/lib/*-linux-gnu/libm.so.6"):
        for library in glob.glob(pattern):
            os.makedirs(root + os.path.dirname(library), exist_ok=True)
            shutil.copy(library, root + library)
    works(Function(None, {"TMPDIR": "/tmp"}, command=["chroot", root, "/bootstrap"]))


def test_starts_quickly():
    if NATIVE not in bootstraps:
        skip("no package for this machine")
    # A machine that does something else as well is slower, now and then: the best of three.
    busy = os.getloadavg()[0] > len(os.sched_getaffinity(0))
    medians = [statistics.median(measure(bootstraps[NATIVE], 100)) for _ in range(3)]
    print("     exec to the first /next: %s ms, medians of 100%s" % (", ".join(
        "%.1f" % median for median in medians), " (on a busy machine)" if busy else ""))
    assert min(medians) <= MOST_MS * (3 if busy else 1), medians


def test_arm64_under_qemu():
    qemu = shutil.which("qemu-aarch64-static")
    sysroot = os.path.join(STATIC, "static-arm64", "sysroot")
    if NATIVE == "arm64" or "arm64" not in bootstraps or not qemu or not os.path.isdir(sysroot):
        skip("no arm64 package, qemu-user-static or sysroot: arm64 was not tested")
    works(Function({}, command=[qemu, "-L", sysroot, bootstraps["arm64"]]))


main()
