#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Debian packages of a build: dpkg installs them into a root that has nothing but libraries, and there the command, its
manual, its completions, the package for Python and a program built against the library do what they do here. What is
installed below a prefix, and the tarball of the sources, too."""
import glob
import io
import os
import shutil
import subprocess
import sys
import tarfile

from command import LIMIT, ORDER, SAMPLE, SANITIZED, SOURCE, THRESH, main, path, run, skip

BUILD = os.environ["THRESH_BUILD_DIR"]
EPOCH = "1700000000"

if SANITIZED:
    print("SKIPPED: what has a sanitizer in it is not to be packaged")
    sys.exit(77)
for program in "cpack", "dpkg", "dpkg-deb", "dpkg-shlibdeps":
    if not shutil.which(program):
        print("SKIPPED: %s is not there" % program)
        sys.exit(77)


def output(*command, **options):
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, check=False, **options)
    assert process.returncode == 0, (command, process.stdout.decode(), process.stderr.decode())
    return process.stdout.decode()


def packed(folder):
    """The packages of the build, by the name of the package."""
    output("cpack", "-B", path(folder), cwd=BUILD, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH})
    return {name.split("_")[0]: path("%s/%s" % (folder, name)) for name in sorted(os.listdir(path(folder)))
            if name.endswith(".deb")}


def test_packages_are_the_same_bytes_each_time():
    first, second = packed("first"), packed("second")
    assert {"thresh", "libthresh-dev"} < set(first) and first.keys() == second.keys(), first
    for name in first:
        output("cmp", first[name], second[name])


def copy_libraries(root, program):
    """What the loader needs for it that is not the packages' own."""
    for library in subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=False).stdout.decode().split():
        if library.startswith("/") and not os.path.exists(root + library):
            os.makedirs(os.path.dirname(root + library), exist_ok=True)
            shutil.copy(library, root + library)


