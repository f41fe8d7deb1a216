# SPDX-License-Identifier: MIT
"""What the command tests share: running the built thresh, and finding the corpora."""
import json
import os
import re
import subprocess
import sys

THRESH = os.environ["THRESH"]
CORPORA = os.environ.get("THRESH_CORPORA", "")
SOURCE = os.environ["THRESH_SOURCE_DIR"]


def need_corpora():
    if not os.path.isdir(CORPORA):
        print("SKIPPED: no corpora at '%s' (THRESH_CORPORA): real documents were NOT checked"
              % CORPORA)
        sys.exit(77)


def run(*arguments, stdin=None, env=None, check=(0, 1)):
    """The finished process; an exit status that is not in `check` ends the test."""
    process = subprocess.run([THRESH, "--no-progress", *map(str, arguments)], input=stdin,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=None if env is None else {**os.environ, **env})
    if check is not None and process.returncode not in check:
        raise AssertionError("thresh %s: exit %d: %s" % (
            " ".join(map(str, arguments)), process.returncode, process.stderr.decode()))
    return process


def records(*arguments, **options):
    return [json.loads(line) for line in run("-f", "ndjson", *arguments, **options).stdout.splitlines()]


def stats(process):
    return json.loads(process.stderr.splitlines()[-1])


def backends():
    version = run("--version").stdout.decode()
    return re.search(r"^backends: (.*) \(default", version, re.M).group(1).split()


def table(path):
    """A TSV file with a header, as dicts."""
    with open(path, encoding="utf-8", newline="\n") as lines:
        header = next(lines).rstrip("\n").split("\t")
        return [dict(zip(header, line.rstrip("\n").split("\t"))) for line in lines]


def main(tests):
    """Runs functions, each a test; prints a line a test and the count that CI reads."""
    failed = 0
    for test in tests:
        name = test.__name__
        try:
            test()
            print("ok   %s" % name)
        except Exception as error:  # whatever it is, the other tests still run
            failed += 1
            print("FAIL %s: %s: %s" % (name, type(error).__name__, error))
    print("%d passed, %d failed" % (len(tests) - failed, failed))
    sys.exit(1 if failed else 0)
