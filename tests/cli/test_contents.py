#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is said of the packages that static-packages wrote beside the build: the lists of what is linked in (SPDX 2.3) with
the licences; and the image for containers (OCI), its layout, and what it does where it is run."""
import glob
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile

from command import LIMIT, SAMPLE, SOURCE, THRESH, main, path, run, skip

PLACE = os.environ.get("THRESH_PACKAGES") or os.path.dirname(os.path.abspath(THRESH))
NATIVE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine())  # None: of neither
PRODUCTS = sorted(name[:-len(".spdx.json")] for name in glob.glob(PLACE + "/thresh-*.spdx.json"))
IMAGE = os.path.join(PLACE, "thresh-oci.tar")
MOST_BYTES = 10000000
if not PRODUCTS:
    print("SKIPPED: no thresh-*.spdx.json in %s (make static-packages): NO list of contents was tested" % PLACE)
    sys.exit(77)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def bill(product):
    return json.loads(read(product + ".spdx.json"))


# -- What is linked in ----------------------------------------------------------------------------

def test_bills_are_spdx():
    """What https://spdx.github.io/spdx-spec/v2.3/ demands of what is used of it here."""
    for product in PRODUCTS:
        spdx = bill(product)
        assert (spdx["spdxVersion"], spdx["dataLicense"], spdx["SPDXID"]) == ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT")
        assert spdx["name"] == os.path.basename(product) and re.fullmatch(r"[a-z]+:[^#\s]+", spdx["documentNamespace"])
        created = spdx["creationInfo"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created["created"]), created
        assert all(re.match("(Tool|Person|Organization): ", creator) for creator in created["creators"]), created
        identities = {row["SPDXID"] for row in spdx["packages"]}
        assert len(identities) == len(spdx["packages"]) and set(spdx["documentDescribes"]) <= identities
        licences = {text["licenseId"] for text in spdx["hasExtractedLicensingInfos"]}
        for row in spdx["packages"]:
            assert re.fullmatch("SPDXRef-[A-Za-z0-9.-]+", row["SPDXID"]) and row["name"] and row["versionInfo"], row
            assert row["downloadLocation"] and row["filesAnalyzed"] is False and row["copyrightText"], row
            assert row["licenseDeclared"] == "MIT" or row["licenseDeclared"] in licences, row
        related = {(relation["spdxElementId"], relation["relatedSpdxElement"]) for relation in spdx["relationships"]}
        assert related == {("SPDXRef-thresh", name) for name in identities - {"SPDXRef-thresh"}}, related
        assert spdx["packages"][0]["checksums"] == [{"algorithm": "SHA256",
                                                     "checksumValue": hashlib.sha256(read(product)).hexdigest()}]


def test_licences_of_all_that_is_linked_in_are_there():
    for product in PRODUCTS:
        spdx, texts = bill(product), read(product + ".licences").decode()
        assert "MIT License" in texts or "Permission is hereby granted" in texts.split("=" * 79)[0]
        assert len(texts.split("=" * 79)) == len(spdx["packages"])
        for licence in spdx["hasExtractedLicensingInfos"]:
            assert len(licence["extractedText"]) > 300 and licence["extractedText"].strip() in texts, licence["licenseId"]


