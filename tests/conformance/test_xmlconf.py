#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The W3C's tests of XML 1.0: docs/conformance.md says which of them thresh does not pass, and why.
THRESH_XMLCONF names the folder of the suite that has xmlconf.xml."""
import os
import re
from xml.etree import ElementTree

import page
from command import main, path, records, skip

COUNTS = "## XML 1.0"
MISSES = "### XML tests that thresh does not pass"
# What hangs on an entity that may not be read is invalid.
RIGHT = {"well-formed": ["wellformed"], "not well-formed": ["malformed"],
         "well-formed that need external entities": ["wellformed", "invalid"],
         "not well-formed that need external entities": ["malformed"]}
BASE = "{http://www.w3.org/XML/1998/namespace}base"


def _collections(folder):
    """The files that xmlconf.xml names: entities, which a parser may not read."""
    with open(os.path.join(folder, "xmlconf.xml"), encoding="utf-8") as file:
        names = re.findall(r'<!ENTITY\s+\S+\s+SYSTEM\s+"([^"]+)"', file.read())
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = re.sub(r"^\s*<\?xml.*?\?>", "", file.read())
        yield os.path.join(folder, os.path.dirname(name)), ElementTree.fromstring(
            "<TESTCASES>%s</TESTCASES>" % text)


def _tests(folder, element):
    folder = os.path.join(folder, element.get(BASE, ""))
    for child in element:
        if child.tag == "TEST":
            yield os.path.join(folder, child.get("URI")), child
        else:
            yield from _tests(folder, child)


def _is_ours(test):
    """Of XML 1.0 in its fifth edition and of Namespaces, and with one right answer."""
    return (test.get("TYPE") != "error" and test.get("VERSION", "1.0") == "1.0" and
            "1.1" not in test.get("RECOMMENDATION", "") and test.get("NAMESPACE", "yes") == "yes" and
            "5" in test.get("EDITION", "5").split(" "))


def _kind(test):
    entities = " that need external entities" if test.get("ENTITIES", "none") != "none" else ""
    return ("not well-formed" if test.get("TYPE") == "not-wf" else "well-formed") + entities


def test_documents_of_the_w3c():
    suite = os.environ.get("THRESH_XMLCONF")
    if not suite:
        skip("THRESH_XMLCONF names no copy of the W3C XML test suite")
    tests = [(name, test) for folder, root in _collections(suite) for name, test in _tests(folder, root)
             if _is_ours(test)]
    names = path("names.txt", "\n".join(sorted({name for name, _ in tests})))
    verdicts = {record["path"]: record for record in records("--files-from=" + names)}
    counts, misses, said = {}, {}, []
    for name, test in tests:
        kind = _kind(test)
        right = verdicts[name]["verdict"] in RIGHT[kind]
        passed, number = counts.get(kind, (0, 0))
        counts[kind] = passed + right, number + 1
        if not right and test.get("ENTITIES", "none") == "none":
            misses[kind, test.get("ID")] = kind
            said.append("%s %s: %s %s" % (test.get("ID"), name, verdicts[name]["verdict"],
                                          verdicts[name]["errors"][:1]))
    wrong = page.hold_misses(MISSES, misses) + page.hold_counts(COUNTS, "thresh", counts)
    if wrong:
        print("\n".join(said))
        raise AssertionError("docs/conformance.md: %s\n(--update writes what is new)" % "\n".join(wrong))


if __name__ == "__main__":
    main()
