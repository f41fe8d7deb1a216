#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The W3C's tests of XML Schema 1.0: docs/conformance.md says which of them thresh does not pass, and
why. THRESH_XSTS names a folder with tests.tsv and files.zip (the page says how to make one)."""
import os

import page
from command import main
from xsts import Suite

COUNTS = "## XML Schema 1.0"
MISSES = "### XML Schema tests that thresh does not pass"


def test_schemas_and_instances_of_the_w3c():
    suite = Suite()
    counts, misses, said = suite.compare(suite.outcomes([os.environ["THRESH_ASSESS_SCHEMAS"]]))
    wrong = page.hold_misses(MISSES, misses) + page.hold_counts(COUNTS, "thresh", counts)
    if wrong:
        print("\n".join(said.values()))
        raise AssertionError("docs/conformance.md: %s\n(--update writes what is new)" % "\n".join(wrong))


if __name__ == "__main__":
    main()
