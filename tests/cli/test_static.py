#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command that static-packages wrote beside the build: one file, which alone in an empty root says what the command
says here; that for arm64 under qemu-user."""
import glob
import os
import platform
import shutil
import subprocess
import sys

from command import DATA, LIMIT, ORDER, SAMPLE, THRESH, archive, main, path, run, skip

PLACE = os.environ.get("THRESH_PACKAGES") or os.path.dirname(os.path.abspath(THRESH))
NATIVE = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())  # None: of neither
MOST_BYTES = 6000000
commands = {name: os.path.join(PLACE, "thresh-linux-" + name) for name in ("x86_64", "arm64")}
commands = {name: command for name, command in commands.items() if os.path.exists(command)}
if not commands:
    print("SKIPPED: no thresh-linux-* in %s (make static-packages): NO static command was tested" % PLACE)
    sys.exit(77)

# What is to be the same bytes: options, in a folder that put_documents filled.
RUNS = (("sample.zip", "-s", "order.xsd", "-f", "ndjson", "-x", "sum=sum(//@*)"),
        ("sample.zip", "-s", "order.xsd", "-f", "csv", "--sha256"),
        ("archives", "-f", "ndjson", "--max-total-bytes=50M"),
        ("encodings.zip", "-f", "csv", "-x", "text=/a"))

# Of one byte a character, of two, of four; of none that ASCII is a part of; those of which two are one.
TEXTS = {"utf-16": "\u20ac", "cp1252": "\u20ac", "cp1251": "\u0416", "shift_jis": "\u6f22\uff76", "euc_jp": "\u6f22",
         "gb18030": "\u6f22\u20ac\U0001f600\u0f00", "big5": "\u6f22", "cp949": "\ud55c", "cp037": "\u00e9",
         "koi8_r": "\u0416", "cp1258": "a\u0300\u0110", "cp1255": "\u05e9\u05bc"}
NAMES = {"cp1252": "windows-1252", "euc_jp": "EUC-JP", "koi8_r": "KOI8-R", "cp1258": "windows-1258"}


def put_documents(root):
    """A root, in which nothing but documents is."""
    os.makedirs(root + "/tmp")
    shutil.copy(SAMPLE, root + "/sample.zip")
    for schema in glob.glob(os.path.join(os.path.dirname(ORDER), "*.xsd")):
        shutil.copy(schema, root)
    os.mkdir(root + "/archives")
    for name in glob.glob(os.path.join(DATA, "archives", "*.*")):
        shutil.copy(name, root + "/archives")
    shutil.copy(archive("encodings.zip", [
        ('<?xml version="1.0" encoding="%s"?><a>%s</a>' % (NAMES.get(codec, codec), text)).encode(codec)
        for codec, text in TEXTS.items()]), root)
    return root


def says(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def test_it_is_one_file_that_needs_nothing():
    for command in commands.values():
        elf = subprocess.run(["readelf", "-W", "--dynamic", "--program-headers", "--sections", command], check=True,
                             stdout=subprocess.PIPE, timeout=LIMIT).stdout.decode()
        assert "(NEEDED)" not in elf and "INTERP" not in elf and ".symtab" not in elf, elf
        assert "(FLAGS_1)" in elf and "PIE" in elf and "GNU_RELRO" in elf, elf
        assert os.path.getsize(command) <= MOST_BYTES, os.path.getsize(command)


def test_it_says_the_same_in_an_empty_root():
    if os.getuid() != 0 or NATIVE not in commands:
        skip("not as root, or no static command for this machine: the empty root was not tested")
    root = put_documents(path("root"))
    shutil.copy(commands[NATIVE], root + "/thresh")
    for options in RUNS:
        here = run(*options, cwd=root)
        for backend in "sequential", "openmp", "fork":
            code, out, err = says("chroot", root, "/thresh", *options, "-b", backend, "-j3")
            assert (code, out) == (here.returncode, here.stdout), (options, backend, code, err)
        code, out, err = says("chroot", root, "/thresh", *options, "--isolate", "-j2")
        assert (code, out) == (here.returncode, here.stdout) and b"without" not in err, (options, code, err)
    assert not os.path.exists(root + "/proc") and os.listdir(root + "/tmp") == []


def test_isolation_and_backends_are_all_there():
    if NATIVE not in commands:
        skip("no static command for this machine")
    version = subprocess.run([commands[NATIVE], "--version"], check=True, stdout=subprocess.PIPE,
                             timeout=LIMIT).stdout.decode()
    assert "backends: sequential openmp fork (" in version and "Landlock, seccomp" in version, version


def test_images_of_schemas_and_reports_are_written_in_an_empty_root():
    if os.getuid() != 0 or NATIVE not in commands:
        skip("not as root, or no static command for this machine: the empty root was not tested")
    root = put_documents(path("writes"))
    shutil.copy(commands[NATIVE], root + "/thresh")
    code, _, err = says("chroot", root, "/thresh", "compile", "-s", "order.xsd", "-o", "order.image")
    assert code == 0, err
    code, _, err = says("chroot", root, "/thresh", "sample.zip", "-s", "order.image", "--report", "report.html", "-o",
                        "out.csv", "-f", "csv", "--cache", "cache")
    assert code == 1 and os.path.getsize(root + "/report.html") > 10000, err
    with open(root + "/out.csv", "rb") as file:
        rows = file.read().splitlines()
    want = run("sample.zip", "-s", "order.xsd", "-f", "csv", cwd=root).stdout.splitlines()
    assert len(rows) == len(want) and rows[0] == want[0], rows


def test_arm64_says_the_same_under_qemu():
    qemu = shutil.which("qemu-aarch64-static")
    if NATIVE == "arm64" or "arm64" not in commands or not qemu:
        skip("no static command for arm64, or no qemu-user-static: arm64 was not tested")
    root = put_documents(path("arm64"))
    for options in RUNS:
        here = run(*options, cwd=root)
        # Not fork: qemu has a thread of its own, beside which nothing is forked.
        for backend in "sequential", "openmp":
            code, out, err = says(qemu, commands["arm64"], *options, "-b", backend, "-j2", cwd=root)
            assert (code, out) == (here.returncode, here.stdout), (options, backend, code, err)


main()
