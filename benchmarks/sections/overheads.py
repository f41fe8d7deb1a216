# SPDX-License-Identifier: MIT
"""8. What backends and process start cost by themselves."""
import json
import statistics

from measure import run
from sections import Section

COLUMNS = [("what", "what"), ("workers", "workers"), ("ms", "ms"), ("ms_min", "min"),
           ("ms_max", "max"), ("per_s", "items/s")]
BALLAST_MB = 150


def row_of(what, workers, values, items=None):
    row = {"what": what, "workers": workers, "ms": statistics.median(values), "ms_min": min(values),
           "ms_max": max(values)}
    if items:
        row["per_s"] = items * 1e3 / row["ms"]
    return row


def empty(context, rounds, backend, workers, items, ballast=0):
    """(all items, first answer) in ms."""
    found = []
    for _ in range(rounds):
        done = run([context.empty, backend, str(workers), str(items), str(ballast)], keep=True)
        if done.status:
            return None
        found.append(json.loads(done.output))
        context.progress.tick()
    return [one["ms"] for one in found], [one["first_ms"] for one in found]


def dispatch_rows(context, rounds):
    rows = []
    for backend, workers in context.plans():
        if workers not in (1, context.cpus):
            continue
        found = empty(context, rounds, backend, workers, 1000000)
        if found:
            rows.append(row_of("a million empty items, %s" % backend, workers, found[0], 1000000))
    return rows


def fork_rows(context, rounds):
    rows = []
    for backend in context.backends:
        for ballast in (0, BALLAST_MB):
            found = empty(context, rounds, backend, context.cpus, context.cpus, ballast)
            if found:
                rows.append(row_of("%s, start to end with %d MB in memory" % (backend, ballast),
                                   context.cpus, found[0]))
    return rows


def start_rows(context, rounds):
    archive = context.corpus("start", 1, 1000)
    version, first, schema = [], [], []
    for _ in range(rounds * 2):
        version.append(run([context.thresh, "--version"]).wall)
        first.append(run(context.command(archive, schema=())).first)
        schema.append(run(context.command(archive)).first)
        context.progress.tick()
    return [row_of("process start to end, --version", 1, version),
            row_of("process start to first record, no schema", 1, first),
            row_of("process start to first record, order.xsd", 1, schema)]


def run_section(context):
    rounds = context.rounds(3, 7)
    context.progress.begin("overheads", "overheads",
                           rounds * (2 * len(context.backends) + 2 * len(context.backends) + 2))
    rows = dispatch_rows(context, rounds) + fork_rows(context, rounds) + start_rows(context, rounds)
    return Section("overheads", "8. Overheads", rows, COLUMNS, [
        "Empty items: no work and no result, so this is the backend alone. Memory is written "
        "before the workers start, as compiled schemas would be."], answers=[
            (row["what"], "%.1f million a second with %d worker%s"
             % (row["per_s"] / 1e6, row["workers"], "s"[:row["workers"] > 1]))
            for row in rows if "per_s" in row and row["workers"] == context.cpus])
