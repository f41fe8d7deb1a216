#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes unicode.c:

    python3 unicode.py > unicode.c

Python's unicodedata has the general categories, and Perl's Unicode::UCD the blocks. Debian 12 has
both of Unicode 14.0.0. Where one is missing or of another version, the exit status is 77."""
import subprocess
import sys
import textwrap
import unicodedata

VERSION = "14.0.0"
CATEGORIES = "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoZsZlZpSmScSkSoCcCfCsCoCn"
ALTERNATING = 30
END = 0x110000
# Names of XSD 1.0 (Part 2, F.1.1) that Unicode has changed since; its Specials have one more.
OLD_BLOCKS = [
    (0x370, 0x3FF, "Greek"),
    (0x20D0, 0x20FF, "CombiningMarksforSymbols"),
    (0xE000, 0xF8FF, "PrivateUse"),
    (0xF0000, 0xFFFFD, "PrivateUse"),
    (0x100000, 0x10FFFD, "PrivateUse"),
    (0xFEFF, 0xFEFF, "Specials"),
    (0x500, 0x52F, "CyrillicSupplementary"),
]


def alternating(categories, c):
    """How many code points from c on are Lu, Ll, Lu, Ll, ..., in pairs."""
    n = 0
    while c + n + 1 < END and categories[c + n] == 0 and categories[c + n + 1] == 1:
        n += 2
    return n


def runs():
    """(first code point, number of the category). Four alternating code points make a run."""
    categories = [CATEGORIES.index(unicodedata.category(chr(c))) // 2 for c in range(END)]
    c, last = 0, None
    while c < END:
        n = alternating(categories, c)
        category = ALTERNATING if n >= 4 else categories[c]
        if category != last or n >= 4:
            yield c, category
        last = category
        c += n if n >= 4 else 1


def cannot(reason):
    print("unicode.py: " + reason, file=sys.stderr)
    sys.exit(77)


def check_version(of_what, version):
    if version != VERSION:
        cannot("%s has Unicode %s, not %s" % (of_what, version, VERSION))


def blocks():
    script = "my $blocks = Unicode::UCD::charblocks; print Unicode::UCD::UnicodeVersion, qq(\\n);" \
        "for my $name (keys %$blocks) { print qq(@$_[0, 1] $name\\n) for @{$blocks->{$name}} }"
    try:
        perl = subprocess.run(["perl", "-MUnicode::UCD", "-e", script], check=True, text=True,
                              stdout=subprocess.PIPE)
    except (OSError, subprocess.CalledProcessError) as error:
        cannot("no Unicode::UCD: %s" % error)
    version, *lines = perl.stdout.splitlines()
    check_version("Perl", version)
    found = [line.split(" ", 2) for line in lines]
    return sorted((int(first), int(last), name.replace(" ", "")) for first, last, name in found
                  if name != "No_Block")


def items(texts):
    # Items have spaces in them, at which no line is to be broken.
    filled = textwrap.fill(", ".join(text.replace(" ", "\0") for text in texts) + ",", 96,
                           initial_indent="    ", subsequent_indent="    ",
                           break_long_words=False, break_on_hyphens=False)
    return filled.replace("\0", " ")


check_version("Python", unicodedata.unidata_version)
print("""/* SPDX-License-Identifier: MIT
 *
 * Facts of the Unicode Character Database %s, written by unicode.py: no line of these
 * is worth reading.
 */
#include "xsd/regex/unicode.h"

/* clang-format off */
const uint32_t unicode_runs[] = {
%s
};

const size_t unicode_run_count = sizeof unicode_runs / sizeof *unicode_runs;

const struct unicode_block unicode_blocks[] = {
%s
};

const size_t unicode_block_count = sizeof unicode_blocks / sizeof *unicode_blocks;
/* clang-format on */""" % (VERSION, items("0x%x" % (c << 8 | category) for c, category in runs()),
                           items('{0x%x, 0x%x, "%s"}' % block for block in blocks() + OLD_BLOCKS)))