def symbols(*options):
    listed = subprocess.run(["nm", "--defined-only", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            timeout=LIMIT, check=True).stdout.decode()
    return set(re.findall(r"^[0-9a-f]* ?[A-Za-z] (\S+)$", listed, re.M))


def test_all_archives_that_are_in_a_program_have_a_row():
    tried = 0
    for product in PRODUCTS:
        kind, arch = re.match(r"thresh-(linux|lambda)-(x86_64|arm64)|", os.path.basename(product)).groups()
        folder = os.path.join(PLACE, "programs-%s" % arch)
        program = {"linux": "thresh", "lambda": "thresh-bootstrap"}.get(kind)
        if not program or not os.path.exists(os.path.join(folder, program)):
            continue
        tried += 1
        ours = symbols("--no-sort", folder + "/libthresh-internal.a")
        linked = symbols(os.path.join(folder, program)) - ours
        target = {"linux": "thresh-command", "lambda": "thresh-bootstrap"}[kind]
        line = read("%s/CMakeFiles/%s.dir/link.txt" % (folder, target)).decode()
        rows = " ".join(row.get("comment", "") for row in bill(product)["packages"])
        named = {name for name in re.findall(r"\S*/lib\w+\.a", line) if os.path.isabs(name)}
        assert len(named) > 10, line
        for archive in named:
            if len(symbols("--extern-only", archive) & linked) > 3:
                assert os.path.basename(archive) in rows, (product, archive, rows)
        if kind == "linux":
            assert "libc.a" in rows and "libgomp.a" in rows and "libcurl.a" not in rows, rows
        else:
            assert "libcurl.a" in rows and "libcrypto.a" in rows and "libc.a" not in rows, rows
    if not tried:
        skip("the programs that the packages are made of are not beside them")


# -- The image ------------------------------------------------------------------------------------

def image():
    """The files of the layout, and what the index names, by architecture."""
    if not os.path.exists(IMAGE):
        skip("no thresh-oci.tar in %s (ci/oci-image): NO image was tested" % PLACE)
    with tarfile.open(IMAGE) as tar:
        files = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}

    def blob(descriptor):
        content = files.pop("blobs/" + descriptor["digest"].replace(":", "/"))
        assert len(content) == descriptor["size"], descriptor
        assert "sha256:" + hashlib.sha256(content).hexdigest() == descriptor["digest"], descriptor
        return content

    assert json.loads(files.pop("oci-layout")) == {"imageLayoutVersion": "1.0.0"}
    (index,) = json.loads(files.pop("index.json"))["manifests"]
    found = {}
    for descriptor in json.loads(blob(index))["manifests"]:
        manifest = json.loads(blob(descriptor))
        (layer,) = manifest["layers"]
        found[descriptor["platform"]["architecture"]] = (json.loads(blob(manifest["config"])), blob(layer))
    assert not files, "blobs that nothing names: %s" % list(files)
    return found


def test_image_holds_the_command_its_licences_and_nothing_else():
    for architecture, (config, layer) in image().items():
        command = os.path.join(PLACE, "thresh-linux-" + {"amd64": "x86_64"}.get(architecture, architecture))
        with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
            content = {entry.name: tar.extractfile(entry).read() if entry.isfile() else None for entry in tar}
            modes = {entry.name: (entry.mode, entry.uid) for entry in tar}
        assert content == {"thresh": read(command), "licences": read(command + ".licences"),
                           "sbom.spdx.json": read(command + ".spdx.json"), "tmp": None, "data": None}
        assert modes["thresh"] == (0o755, 0) and modes["tmp"][0] == 0o1777, modes
        assert config["architecture"] == architecture and config["os"] == "linux"
        assert config["config"]["Entrypoint"] == ["/thresh"] and config["config"]["User"].split(":")[0] not in ("", "0")
        assert len(layer) <= MOST_BYTES


def test_image_is_the_same_bytes_each_time():
    image()
    folder = path("again")
    os.mkdir(folder)
    for name in glob.glob(PLACE + "/thresh-linux-*"):
        os.symlink(name, os.path.join(folder, os.path.basename(name)))
    subprocess.run([os.path.join(SOURCE, "ci", "oci-image"), folder], check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)
    assert read(folder + "/thresh-oci.tar") == read(IMAGE)


def test_image_runs_as_its_user():
    if os.getuid() != 0 or NATIVE not in image():
        skip("not as root, or no image for this machine")
    config, layer = image()[NATIVE]
    root = path("root")
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        tar.extractall(root)
    shutil.copy(SAMPLE, root + config["config"]["WorkingDir"] + "/sample.zip")
    os.chmod(os.path.dirname(root), 0o755)
    os.chmod(root, 0o755)
    done = subprocess.run(["chroot", "--userspec=" + config["config"]["User"], root, *config["config"]["Entrypoint"],
                           "data/sample.zip", "-f", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT,
                          check=False)
    assert done.returncode == 1 and done.stdout == run("data/sample.zip", "-f", "csv", cwd=root).stdout, done.stderr


def test_image_runs_under_podman():
    image()
    if not shutil.which("podman"):
        skip("no podman: the image was run in a root of its own alone")
    podman = ["podman", "--root", path("store"), "--runroot", path("podman"), "--storage-driver", "vfs"]
    subprocess.run([*podman, "load", "-i", IMAGE], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=LIMIT)
    os.mkdir(path("data"))
    shutil.copy(SAMPLE, path("data/sample.zip"))

    def contained(*arguments):
        return subprocess.run([*podman, "run", "--rm", "--network=none", "-v", path("data") + ":/data:ro", "thresh:" + version,
                               *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, check=False)

    version = run("--version").stdout.decode().split()[1]
    if contained("--version").returncode:
        skip("podman cannot run a container on this machine: %s" % contained("--version").stderr.decode().strip()[-200:])
    done = contained("sample.zip", "-f", "csv")
    assert done.returncode == 1 and done.stdout == run("sample.zip", "-f", "csv", cwd=path("data")).stdout, done.stderr


main()
