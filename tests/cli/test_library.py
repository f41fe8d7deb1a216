#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library as it is installed: a program finds it by pkg-config or CMake, may use for its own
functions every name that thresh uses inside, and gets the records that the command writes."""
import itertools
import os
import re
import shutil
import subprocess
import sys

from command import LIMIT, SANITIZED, SOURCE, archive, backends, main, path, run, skip

if SANITIZED:
    print("SKIPPED: a library with a sanitizer in it is not one to install")
    sys.exit(77)

BUILD = os.environ["THRESH_BUILD_DIR"]
CC = os.environ["THRESH_CC"]


def output(*command, **options):
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                             timeout=LIMIT, **options)
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
FOLDER = os.path.dirname(MODULES)
ARCHIVE = os.path.join(FOLDER, "libthresh.a")
SHARED = os.path.join(FOLDER, "libthresh.so")
os.environ["LD_LIBRARY_PATH"] = FOLDER
HEADERS = path("prefix/include/thresh")


def flags(*which, module="thresh"):
    return output("pkg-config", *which, module,
                  env={**os.environ, "PKG_CONFIG_PATH": MODULES}).split()


def compile_program(name, *sources, compiler=CC, standard="-std=c17", static=False):
    output(compiler, standard, "-Wall", "-Wextra", "-Werror", "-o", path(name), *sources,
           *flags("--cflags", "--libs", module="thresh-static" if static else "thresh"))
    return path(name)


SAMPLE = archive("sample.zip", {
    **{"%d.xml" % i: "<a n='%d'><b>%s</b></a>" % (i, "x" * (i % 7)) for i in range(40)},
    "bad.xml": "<a><b></a>", "note.txt": "not XML"})
path("a.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
<xs:complexType><xs:sequence><xs:element name="b"/></xs:sequence><xs:attribute name="n" type="xs:int"/>
</xs:complexType></xs:element></xs:schema>""")