def test_packages_are_installed_into_a_root_and_used_there():
    if os.getuid() != 0:
        skip("only root may use another root")
    debs, root = packed("debs"), path("root")
    fields = {name: output("dpkg-deb", "-f", deb, "Depends", "Maintainer") for name, deb in debs.items()}
    library = next(name for name in debs if name.startswith("libthresh") and name != "libthresh-dev")
    for name in set(debs) - {"libthresh-dev"}:
        assert "libxml2" in fields[name] and "libc6 (>= " in fields[name], fields
    assert "Depends: %s (= " % library in fields["libthresh-dev"], fields

    # Its dependencies are here, and not known to the root's own dpkg.
    os.makedirs(root + "/var/lib/dpkg/info")
    for name in "status", "available":
        path("root/var/lib/dpkg/" + name, "")
    for name in "tmp", "bin", "sbin", "etc":
        os.makedirs(os.path.join(root, name))
    for program, place in (("/bin/sh", "/bin/sh"), ("/sbin/ldconfig", "/sbin/ldconfig")):
        shutil.copy(program, root + place)  # which the library's package runs
        copy_libraries(root, program)
    output("dpkg", "--root=" + root, "--force-depends", "-i", *debs.values())
    listed = output("dpkg-query", "--root=" + root, "-W", "-f", "${Package} ${Status}\n")
    assert listed.count("install ok installed") == len(debs), listed
    for name in ("usr/share/man/man1/thresh.1", "usr/share/man/man3/libthresh.3", "usr/include/thresh/thresh.h",
                 *("usr/share/doc/%s/copyright" % name for name in debs)):
        assert os.path.exists(os.path.join(root, name)), name
    for name, shell in (("bash-completion/completions/thresh", "bash"), ("zsh/site-functions/_thresh", "zsh"),
                        ("fish/vendor_completions.d/thresh.fish", "fish")):
        with open(os.path.join(root, "usr/share", name), "rb") as file:
            assert file.read() == run("--completion", shell, check=(0,)).stdout, shell

    copy_libraries(root, root + "/usr/bin/thresh")
    shutil.copy(SAMPLE, root + "/tmp/in.zip")
    for schema in glob.glob(os.path.join(os.path.dirname(ORDER), "*.xsd")):
        shutil.copy(schema, root + "/tmp")
    here = run("-s", ORDER, "-f", "csv", SAMPLE, check=(1,)).stdout.decode().replace(SAMPLE, "/tmp/in.zip")
    there = subprocess.run(["chroot", root, "/usr/bin/thresh", "-s", "/tmp/order.xsd", "-f", "csv", "/tmp/in.zip"],
                           stdout=subprocess.PIPE, timeout=LIMIT, check=False)
    assert there.returncode == 1 and there.stdout.decode() == here, there

    # A program of somebody else's, by pkg-config, with the library of the root.
    output(os.environ["THRESH_CC"], os.path.join(SOURCE, "examples/check.c"), "-o", root + "/tmp/check",
           "-I%s/usr/include" % root, "-L%s/usr/lib" % root, "-lthresh")
    copy_libraries(root, os.path.join(root, "usr/lib", os.path.realpath(root + "/usr/lib/libthresh.so")))
    said = subprocess.run(["chroot", root, "/tmp/check", "/tmp/order.xsd", "/tmp/in.zip"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=LIMIT, check=False)
    assert said.returncode == 1 and not said.stderr and b"invalid" in said.stdout, said

    if "python3-thresh" in debs:
        assert "python3 (>= 3.9)" in fields["python3-thresh"]
        said = output(sys.executable, "-c", "import thresh; print(thresh.__file__, sum(1 for _ in thresh.Checker().run(%r)))"
                      % SAMPLE, env={**os.environ, "PYTHONPATH": root + "/usr/lib/python3/dist-packages"})
        assert said.startswith(root) and int(said.split()[-1]) > 1, said

    output("dpkg", "--root=" + root, "--force-depends", "-P", *debs)
    left = [os.path.join(folder, name) for folder, _, names in os.walk(root + "/usr") for name in names
            if "thresh" in name]
    assert not left, left


def test_installed_below_a_prefix_all_is_in_its_place():
    prefix = path("prefix")
    output("cmake", "--install", BUILD, "--prefix", prefix)
    for name in ("bin/thresh", "share/man/man1/thresh.1", "share/man/man3/libthresh.3", "include/thresh/thresh.h",
                 "share/bash-completion/completions/thresh", "share/zsh/site-functions/_thresh",
                 "share/fish/vendor_completions.d/thresh.fish", "share/doc/thresh/copyright"):
        assert os.path.exists(os.path.join(prefix, name)), name
    # Whatever runs from there finds what it needs there, or in the system.
    assert output(prefix + "/bin/thresh", "--version", env={}) == output(THRESH, "--version")
    page = output("man", "-l", prefix + "/share/man/man1/thresh.1") if shutil.which("man") else "THRESH(1)"
    assert page.startswith("THRESH(1)"), page[:200]


def test_source_tarball_is_what_is_committed():
    """ci/matrix builds from one and runs the tests there."""
    if not shutil.which("git") or not os.path.exists(SOURCE + "/.git"):
        skip("no checkout of git's: no tarball was made")
    version = output(THRESH, "--version").split()[1]
    name, tarballs = "%s/thresh-%s.tar.gz" % (BUILD, version), []
    for _ in range(2):
        output("cmake", "--build", BUILD, "--target", "source-tarball")
        with open(name, "rb") as file:
            tarballs.append(file.read())
        os.unlink(name)
    assert tarballs[0] == tarballs[1]
    with tarfile.open(fileobj=io.BytesIO(tarballs[0])) as tar:
        names = {entry.name for entry in tar if entry.isfile()}
    committed = output("git", "ls-tree", "-r", "--name-only", "-z", "HEAD", cwd=SOURCE).split("\0")[:-1]
    assert names == {"thresh-%s/%s" % (version, name) for name in committed}, names ^ set(committed)


main()
