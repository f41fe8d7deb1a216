#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""generated_table.py GENERATOR FILE: whether the generator still writes the file, a table of Unicode.
Skipped where this machine has another version of Unicode than the file."""
import subprocess
import sys
import unicodedata

generator, file = sys.argv[1:]
with open(file, "rb") as stream:
    expected = stream.read()
if unicodedata.unidata_version.encode() not in expected:
    print("SKIPPED: Python has Unicode %s, the table another" % unicodedata.unidata_version)
    sys.exit(77)
done = subprocess.run([sys.executable, generator], stdout=subprocess.PIPE)
written = done.stdout
if done.returncode:
    sys.exit(done.returncode)
if b"clang-format off" not in expected:
    try:
        written = subprocess.run(["clang-format", "--assume-filename", file], input=written,
                                 stdout=subprocess.PIPE, check=True).stdout
    except FileNotFoundError:
        print("SKIPPED: there is no clang-format")
        sys.exit(77)
sys.exit(0 if written == expected else "%s does not write %s" % (generator, file))
