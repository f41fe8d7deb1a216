#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes caseless_table.c from the Unicode data that this Python has:

    python3 caseless_table.py > caseless_table.c && clang-format -i caseless_table.c

A code point is taken one step on: to its canonical decomposition, or, where it has none, to its
case folding. Repeated until nothing changes, that is NFD(fold(NFD(x))), as is checked below; Hangul
syllables are left to arithmetic."""
import unicodedata

COMPATIBILITY = ((0xF900, 0xFAD9), (0x2F800, 0x2FA1D))  # ideographs: dense, each to one other


def steps():
    for c in range(0x110000):
        if 0xD800 <= c <= 0xDFFF or 0xAC00 <= c <= 0xD7A3:
            continue
        decomposed = unicodedata.decomposition(chr(c))
        if decomposed and not decomposed.startswith("<"):
            yield c, [int(part, 16) for part in decomposed.split()]
        elif chr(c).casefold() != chr(c):
            yield c, [ord(part) for part in chr(c).casefold()]


def repeated(step, c):
    return "".join(repeated(step, part) for part in step[c]) if c in step else chr(c)


def check(step):
    def nfd(text):
        return unicodedata.normalize("NFD", text)
    for c in range(0x110000):
        if not (0xD800 <= c <= 0xDFFF or 0xAC00 <= c <= 0xD7A3):
            assert nfd(repeated(step, c)) == nfd(nfd(chr(c)).casefold()), hex(c)


def runs(singles):
    """Neighbours, or every other one, that are the same way from what they become."""
    found = []
    for c, to in sorted(singles.items()):
        if found:
            first, last, stride, delta = found[-1]
            if delta == to - c and (c - last == stride if stride else c - last in (1, 2)):
                found[-1] = (first, c, c - last, delta)
                continue
        found.append((c, c, 0, to - c))
    return [(first, last, stride or 1, delta) for first, last, stride, delta in found]


def classes():
    last = 0
    for c in range(0x110000):
        now = unicodedata.combining(chr(c))
        if now != last:
            yield c << 8 | now
        last = now


def array(kind, name, items, counted=True):
    print("const %s caseless_%s[] = {%s};" % (kind, name, ", ".join(items)))
    if counted:
        print("const size_t caseless_n_%s = %d;\n" % (name, len(items)))


step = dict(steps())
check(step)
step[0xFB03], step[0xFB04] = [0xFB00, ord("i")], [0xFB00, ord("l")]  # ffi, ffl: the only threes
ideographs = [c for first, last in COMPATIBILITY for c in range(first, last + 1)]
singles = {c: to[0] for c, to in step.items() if len(to) == 1 and c not in ideographs}
assert all(len(step.get(c, [c])) == 1 for c in ideographs)
assert all(len(to) < 3 for to in step.values())
print("""/* SPDX-License-Identifier: MIT
 *
 * Facts of the Unicode Character Database %s, written by caseless_table.py: no line of
 * these is worth reading.
 */
#include "source/index/caseless_table.h"
""" % unicodedata.unidata_version)
array("uint64_t", "pairs", ["0x%x" % (c << 42 | to[0] << 21 | to[1])
                            for c, to in sorted(step.items()) if len(to) == 2])
array("struct caseless_run", "runs", ["{0x%x, 0x%x, %d, %d}" % run for run in runs(singles)])
array("uint32_t", "ideographs", ["0x%x" % step.get(c, [c])[0] for c in ideographs], False)
array("uint32_t", "classes", ["0x%x" % change for change in classes()])
