# SPDX-License-Identifier: MIT
"""One dialect: of several good ways to write a thing, the one that is used here."""
import os
import re
import subprocess

from . import rooms

COLUMNS = 96
RULER = 91

# Code that has a better form.
BANNED = (
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|alloca|mktemp|tmpnam|rand)\(",
     "use the bounded or checked form"),
    (r"\bstrerror(_r)?\(", "write %m in the format"),
    (r"!(str(n?case)?cmp|strncmp|memcmp)\(", "compare with == 0"),
    (r'#include "(\.\.?/|src/)', "name it from src/ on"),
)
RETURN_CODE = re.compile(r"^\s+int (result|ret|retval|status|res|r|err|error)\b")


def _place(file, number):
    return "%s:%d" % (file.path, number)


def format(files, link):
    del link
    done = subprocess.run(["clang-format", "--dry-run", *(file.path for file in files)],
                          stderr=subprocess.PIPE, check=False, encoding="utf-8")
    for path in sorted(set(re.findall(r"^(\S+?):\d+:\d+: warning", done.stderr, re.M))):
        yield path, "is not as clang-format has it", "clang-format -i"


def lines(files, link):
    del link
    for file in files:
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS:
                yield (_place(file, number), "%d columns" % len(line),
                       "at most %d: break it" % COLUMNS)
        for number, comment in file.comments:
            if number > 1 and re.search(r"\n\s*\*/$", comment):
                yield (_place(file, number + comment.count("\n")), "a */ on a line of its own",
                       "end the comment's last line with it")
            if re.search(r"\b(TODO|FIXME|XXX)\b", comment):
                yield _place(file, number), "unfinished", "finish it"
            if comment.startswith("//"):
                yield _place(file, number), "a comment of another kind", "/* write it so */"
            if re.match(r"/\* ?(--[ -]|[=*#]{2})", comment) and not (
                    re.fullmatch(r"/\* -- \S.*\S -+ \*/", comment) and
                    len(file.lines[number - 1]) == RULER):
                yield (_place(file, number), "a ruler of another kind",
                       "/* -- Title ---- */, %d columns" % RULER)
        for pattern, remedy in BANNED:
            for number, match in file.matches(pattern):
                yield _place(file, number), "'%s'" % match.group(0).rstrip("("), remedy


def functions(files, link):
    """What holds a return code is `rc`: told where it is declared and returned."""
    del link
    for file in files:
        for function in file.functions:
            for at, line in enumerate(function.lines):
                match = RETURN_CODE.match(line)
                if not match:
                    continue
                body, name = "\n".join(function.lines), match.group(1)
                if "return %s;" % name in body and "waitpid" not in body:
                    yield (_place(file, function.line + at), "a return code called '%s'" %
                           match.group(1), "call it rc")


def includes(files, link):
    """Ours by room and file; a source begins with its own header."""
    del link
    paths = {file.path for file in files}
    for file in files:
        if not file.is_ours:
            continue
        named = [(number, match.group(1)) for number, match in file.matches(r'^#include "(.*)"')]
        for number, name in named:
            if not rooms.resolve(name, paths):
                yield _place(file, number), '#include "%s"' % name, 'write "room/file.h"'
        own = file.path[:-1] + "h"
        if file.suffix == ".c" and own in paths:
            first = next((match.group(1) for _, match in file.matches(r"^#include (\S+)")), "")
            if rooms.resolve(first.strip('"'), paths) != own:
                yield file.path, "its own header is not its first include", "move it to the front"


def pages(files, link):
    """Files that the pages name are there."""
    del files, link
    listed = subprocess.run(["git", "ls-files", "*.md"], stdout=subprocess.PIPE, check=True,
                            encoding="utf-8").stdout.split()
    for path in listed:
        if path.startswith(("benchmarks/results/", "CHANGELOG")):
            continue
        with open(path, encoding="utf-8") as page:
            for number, line in enumerate(page, 1):
                for name in re.findall(r"`((?:src|backends|tests|ci|\.ci|docs|cmake|examples|deploy|"
                                       r"benchmarks|man)/[\w./-]*)[ `]", line):
                    if not os.path.exists(name):
                        yield "%s:%d" % (path, number), "there is no %s" % name, "name what is there"


def scripts(files, link):
    del files, link
    listed = subprocess.run(["git", "ls-files", "ci", ".ci", "benchmarks/peers"],
                            stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.split()
    for path in listed:
        with open(path, "rb") as script:
            shell = re.match(rb"#!.*\b(bash|sh)\n", script.readline())
        if shell and subprocess.run(["bash", "-n", path], stderr=subprocess.DEVNULL,
                                    check=False).returncode:
            yield path, "is no shell script", "bash -n says where"
