# SPDX-License-Identifier: MIT
"""5. The workload of the published case: 120 documents that take Python about 200 ms each."""
import os

from context import HERE
from measure import Failed, run
from sections import Section
from sections.peers import COLUMNS, Archive, measure_archive, python_with_lxml

TARGET_MS = 200
SAMPLE_BYTES = 1000000


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
    step = 500000
    return max(step, round(TARGET_MS / ms * SAMPLE_BYTES / step) * step), ms


def run_section(context):
    context.progress.begin("the article's workload", 9 * (context.rounds(2, 3) + 1))
    found = calibrate(context)
    notes = ["The published case: 120 documents, 16-25 s in Python before, 7-11 s with processes and "
             "pipes at 4096 MB (2.3 vCPUs)."]
    if not found:
        return Section("article", "5. The article's workload", [], COLUMNS,
                       notes + ["Not run: lxml is not installed, so it cannot be calibrated."])
    size, ms = found
    documents = 120 if context.full else 12
    archive = Archive("article", context.corpus("article", documents, size), [context.offline_schema()])
    rows, missing = measure_archive(context, archive, context.rounds(2, 3), warm_ups=0)
    notes.append("Calibrated: the Python program takes %.0f ms of CPU for each %d KB here (the "
                 "difference of three documents and one, best of 5), so documents have %.1f MB, a "
                 "multiple of half a one; %d of them%s." % (ms, SAMPLE_BYTES / 1000, size / 1e6, documents,
                                 "" if context.full else ", a tenth of the published number"))
    if missing:
        notes.append("Not run: %s." % ", ".join(missing))
    return Section("article", "5. The article's workload", rows, COLUMNS, notes)
