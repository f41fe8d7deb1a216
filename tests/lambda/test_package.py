#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packages that static-packages wrote beside the build: small, one file, alone in an empty root,
quick to start; the layer for Python in a root with Python and nothing else; those for arm64 under qemu-user."""
import base64
import glob
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

from command import ORDER, SAMPLE, SOURCE, THRESH, main, run, skip

sys.path.insert(0, os.path.join(SOURCE, "tests", "lambda"))
from runtime_stub import Function  # noqa: E402
from start_time import measure  # noqa: E402

PLACE = os.environ.get("THRESH_PACKAGES") or os.path.dirname(os.path.abspath(THRESH))
STATIC = os.environ.get("THRESH_STATIC") or PLACE
NATIVE = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())  # None: of neither
MOST_BYTES, MOST_MS = 6000000, 10
packages = {name: os.path.join(PLACE, "thresh-lambda-%s.zip" % name) for name in ("x86_64", "arm64")}
packages = {name: path for name, path in packages.items() if os.path.exists(path)}
if not packages:
    print("SKIPPED: no thresh-lambda-*.zip in %s (make static-packages): NO package was tested" % PLACE)
    sys.exit(77)
work = tempfile.TemporaryDirectory()
bootstraps = {}
for arch, package in packages.items():
    os.makedirs(os.path.join(work.name, arch))
    bootstraps[arch] = os.path.join(work.name, arch, "bootstrap")
    with zipfile.ZipFile(package) as archive:
        archive.extract("bootstrap", os.path.join(work.name, arch))
    os.chmod(bootstraps[arch], 0o755)
layers = {arch: os.path.join(PLACE, "thresh-python-layer-%s.zip" % arch) for arch in packages}


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


def check_elf(file):
    subprocess.run([os.path.join(SOURCE, "ci", "check-elf"), file], check=True, stdout=subprocess.DEVNULL)


def test_needs_only_glibc():
    for bootstrap in bootstraps.values():
        check_elf(bootstrap)


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


# -- The layer for Python

# A document of each kind, the schema, values, on each of the backends that are named.
RUN = """
import sys, thresh
for backend in sys.argv[1:]:
    with thresh.Checker(schema="order.xsd", extract={"sum": "sum(//@*)"}, backend=backend, jobs=3) as checker:
        texts = []
        stats = checker.each("sample.zip", lambda record: texts.append(record.text()))
        assert stats["backend"] == backend and stats["workers"] == (1 if backend == "sequential" else 3), stats
        sys.stdout.buffer.write("".join(texts).encode())
with thresh.Checker() as checker:
    assert len(list(checker.run("sample.zip"))) == len(texts)
"""


def unpacked(arch):
    place = os.path.join(work.name, "layer-" + arch)
    with zipfile.ZipFile(layers[arch]) as archive:
        archive.extractall(place)
    return place


def is_the_command_s(out, runs, folder):
    """So many runs, each of which says what the command says in that folder."""
    want = run("sample.zip", "-s", "order.xsd", "-x", "sum=sum(//@*)", "-f", "ndjson", cwd=folder).stdout
    assert out == runs * want and len(want) > 1000, (len(out), len(want))


def put_documents(folder):
    shutil.copy(SAMPLE, os.path.join(folder, "sample.zip"))
    for schema in glob.glob(os.path.join(os.path.dirname(ORDER), "*.xsd")):
        shutil.copy(schema, folder)


def test_layer_contents():
    for arch, layer in layers.items():
        with zipfile.ZipFile(layer) as archive:
            assert {name for name in archive.namelist() if not name.startswith("python/thresh/")} == set()
        assert os.path.getsize(layer) <= MOST_BYTES, os.path.getsize(layer)
        for library in glob.glob(os.path.join(unpacked(arch), "python", "thresh", "*.so*")):
            check_elf(library)


def put_python(root):
    """This interpreter, its modules and the libraries that it is linked with."""
    standard = sysconfig.get_path("stdlib")
    shutil.copytree(standard, root + standard, ignore=shutil.ignore_patterns(
        "__pycache__", "test", "site-packages", "dist-packages", "idlelib", "config-*"))
    python = os.path.realpath(sys.executable)
    os.makedirs(root + os.path.dirname(python), exist_ok=True)
    shutil.copy(python, root + python)
    linked = subprocess.run(["ldd", python], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    # glibc's own package brings libgcc_s along, which it needs where threads end.
    for library in [word for word in linked if word.startswith("/")] + glob.glob("/lib/*-linux-gnu/libgcc_s.so.1"):
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(library, root + library)
    return python


def test_layer_in_a_root_with_python_alone():
    if os.geteuid() or NATIVE not in layers:
        skip("not as root, or no package for this machine: the layer was not tested alone")
    root = os.path.join(work.name, "python-root")
    os.makedirs(os.path.join(root, "tmp"))
    put_documents(root)
    shutil.copytree(unpacked(NATIVE), os.path.join(root, "opt"))
    out = subprocess.run(["chroot", root, put_python(root), "-c", RUN, "sequential", "openmp", "fork"], check=True,
                         stdout=subprocess.PIPE, env={"PYTHONPATH": "/opt/python", "PATH": os.environ["PATH"]}).stdout
    assert not os.path.exists(root + "/dev/shm")
    is_the_command_s(out, 3, root)


def test_layer_for_arm64_under_qemu():
    qemu = shutil.which("qemu-aarch64-static")
    sysroot = os.path.join(STATIC, "static-arm64", "sysroot")
    pythons = glob.glob(os.path.join(sysroot, "usr", "bin", "python3.*[0-9]"))
    if NATIVE == "arm64" or "arm64" not in layers or not qemu or not pythons:
        skip("no arm64 layer, qemu-user-static or Python in the sysroot: arm64 was not tested")
    folder = os.path.join(work.name, "qemu")
    os.mkdir(folder)
    put_documents(folder)
    # Not fork: qemu has a thread of its own, beside which nothing is forked.
    out = subprocess.run([qemu, "-L", sysroot, pythons[0], "-c", RUN, "sequential", "openmp"], check=True, cwd=folder,
                         stdout=subprocess.PIPE, env={"PYTHONPATH": os.path.join(unpacked("arm64"), "python")}).stdout
    is_the_command_s(out, 2, folder)


# -- The bootstrap again

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
