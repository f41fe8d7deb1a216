# SPDX-License-Identifier: MIT
"""What the command tests share: running the built thresh, files to run it on, and main(), which runs
the cases of a script: the functions whose names begin with test_."""
import atexit
import difflib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import traceback
import zipfile

THRESH = os.environ["THRESH"]
SOURCE = os.environ["THRESH_SOURCE_DIR"]
# Archives and documents that the build has made: tests/CMakeLists.txt says by which scripts.
DATA = os.environ["THRESH_TEST_DATA"]
SAMPLE = os.path.join(DATA, "sample.zip")
ORDER = os.path.join(SOURCE, "benchmarks", "order.xsd")
SANITIZED = bool(os.environ.get("THRESH_SANITIZE"))
# No process of a test may take longer, in seconds; a sanitizer makes thresh several times slower.
LIMIT = 500 if SANITIZED else 120
# Nor may a case, whatever it waits for: less than ctest waits, which would leave what it started behind.
CASE_LIMIT = 550

_work = tempfile.TemporaryDirectory()
_started = []


# -- Files ---------------------------------------------------------------------------------------

def path(name="", content=None):
    """A path in the test's own directory, which is removed at the end. Content is written there."""
    full = os.path.join(_work.name, name)
    if content is not None:
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    return full


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    """The bytes of a ZIP of documents by name, or of a list of documents, then 0000.xml, 0001.xml..."""
    if not isinstance(entries, dict):
        entries = {"%04d.xml" % i: document for i, document in enumerate(entries)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content, method)
    return out.getvalue()


def archive(name, entries, method=zipfile.ZIP_DEFLATED):
    """The path of such a ZIP."""
    return path(name, zipped(entries, method))


# The type of values that are slow by the byte, however quick the rest gets: no small automaton has their pattern.
SLOW_TYPE = """<xs:simpleType><xs:restriction base="xs:string">
<xs:pattern value="([01]*0[01]{200})?[01]*"/></xs:restriction></xs:simpleType>"""


def slow_values(n, form):
    """So many, each in the form; all the same, so that they are small in an archive."""
    return (form % ("01101" * 24)) * n


def unfinished_bytes(process, out):
    """Of the output, which has no name yet, or a temporary one; 0 while there is none, and once it has its own."""
    fds = "/proc/%d/fd/" % process.pid
    total = 0
    for fd in os.listdir(fds):
        try:
            if os.readlink(fds + fd).startswith((os.path.dirname(out) + "/#", out + ".")):
                total += os.stat(fds + fd).st_size
        except FileNotFoundError:
            pass
    return total


def table(name):
    """A TSV file with a header, as dicts."""
    with open(name, encoding="utf-8", newline="\n") as lines:
        header = next(lines).rstrip("\n").split("\t")
        return [dict(zip(header, line.rstrip("\n").split("\t"))) for line in lines]


def golden(name, got):
    """Compares bytes with those of tests/data/golden/NAME, or, where the script was told --update or
    THRESH_UPDATE_GOLDENS is set, writes them there."""
    full = os.path.join(SOURCE, "tests", "data", "golden", name)
    if os.environ.get("THRESH_UPDATE_GOLDENS"):
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(got)
        return
    with open(full, "rb") as file:
        want = file.read()
    if got != want:
        lines = difflib.unified_diff(*(text.decode(errors="replace").splitlines()
                                       for text in (want, got)), name, "now", lineterm="", n=1)
        raise AssertionError("%s is not as it was (THRESH_UPDATE_GOLDENS=1 takes what is new):\n%s" % (
            name, "\n".join(line[:300] for line in list(lines)[:40])))


# -- Processes -----------------------------------------------------------------------------------

def run(*arguments, stdin=None, env=None, check=(0, 1), timeout=LIMIT, cwd=None):
    """The finished process; an exit status that is not in `check` ends the test."""
    process = subprocess.run([THRESH, "--no-progress", *map(str, arguments)], input=stdin,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                             env=None if env is None else {**os.environ, **env}, check=False,
                             cwd=cwd)
    if check is not None and process.returncode not in check:
        raise AssertionError("thresh %s: exit %d: %s" % (
            " ".join(map(str, arguments)), process.returncode, process.stderr.decode()))
    return process


def start_program(*command, **options):
    """It goes on beside the test; killed at the end of the script if it still does."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    process = subprocess.Popen([*map(str, command)], **options)
    _started.append(process)
    return process


def start(*arguments, program=THRESH, **options):
    return start_program(program, "--no-progress", *arguments, **options)


@atexit.register
def _kill_started():
    for process in _started:
        if process.poll() is None:
            process.kill()
            process.wait()


def _end_case(*_):
    for process in _started:
        process.kill()  # and no wait, which is perhaps what takes so long, and is not to be entered twice
    raise TimeoutError("the case takes longer than %d s" % CASE_LIMIT)


def records(*arguments, **options):
    return [json.loads(line) for line in run("-f", "ndjson", *arguments, **options).stdout.splitlines()]


def stats(process):
    return json.loads(process.stderr.splitlines()[-1])


def backends():
    version = run("--version").stdout.decode()
    return re.search(r"^backends: (.*) \(default", version, re.M).group(1).split()


# -- Cases ---------------------------------------------------------------------------------------

def full_device():
    """A file on which there is never room."""
    if not os.path.exists("/dev/full"):
        skip("there is no /dev/full")
    return open("/dev/full", "wb")


class Skipped(Exception):
    pass


def skip(reason):
    """Ends the case, which then counts as skipped; the reason is what ci/test prints at its end."""
    raise Skipped(reason)


def main():
    """SCRIPT [--list] [--update] [CASE...]: runs the cases named, or all. Exits with 77 where all of
    them were skipped."""
    cases = {name: case for name, case in vars(sys.modules["__main__"]).items()
             if name.startswith("test_")}
    if "--list" in sys.argv:
        sys.exit(print("\n".join(cases)))
    if "--update" in sys.argv:
        os.environ["THRESH_UPDATE_GOLDENS"] = "1"
    failed = skipped = 0
    chosen = [name for name in sys.argv[1:] if name != "--update"] or list(cases)
    signal.signal(signal.SIGALRM, _end_case)
    for name in chosen:
        signal.alarm(CASE_LIMIT)
        try:
            cases[name]()
            print("ok   %s" % name)
        except Skipped as reason:
            skipped += 1
            print("SKIPPED: %s" % reason)
        except Exception:  # whatever it is, the other cases still run
            failed += 1
            print("FAIL %s: %s" % (name, traceback.format_exc()))
    print("%d passed, %d failed, %d skipped" % (len(chosen) - failed - skipped, failed, skipped))
    sys.exit(1 if failed else 77 if skipped == len(chosen) else 0)
