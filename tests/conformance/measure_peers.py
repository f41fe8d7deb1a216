#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what the JDK's Xerces and libxml2 make of the W3C's tests of XML Schema 1.0 into the columns of
docs/conformance.md:

    THRESH_XSTS=DIR python3 tests/conformance/measure_peers.py

Needs javac and a C compiler with libxml2's headers (`ci/setup benchmark`). Takes some two minutes."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.update(THRESH="", THRESH_TEST_DATA="", THRESH_UPDATE_GOLDENS="1",
                  THRESH_SOURCE_DIR=os.path.join(HERE, "..", ".."))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import page  # the paths are set above
from test_xsts import COUNTS
from xsts import Suite


def built(folder):
    """The command of each peer, by its column."""
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libxml-2.0"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    program = os.path.join(folder, "libxml2")
    subprocess.run(["cc", "-O2", os.path.join(HERE, "peers", "libxml2.c"), "-o", program, *flags], check=True)
    subprocess.run(["javac", "-d", folder, os.path.join(HERE, "peers", "Xerces.java")], check=True)
    return {"Xerces-J": ["java", "-Xss16m", "-cp", folder, "Xerces"], "libxml2": [program]}


def main():
    suite = Suite()
    with tempfile.TemporaryDirectory() as folder:
        for column, program in built(folder).items():
            counts, _, said = suite.compare(suite.outcomes(program))
            page.hold_counts(COUNTS, column, counts)
            print("%s: %d missed" % (column, len(said)))
            for line in said.values():
                print("    " + line[:200])


main()
