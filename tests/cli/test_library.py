#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library as it is installed: a program finds it by pkg-config, may use for its own functions
every name that thresh uses inside, and gets the records that the command writes."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from command import SOURCE, backends, main, run

if os.environ.get("THRESH_SANITIZE"):
    print("SKIPPED: a library with a sanitizer in it is not one to install")
    sys.exit(77)

BUILD = os.environ["THRESH_BUILD_DIR"]
CC = os.environ["THRESH_CC"]
work = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(work.name, name)


def output(*command, **options):
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                             **options)
    assert process.returncode == 0, (command, process.returncode, process.stderr.decode())
    return process.stdout.decode()


def install():
    """Into a DESTDIR, as packagers do; then moved, as users do."""
    output("cmake", "--install", BUILD, "--prefix", "/opt/thresh",
           env={**os.environ, "DESTDIR": path("stage")})
    os.rename(path("stage/opt/thresh"), path("prefix"))
    for folder, _, files in os.walk(path("prefix")):
        if "thresh.pc" in files:
            return folder
    raise AssertionError("no thresh.pc was installed")


MODULES = install()
ARCHIVE = os.path.join(MODULES, "..", "libthresh.a")
HEADERS = path("prefix/include/thresh")


def flags(*which):
    return output("pkg-config", *which, "thresh",
                  env={**os.environ, "PKG_CONFIG_PATH": MODULES}).split()


def compile_program(name, *sources, compiler=CC, standard="-std=c17"):
    output(compiler, standard, "-Wall", "-Wextra", "-Werror", "-o", path(name), *sources,
           *flags("--cflags", "--libs"))
    return path(name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    return path(name)


def sample():
    with zipfile.ZipFile(path("sample.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(40):
            archive.writestr("%d.xml" % i, "<a n='%d'><b>%s</b></a>" % (i, "x" * (i % 7)))
        archive.writestr("bad.xml", "<a><b></a>")
        archive.writestr("note.txt", "not XML")
    return path("sample.zip")


SAMPLE = sample()
write("a.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
<xs:complexType><xs:sequence><xs:element name="b"/></xs:sequence><xs:attribute name="n" type="xs:int"/>
</xs:complexType></xs:element></xs:schema>""")

# Each of these is a function or an object inside thresh.
OURS = ("error_set", "buf_append", "utf8_write", "escape_text", "stop", "fail", "make", "replay",
        "enter", "note", "fault", "record_free", "rules_load", "source_open", "tune_main",
        "document_open", "xsd_start", "backend_find", "builtin_xml", "tune_prices")
NAMESAKES = "".join("void %s(void);\nvoid %s(void)\n{\n    abort();\n}\n" % (name, name)
                    for name in OURS)
PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <thresh/thresh.h>

/* All of them, whatever the linker would like to leave out. */
void *namesakes[] = {%s};

static int records;

static int put(void *file, const void *record, size_t len, struct thresh_error *error)
{
    if (fwrite(record, 1, len, file) == len && ++records)
        return 0;
    return snprintf(error->text, sizeof error->text, "no room"), -1;
}

int main(int argc, char **argv)
{
    struct thresh_error error = {""};
    struct thresh_stats stats;
    struct thresh_output output = {put, NULL, stdout};
    const char *inputs[] = {argv[argc - 1]};
    struct thresh_options *options = thresh_options_new();
    for (int i = 1; i < argc - 1; i += 2)
        if (thresh_options_set(options, argv[i], argv[i + 1], &error) < 0)
            return puts(error.text), 3;
    struct thresh *thresh = thresh_open(options, &error);
    if (!thresh || thresh_run(thresh, inputs, 1, &output, &stats, &error) != 0)
        return puts(error.text), 3;
    fprintf(stderr, "%%s %%d %%d\\n", stats.backend, stats.workers, records);
    int good = thresh_stats_good(&stats);
    thresh_close(thresh);
    thresh_options_free(options);
    return good ? 0 : 1;
}
"""


def test_namesakes():
    source = write("namesakes.c", "#include <stdlib.h>\n" + NAMESAKES +
                   PROGRAM % ", ".join("(void *)" + name for name in OURS))
    program = compile_program("namesakes", source)
    for backend in backends():
        options = ["backend", backend, "jobs", "2", "schema", path("a.xsd"), "extract", "n=//@n"]
        process = subprocess.run([program, *options, SAMPLE], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, check=False)
        assert process.returncode == 1, (backend, process)
        workers = "1" if backend == "sequential" else "2"
        assert process.stderr.decode().split() == [backend, workers, "42"], process.stderr
        command = run("-f", "ndjson", "-s", path("a.xsd"), "-x", "n=//@n", SAMPLE)
        assert process.stdout == command.stdout, (backend, process.stdout)


def test_symbols():
    """Defined and global in the archive is what the headers declare, no more and no less."""
    declared = set()
    for name in os.listdir(HEADERS):
        with open(os.path.join(HEADERS, name), encoding="utf-8") as header:
            declared |= set(re.findall(r"^THRESH_API[^;(]*?(\w+)\(", header.read(), re.M))
    assert "thresh_run" in declared, declared
    lines = output("nm", "-g", "--defined-only", ARCHIVE).splitlines()
    defined = {line.split()[2] for line in lines if len(line.split()) == 3}
    assert defined == declared, defined ^ declared


def test_headers():
    """They name nothing that is not there, and C++ takes them."""
    assert sorted(os.listdir(HEADERS)) == ["thresh.h"]
    source = "#include <thresh/thresh.h>\nint main() { return !thresh_options_new(); }\n"
    if shutil.which("c++"):
        subprocess.run([compile_program("plus", write("plus.cc", source), compiler="c++",
                                        standard="-std=c++11")], check=True)


def test_readme():
    """Its program compiles by its command, and says what it is said to say."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    found = re.search(r"^    #include <stdio.h>\n(?:    .*\n|\n)+?    }\n(?=\n\S)", text, re.M)
    write("check.c", re.sub("^    ", "", found.group(0), flags=re.M))
    command = re.search(r"^    (cc check\.c .*)$", text, re.M).group(1)
    environment = {**os.environ, "PKG_CONFIG_PATH": MODULES}
    output("sh", "-c", command.replace("cc", CC + " -Wall -Wextra -Werror", 1), cwd=work.name,
           env=environment)
    arguments = [path("check"), path("a.xsd"), SAMPLE]
    process = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert process.returncode == 1 and not process.stderr, process
    assert process.stdout == run("-f", "ndjson", "-s", path("a.xsd"), SAMPLE).stdout
    process = subprocess.run([path("check"), path("none.xsd"), SAMPLE], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    assert process.returncode == 2 and b"none.xsd" in process.stderr, process


main()