# Each of these is a function or an object inside thresh.
OURS = ("error_set", "buf_append", "utf8_write", "escape_text", "stop", "fail", "resolver_find",
        "xpath_compile", "enter", "note", "fault", "record_free", "rules_load", "source_open", "tune_main",
        "document_open", "xsd_start", "backend_find", "builtin_xml", "tune_prices", "record_pack",
        "thresh_begin_run")
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
    struct thresh_options *options = thresh_options_new();
    for (int i = 1; i < argc - 1; i += 2)
        if (thresh_options_set(options, argv[i], argv[i + 1], &error) < 0)
            return puts(error.text), 3;
    struct thresh *thresh = thresh_open(options, &error);
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_path(run, argv[argc - 1], NULL);
    thresh_run_on_text(run, put, stdout);
    if (!thresh || thresh_run(run, &error) != 0)
        return puts(error.text), 3;
    const struct thresh_stats *stats = thresh_run_stats(run);
    fprintf(stderr, "%%s %%d %%d\\n", stats->backend, stats->workers, records);
    int good = thresh_stats_good(stats);
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
    return good ? 0 : 1;
}
"""


def test_a_program_may_use_every_name_that_thresh_uses_inside():
    source = path("namesakes.c", "#include <stdlib.h>\n" + NAMESAKES +
                   PROGRAM % ", ".join("(void *)" + name for name in OURS))
    for program, backend in itertools.product(
            [compile_program("namesakes", source),
             compile_program("namesakes-static", source, static=True)], backends()):
        options = ["backend", backend, "jobs", "2", "schema", path("a.xsd"), "extract", "n=//@n"]
        process = finished(program, *options, SAMPLE)
        assert process.returncode == 1, (backend, process)
        workers = "1" if backend == "sequential" else "2"
        assert process.stderr.decode().split() == [backend, workers, "42"], process.stderr
        command = run("-f", "ndjson", "-s", path("a.xsd"), "-x", "n=//@n", SAMPLE)
        assert process.stdout == command.stdout, (backend, process.stdout)


def declared():
    with open(os.path.join(HEADERS, "thresh.h"), encoding="utf-8") as header:
        names = set(re.findall(r"^THRESH_API[^;(]*?(\w+)\(", header.read(), re.M))
    assert "thresh_run" in names, names
    return names


def defined(*command):
    lines = [line.split() for line in output(*command).splitlines()]
    return {words[2] for words in lines if len(words) == 3}


def test_the_archive_defines_what_the_header_declares_and_no_more():
    """Defined and global in the archive is what the header declares, no more and no less."""
    names = defined("nm", "-g", "--defined-only", ARCHIVE)
    assert names == declared(), names ^ declared()


def test_the_shared_library_exports_what_the_header_declares_with_its_version():
    names = defined("nm", "-D", "--with-symbol-versions", "--defined-only", SHARED)
    version = next(name for name in names if "@" not in name)
    assert re.fullmatch(r"THRESH_\d+\.\d+", version), version
    expected = {"%s@@%s" % (name, version) for name in declared()} | {version}
    assert names == expected, names ^ expected


def test_the_shared_library_says_its_name():
    """Programs that were linked with one minor version before 1.0 do not take another."""
    said = output("readelf", "-d", SHARED)
    version = re.search(r"THRESH_VERSION \"(\d+\.\d+)", open(
        os.path.join(HEADERS, "thresh.h"), encoding="utf-8").read()).group(1)
    assert "soname: [libthresh.so.%s]" % version in said, said
    assert os.path.realpath(os.path.join(FOLDER, "libthresh.so.%s" % version)) == \
        os.path.realpath(SHARED)
    assert "TEXTREL" not in said and "R_*PATH" not in said, said


def test_the_manual_has_all_of_the_header():
    """Each function has a page, and each sentence of the header stands in libthresh(3)."""
    manual = path("prefix/share/man/man3")
    assert {name[:-2] for name in os.listdir(manual)} == declared() | {"libthresh"}
    if not shutil.which("groff"):
        skip("there is no groff")
    process = subprocess.run(["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-c",
                              os.path.join(manual, "libthresh.3")],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    assert not process.stderr, process.stderr.decode()
    shown = re.sub(r".\x08|\W", "", process.stdout.decode().replace("\u2010\n", ""))
    with open(os.path.join(HEADERS, "thresh.h"), encoding="utf-8") as header:
        for comment in re.findall(r"^/\*((?:(?!\*/).)*)\*/\nTHRESH_API", header.read(),
                                  re.S | re.M):
            text = re.sub(r"\W", "", comment)
            assert text in shown, comment


def test_the_header_is_one():
    assert sorted(os.listdir(HEADERS)) == ["thresh.h"]


def test_cplusplus_takes_the_header():
    """Which names nothing that is not there."""
    if not shutil.which("c++"):
        skip("there is no C++ compiler")
    source = "#include <thresh/thresh.h>\nint main() { return !thresh_options_new(); }\n"
    program = compile_program("plus", path("plus.cc", source), compiler="c++", standard="-std=c++11")
    assert finished(program).returncode == 0


def finished(*command, env=None):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          timeout=LIMIT, env=env)


def build_project(source, name, *definitions):
    """The folder that a CMake project was built in."""
    output("cmake", "-S", source, "-B", path(name), "-DCMAKE_C_COMPILER=" + CC,
           "-DCMAKE_C_FLAGS=-Werror", *definitions)
    output("cmake", "--build", path(name), "-j2")
    return path(name)


def test_the_examples_find_the_package_and_do_what_they_say():
    """find_package(thresh) finds all that the examples need, and each does what it says."""
    programs = build_project(os.path.join(SOURCE, "examples"), "examples",
                             "-DCMAKE_PREFIX_PATH=" + path("prefix"))

    def example(name, *arguments):
        process = finished(os.path.join(programs, name), *arguments)
        return process.returncode, process.stdout.decode(), process.stderr.decode()

    records = run("-f", "ndjson", "-s", path("a.xsd"), SAMPLE).stdout.decode()
    assert example("check", path("a.xsd"), SAMPLE) == (1, records, "")
    status, _, error = example("check", path("none.xsd"), SAMPLE)
    assert status == 2 and "none.xsd" in error, error

    status, said, error = example("verdicts", SAMPLE)
    counts = dict(reversed(line.split(None, 1)) for line in said.splitlines())
    assert status == 1 and not error, (said, error)
    assert (counts["wellformed"], counts["malformed"], counts["skipped"]) == ("40", "1", "1"), said

    status, said, error = example("first_bad", path("a.xsd"), SAMPLE)
    assert status == 1 and not error and SAMPLE + "!/" in said.splitlines()[0], (said, error)
    assert said.splitlines()[0].endswith(": malformed") and "  line 1: " in said, said
    good = archive("good.zip", ["<a n='0'><b/></a>"])
    assert example("first_bad", path("a.xsd"), good) == (0, "", "")

    status, said, error = example("records", path("a.xsd"), SAMPLE)
    assert (status, said, error) == (0, "40 of 41 are valid, 780 in all\n", ""), (said, error)
    status, said, error = example("entries", SAMPLE)
    lines = said.splitlines()
    assert status == 0 and not error and len(lines) == 42, (said, error)
    assert lines[0] == SAMPLE + "!/0.xml: 0 lines, 20 bytes", lines[0]
    assert lines[41] == SAMPLE + "!/note.txt: 0 lines, 7 bytes", lines[41]
    assert example("sha256", "1000000") == (0, "23 of 1000000, the first 88484\n", "")
    process = subprocess.run([os.path.join(programs, "pool_loop")], input=b"one\n22\nthree 3\n" * 50,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=LIMIT)
    if backends() == ["sequential"]:
        assert process.returncode == 2 and b"this build has no parallel backend" in process.stderr, process
    else:
        assert process.returncode == 0 and sorted(process.stdout.decode().splitlines()) == sorted(
            ["3 letters", "0 letters", "5 letters"] * 50), process

    if os.path.exists(os.path.join(programs, "extract")):
        status, said, error = example("extract", "string(//@n)", SAMPLE)
        assert status == 1 and not error, error
        assert said.splitlines()[0] == SAMPLE + "!/0.xml: wellformed 0", said
        status, said, error = example("extract", "[", SAMPLE)
        assert status == 2 and "XPath" in error, error


def test_cmake_versions():
    """A project that asks for another version is told so."""
    path("CMakeLists.txt", "cmake_minimum_required(VERSION 3.22)\nproject(other LANGUAGES C)\n"
          "find_package(thresh 9.0 REQUIRED)\n")
    process = finished("cmake", "-S", path(), "-B", path("other"), "-DCMAKE_C_COMPILER=" + CC,
                       "-DCMAKE_PREFIX_PATH=" + path("prefix"))
    assert process.returncode != 0 and b'requested version "9.0"' in process.stderr, process


def test_the_program_of_the_readme_does_what_it_says():
    """Its program is the example, and compiles by its command."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    found = re.search(r"^    #include <stdio.h>\n(?:    .*\n|\n)+?    }\n(?=\n\S)", text, re.M)
    program = re.sub("^    ", "", found.group(0), flags=re.M)
    with open(os.path.join(SOURCE, "examples/check.c"), encoding="utf-8") as example:
        assert example.read().endswith("*/\n" + program), program
    path("check.c", program)
    command = re.search(r"^    (cc check\.c .*)$", text, re.M).group(1)
    output("sh", "-c", command.replace("cc", CC + " -Wall -Wextra -Werror", 1), cwd=path(),
           env={**os.environ, "PKG_CONFIG_PATH": MODULES})
    process = finished(path("check"), path("a.xsd"), SAMPLE)
    assert process.returncode == 1 and not process.stderr, process


