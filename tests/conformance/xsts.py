# SPDX-License-Identifier: MIT
"""The W3C's tests of XML Schema 1.0, as tests.tsv lists them, and what a program makes of them."""
import os
import re
import subprocess
import tempfile
import zipfile
from xml.sax.saxutils import quoteattr

from command import skip, table

INSTANCE_OF = {"valid": "instances, valid", "invalid": "instances, invalid"}
SCHEMA_OF = {"valid": "schemas, valid", "invalid": "schemas, invalid"}
# 16,000 small files: into memory, if there is a place.
_work = tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


def _target_namespace(name):
    with open(name, "rb") as file:
        found = re.search(rb"\btargetNamespace\s*=\s*(['\"])(.*?)\1", file.read())
    return found and found.group(2).decode()


def _joined(schemas, number):
    """Several schema documents of a test are one schema: a document that imports each."""
    imports = ""
    for name in schemas:
        namespace = _target_namespace(name)
        imports += "<xs:import %s schemaLocation=%s/>\n" % (
            "namespace=" + quoteattr(namespace) if namespace else "", quoteattr(name))
    joined = os.path.join(_work.name, "joined-%d.xsd" % number)
    with open(joined, "w", encoding="utf-8") as file:
        file.write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
                   'targetNamespace="urn:joined">\n%s</xs:schema>\n' % imports)
    return joined


class Suite:
    def __init__(self):
        folder = os.environ.get("THRESH_XSTS")
        if not folder:
            skip("THRESH_XSTS names no copy of the W3C XML Schema 1.0 test suite")
        self.tests = table(os.path.join(folder, "tests.tsv"))
        self.files = os.path.join(_work.name, "xsts")
        with zipfile.ZipFile(os.path.join(folder, "files.zip")) as files:
            files.extractall(self.files)
        self.jobs = {}  # the instances of each schema
        for test in self.tests:
            instances = self.jobs.setdefault(test["schemas"], [])
            if test["instance"] and test["instance"] not in instances:
                instances.append(test["instance"])

    def _lines(self):
        for number, (schemas, instances) in enumerate(self.jobs.items()):
            names = [os.path.join(self.files, name) for name in schemas.split(" ")]
            schema = names[0] if len(names) == 1 else _joined(names, number)
            yield "\t".join([schema, *(os.path.join(self.files, name) for name in instances)])

    def outcomes(self, program):
        """{(schemas, instance or ""): (verdict, what was said)} of a program that takes lines as
        assess_schemas.c does."""
        process = subprocess.run(program, input="\n".join(self._lines()) + "\n", encoding="utf-8",
                                 errors="replace", stdout=subprocess.PIPE, check=True)
        answers = iter(process.stdout.split("\n"))
        outcomes = {}
        for schemas, instances in self.jobs.items():
            for instance in ["", *instances]:
                verdict, _, said = next(answers).partition("\t")
                outcomes[schemas, instance] = verdict.split(" ")[1], said
        return outcomes

    def compare(self, outcomes):
        """What passed and what did not: {kind: (right, all)}, {(kind, test): expected}, and for each
        of these what was said. A schema that breaks a rule is invalid, although it may be of use; a
        document that is not well-formed is invalid, too; one without a schema is neither."""
        counts = {kind: [0, 0] for kind in [*SCHEMA_OF.values(), *INSTANCE_OF.values()]}
        misses, said = {}, {}
        for test in self.tests:
            verdict, why = outcomes[test["schemas"], test["instance"]]
            expected = test["expected"]
            kind = (INSTANCE_OF if test["instance"] else SCHEMA_OF)[expected]
            right = verdict == "valid" if expected == "valid" else verdict not in ("valid", "lost")
            if test["instance"] and verdict == "refused":
                right = False
            counts[kind][0] += right
            counts[kind][1] += 1
            if not right:
                name = test["kind"], "%s %s %s" % (test["set"], test["group"], test["test"])
                misses[name] = expected
                said[name] = "%s: %s: %s" % (" ".join(name), verdict, why.replace(self.files + "/", ""))
        return counts, misses, said
