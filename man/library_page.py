#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""library_page.py HEADER FOLDER: writes libthresh.3, the text of the header as a man page, and for each
function a page that leads to it."""
import os
import re
import sys

RULER = re.compile(r"/\* -- (.*?) -+ \*/\n")


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def prose(comment):
    """A comment as paragraphs; lines that it indents are an example."""
    lines = re.sub(r"^/\*\s?|\s*\*/$", "", comment).split("\n")
    lines = [lines[0]] + [re.sub(r"^\s*\* ?", "", line) for line in lines[1:]]
    out, example = [], False
    for line in lines:
        if line.startswith("    ") != example:
            example = not example
            out.append(".PP\n.nf" if example else ".fi")
        out.append(roff(line[4:] if example else line.strip()) if line.strip() else ".PP")
    return "\n".join(out + [".fi"] * example)


def chunks(text):
    """The header in pieces: what empty lines part, outside of comments and braces."""
    piece, depth = [], 0
    for line in text.split("\n"):
        if line or depth:
            piece.append(line)
            depth += line.count("{") - line.count("}")
            depth += line.count("/*") - line.count("*/")
        elif piece:
            yield "\n".join(piece)
            piece = []


def entry(piece):
    """A comment and what it is about; there may be several."""
    out = []
    for comment, code in re.findall(r"\s*(/\*.*?\*/)?((?:(?!^/\*).)*)", piece, re.S | re.M):
        code = re.sub(r"THRESH_API\s+", "", code).strip("\n")
        if code.strip():
            out.append(".PP\n.nf\n%s\n.fi" % "\n".join(
                "\\fB%s\\fR" % roff(line) if not line.startswith(" ") else roff(line)
                for line in code.split("\n")))
        if comment:
            out.append((".RS\n%s\n.RE" if code.strip() else "%s") % prose(comment))
    return "\n".join(out)


def page(header):
    version = re.search(r'#define THRESH_VERSION "(.*)"', header).group(1)
    about, rest = re.match(r"(/\*.*?\*/)\n(.*)", header, re.S).groups()
    summary, about = re.match(r"/\* SPDX.*?\n \*\n \* (.*?)\n \*\n(.*)", about, re.S).groups()
    rest = re.sub(r"^#(?!define THRESH_VERSION).*\n(extern \"C\" \{\n|\}\n)?", "", rest, flags=re.M)
    rest = RULER.sub(lambda match: "\n@" + match.group(1) + "\n\n", rest)
    out = ['.TH LIBTHRESH 3 "" "thresh %s"' % version, ".SH NAME",
           "libthresh \\- " + roff(re.sub(r"\s*\n \* ", " ", summary).split(": ", 1)[1].rstrip(".")),
           ".SH SYNOPSIS", ".B #include <thresh/thresh.h>", ".PP",
           "cc ... $(pkg\\-config \\-\\-cflags \\-\\-libs thresh)", ".SH DESCRIPTION",
           prose("/*\n" + about)]
    for piece in chunks(rest):
        out.append(".SH " + piece[1:].upper() if piece.startswith("@") else entry(piece))
    return "\n".join(out + [".SH SEE ALSO", ".BR thresh (1)", ""])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        header = file.read()
    for name in re.findall(r"^THRESH_API[^;(]*?(\w+)\(", header, re.M):
        with open(os.path.join(sys.argv[2], name + ".3"), "w", encoding="utf-8") as file:
            file.write(".so man3/libthresh.3\n")
    with open(os.path.join(sys.argv[2], "libthresh.3"), "w", encoding="utf-8") as file:
        file.write(page(header))


main()