def test_a_pool_needs_no_shared_memory():
    """Where /dev/shm cannot be written, as in AWS Lambda, a pool works all the same."""
    if backends() == ["sequential"]:
        skip("no parallel backend in this build")
    if not shutil.which("unshare") or finished("unshare", "-rm", "true").returncode != 0:
        skip("no mount namespace can be had")
    source = os.path.join(SOURCE, "examples/pool_loop.c")
    program = compile_program("loop", source)
    process = subprocess.run(
        ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o ro tmpfs /dev/shm && ! touch /dev/shm/x "
         "2>/dev/null && exec " + program],
        input=b"a b\n" * 20, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
        timeout=LIMIT)
    assert process.returncode == 0 and process.stdout == b"2 letters\n" * 20, process


def test_part_of_another_project():
    """With add_subdirectory: the library and nothing else, and flags are the project's."""
    path("parent/CMakeLists.txt", """cmake_minimum_required(VERSION 3.22)
project(parent LANGUAGES C)
add_subdirectory("%s" thresh EXCLUDE_FROM_ALL)
add_executable(check "%s/examples/check.c")
target_compile_options(check PRIVATE -Wall -Wextra -Werror)
target_link_libraries(check PRIVATE thresh::thresh)
install(TARGETS check)
""" % (SOURCE, SOURCE))
    built = build_project(path("parent"), "parent-build", "-DCMAKE_BUILD_TYPE=Debug",
                          "-DTHRESH_BACKENDS=sequential")
    assert not os.path.exists(os.path.join(built, "thresh/thresh")), "it has built the command"
    output("cmake", "--install", built, "--prefix", path("parent-prefix"))
    installed = [file for _, _, files in os.walk(path("parent-prefix")) for file in files]
    assert installed == ["check"], installed
    process = finished(os.path.join(built, "check"), path("a.xsd"), SAMPLE)
    assert process.stdout == run("-f", "ndjson", "-s", path("a.xsd"), SAMPLE).stdout, process


main()
