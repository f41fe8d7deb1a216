# SPDX-License-Identifier: MIT
"""What the linker sees: which object defines and which uses what name."""
import os
import subprocess

TARGETS = ("thresh-internal", "thresh-lambda", "thresh-bootstrap")


class Link:
    """`symbols`: name to the source that defines it. `uses`: source to the names that it uses."""

    def __init__(self, objects):
        self.symbols, self.uses = {}, {}
        for source, path in objects:
            wanted = self.uses.setdefault(source, set())
            listing = subprocess.run(["nm", path], stdout=subprocess.PIPE, check=True,
                                     encoding="utf-8").stdout
            for *_, kind, name in (line.split() for line in listing.splitlines()):
                if kind == "U":
                    wanted.add(name)
                elif kind.isupper():
                    self.symbols[name] = source

    def arrows(self):
        """(user, name, definer), where these are two sources."""
        for user, names in self.uses.items():
            for name in sorted(names):
                definer = self.symbols.get(name, user)
                if definer != user:
                    yield user, name, definer


def build(folder):
    subprocess.run(["cmake", "-S", ".", "-B", folder, "-DCMAKE_BUILD_TYPE=Debug",
                    "-DBUILD_TESTING=OFF", "-DTHRESH_WERROR=ON"],
                   stdout=subprocess.DEVNULL, check=True)
    subprocess.run(["cmake", "--build", folder, "-j%d" % os.cpu_count(), "--target", *TARGETS],
                   stdout=subprocess.DEVNULL, check=True)
    objects = []
    for target in TARGETS:
        top = os.path.join(folder, "CMakeFiles", target + ".dir")
        for inside, _, names in os.walk(top):
            for path in (os.path.join(inside, name) for name in names if name.endswith(".o")):
                source = os.path.relpath(path, top)[:-len(".o")]
                if os.path.exists(source):  # else the object of a file that is gone
                    objects.append((source, path))
    return Link(sorted(objects))
