#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes charset_table.h: what this machine's iconv makes of the encodings that encoding_modules.c names, and their
other names.

    python3 charsets.py ../../scanner/encoding_modules.c > charset_table.h

Asked for each sequence of bytes that begins none, one or more characters; charsets.c says what the numbers mean."""
import ctypes
import glob
import re
import sys

CHARACTER, NODE, FOUR, PAIR = 1 << 31, 1 << 30, 1 << 29, 1 << 28
STATEFUL = ("UTF-7", "ISO-2022-JP")  # which no table of sequences has
COMPOSING = ("WINDOWS-1255", "WINDOWS-1258")  # a letter and its marks are one character
libc = ctypes.CDLL(None, use_errno=True)
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
libc.iconv.restype = ctypes.c_size_t
libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
FAILED, EINVAL = ctypes.c_size_t(-1).value, 22
INPUT, OUTPUT = ctypes.create_string_buffer(8), ctypes.create_string_buffer(64)


def convert(converter, sequence):
    """The characters; "" where it is the beginning of some; None where it is no text."""
    ctypes.memmove(INPUT, sequence, len(sequence))
    at, left = ctypes.c_void_p(ctypes.addressof(INPUT)), ctypes.c_size_t(len(sequence))
    to, room = ctypes.c_void_p(ctypes.addressof(OUTPUT)), ctypes.c_size_t(64)
    libc.iconv(converter, None, None, None, None)
    rc = libc.iconv(converter, ctypes.byref(at), ctypes.byref(left), ctypes.byref(to), ctypes.byref(room))
    if rc == FAILED:
        return "" if ctypes.get_errno() == EINVAL else None
    libc.iconv(converter, None, None, ctypes.byref(to), ctypes.byref(room))  # what it has kept back
    return OUTPUT.raw[:64 - room.value].decode()


def packed(entries):
    """A node: the first byte and how many, then the entry of each."""
    if not entries:
        return [0]
    first, last = min(entries), max(entries)
    return [first | (last - first + 1) << 8] + [entries.get(byte, 0) for byte in range(first, last + 1)]


class Tables:
    def __init__(self):
        self.numbers, self.known, self.composes = [], {}, False

    def add(self, numbers):
        key = tuple(numbers)
        if key not in self.known:
            self.known[key] = len(self.numbers)
            self.numbers += numbers
        return self.known[key]

    def character(self, converter, sequence, text):
        if len(text) == 2:
            return PAIR | self.add([ord(text[0]), ord(text[1])])
        entries = {}
        for byte in range(256) if self.composes else ():
            both = convert(converter, sequence + bytes([byte]))
            if both and len(both) == 1:
                entries[byte] = self.character(converter, sequence + bytes([byte]), both)
        if not entries:
            return CHARACTER | ord(text)
        return CHARACTER | NODE | self.add([ord(text)] + packed(entries))

    def node(self, converter, prefix, bytes_to_try, four=None):
        """Where the table is of what follows the prefix."""
        entries = {}
        for byte in bytes_to_try:
            sequence = prefix + bytes([byte])
            if four and len(prefix) == 1 and prefix >= b"\x90" and 0x30 <= byte <= 0x39:
                first = convert(converter, prefix + b"0\x810")
                entries[byte] = FOUR | ord(first) if first else 0
                continue
            text = convert(converter, sequence)
            if text == "":
                digits = four and len(sequence) == 3
                entries[byte] = NODE | self.node(converter, sequence, range(0x30, 0x3a) if digits else range(256), four)
            elif text:
                entries[byte] = self.character(converter, sequence, text)
        return self.add(packed(entries))


def aliases():
    """Of each name of a module's, the other ones."""
    found = {}
    for name in sorted(glob.glob("/usr/lib/*/gconv/gconv-modules") + glob.glob("/usr/lib/*/gconv/gconv-modules.d/*.conf")):
        with open(name, encoding="ascii") as lines:
            for line in lines:
                alias = re.match(r"alias\s+(\S+)//\s+(\S+)//", line)
                if alias:
                    found.setdefault(alias[2], set()).add(alias[1])
    return found


with open(sys.argv[1], encoding="ascii") as source:
    names = re.findall(r'"([A-Z0-9_-]+)"', source.read().split("names[] = {")[1].split("}")[0])
tables, roots, others = Tables(), {}, aliases()
for name in names:
    if name in STATEFUL:
        continue
    converter = libc.iconv_open(b"UTF-8", name.encode())
    if converter in (None, FAILED):
        sys.exit("charsets.py: iconv of this machine does not know %s, which a static program is to know" % name)
    tables.composes = name in COMPOSING
    root = tables.node(converter, b"", range(256), name == "GB18030")
    libc.iconv_close(ctypes.c_void_p(converter))
    own = next((key for key, values in others.items() if name in values), name)
    for other in {name, own} | others.get(own, set()):
        roots.setdefault(other, root)
print("""/* Written by charsets.py. */
#include <stdint.h>
struct charset {
    const char *name;
    uint32_t root; /* the place of its node: first byte | entries << 8, then the entries */
};
static const uint32_t table[] = {""")
for i in range(0, len(tables.numbers), 12):
    print("    " + " ".join("0x%x," % number for number in tables.numbers[i:i + 12]))
print("};\nstatic const struct charset charsets[] = {")
for name, root in sorted(roots.items()):
    print('    {"%s", %d},' % (name, root))
print("};")
