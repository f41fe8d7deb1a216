# SPDX-License-Identifier: MIT
"""5. The workload of the published case: 120 documents that take Python about 200 ms each."""
import os
import re

from context import HERE
from machine import python_with_lxml
from measure import Failed, run
from sections import Section
from sections.peers import COLUMNS, Archive, answers, measure_archive

TARGET_MS = 200
SAMPLE_BYTES = 1000000
NEAR = 0.2  # an archive that was made before will do


def calibrate(context):
    """Bytes a document such that the Python program needs TARGET_MS for each on one core."""
    python = python_with_lxml()
    if not python:
        return None
    cpu = {}
    for documents in (1, 3):
        archive = context.corpus("calibrate", documents, SAMPLE_BYTES)
        argv = [python, os.path.join(HERE, "peers", "lxml_sequential.py"), archive, "--schema",
                context.offline_schema()]
        runs = [run(argv) for _ in range(5)]
        if any(one.status for one in runs):
            raise Failed(runs[0].errors.decode(errors="replace"))
        cpu[documents] = min(one.cpu for one in runs)
    ms = (cpu[3] - cpu[1]) / 2
    size = TARGET_MS / ms * SAMPLE_BYTES
    kept = [made for made in kept_sizes(context) if abs(made / size - 1) <= NEAR]
    return min(kept, key=lambda made: abs(made - size)) if kept else int(round(size, -5)), ms


def documents_of(context):
    return 120 if context.full else 12


def kept_sizes(context):
    """Sizes of this workload's archives that were made before: large ones take minutes."""
    pattern = r"article-%d-(\d+)-1-0-s%d\.zip$" % (documents_of(context), context.seed)
    found = (re.match(pattern, name) for name in os.listdir(context.path("corpora")))
    return [int(match.group(1)) for match in found if match]


def run_section(context):
    documents, rounds = documents_of(context), context.rounds(1, 3)
    context.progress.begin("article", "the article's workload", 9 * rounds)
    found = calibrate(context)
    notes = ["The published case: 120 documents, 16-25 s in Python before, 7-11 s with processes and "
             "pipes at 4096 MB (2.3 vCPUs)."]
    if not found:
        return Section("article", "5. The article's workload", [], COLUMNS,
                       notes + ["Not run: lxml is not installed, so it cannot be calibrated."])
    size, ms = found
    archive = Archive("article", context.corpus("article", documents, size),
                      [context.offline_schema()])
    limit_s = 3 * documents * TARGET_MS / 1e3 + 2  # of the time that Python is meant to take
    rows, missing = measure_archive(context, archive, rounds, 0, limit_s)
    notes.append("Calibrated: the Python program takes %.0f ms of CPU for each %d KB here (the "
                 "difference of three documents and one, best of 5); %d documents of %.1f MB, so "
                 "%.0f ms each%s. What takes longer than %.0f s is left out."
                 % (ms, SAMPLE_BYTES / 1000, documents, size / 1e6, size / SAMPLE_BYTES * ms,
                    "" if context.full else ", a tenth of the published number of documents",
                    limit_s))
    if missing:
        notes.append("Not run: %s." % ", ".join(missing))
    return Section("article", "5. The article's workload", rows, COLUMNS, notes,
                   answers=answers(rows))
