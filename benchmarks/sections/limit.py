# SPDX-License-Identifier: MIT
"""7. How far from the limit: what libdeflate and libxml2 take for the same bytes, and ours."""
import json
import os
import statistics

from measure import Case, by_turns
from sections import Section
from sections.peers import archives

COLUMNS = [("archive", "archive"), ("schema", "schema"), ("workers", "workers"),
           ("inflate_mb_per_s", "inflate MB/s"), ("libxml2_mb_per_s", "libxml2 MB/s"),
           ("bare_mb_per_s", "their sum, one core MB/s"), ("ours_mb_per_s", "thresh MB/s"),
           ("fraction", "of the limit"), ("fraction_min", "min"), ("fraction_max", "max"),
           ("sax_mb_per_s", "libxml2 SAX2 MB/s"), ("warm_mb_per_s", "thresh in memory MB/s"),
           ("times_sax", "times SAX2")]
TARGET = 8    # per cent that one worker may be over the bare sum
INNER = "3"   # rounds of each process of benchmark-limit, after its warm-up


def bare(run):
    """(inflate, sax, sax with the schema) of one process of benchmark-limit, in ms."""
    told = json.loads(run.output)
    return tuple(statistics.median(told[key]) for key in ("inflate_ms", "sax_ms", "valid_ms"))


def in_memory(run, schema):
    """(sax, thresh) of the same bytes in one process, round by round, in ms."""
    told = json.loads(run.output)
    return list(zip(told["sax_ms"], told["ours_valid_ms" if schema else "ours_ms"]))


def row_of(archive, schema, workers, total, limits, runs, warm):
    """One plan of ours against the bare sum, round by round."""
    libxml2 = [one[2 if schema else 1] for one in limits]
    sums = [one[0] + parsed for one, parsed in zip(limits, libxml2)]
    fractions = [limit / (run.work * workers) for limit, run in zip(sums, runs)]
    per_s = total / 1e3

    def speed(values):
        return per_s / statistics.median(values)
    return {"archive": archive.name, "schema": os.path.basename(schema) if schema else "none",
            "workers": workers, "bytes": total, "inflate_mb_per_s": speed([l[0] for l in limits]),
            "libxml2_mb_per_s": speed(libxml2), "bare_mb_per_s": speed(sums),
            "ours_mb_per_s": speed([run.work for run in runs]),
            "fraction": statistics.median(fractions), "fraction_min": min(fractions),
            "fraction_max": max(fractions), "runs": len(runs),
            "sax_mb_per_s": speed([sax for sax, _ in warm]),
            "warm_mb_per_s": speed([ours for _, ours in warm]),
            "times_sax": statistics.median(sax / ours for sax, ours in warm)}


def measure_one(context, archive, rounds):
    schema = archive.schema[0]
    plans = [(given, workers) for given in (None, schema) for workers in sorted({1, context.cpus})]
    limit = Case("limit", [context.limit, archive.path, INNER, schema], good=(0,), keeps=True)
    cases = [limit] + [
        Case("thresh", context.command(archive.path, None, workers, (given,) if given else ()))
        for given, workers in plans]
    by_turns(cases, rounds, 1, context.progress.tick)
    if limit.failed:
        return [], ["%s: %s" % (archive.name, limit.failed)]
    limits, total = [bare(run) for run in limit.runs], json.loads(limit.output)["bytes"]
    rows = [row_of(archive, given, workers, total, limits, case.runs,
                   [round_ for run in limit.runs for round_ in in_memory(run, given)])
            for case, (given, workers) in zip(cases[1:], plans) if not case.failed]
    return rows, ["%s: thresh: %s" % (archive.name, case.failed) for case in cases if case.failed]


def verdict(row):
    over = 100 * (1 / row["fraction"] - 1)
    said = "%.0f %% %s than" % (abs(over), "more" if over > 0 else "less") if abs(over) >= 0.5 \
        else "as much as"
    return "%s %s, %s the bare sum" % (row["archive"], "without a schema" if row["schema"] == "none"
                                       else "with " + row["schema"], said)


def run_section(context):
    todo = [archive for archive in archives(context) if len(archive.schema) == 1]
    rounds = context.rounds(5, 11)
    context.progress.begin("limit", "the limit", len(todo) * 5 * (rounds + 1))
    rows, notes = [], []
    for archive in todo:
        made, trouble = measure_one(context, archive, rounds)
        rows, notes = rows + made, notes + trouble
    one = [verdict(row) for row in rows if row["workers"] == 1]
    answers = [("against the limit", text) for text in one]
    if one:
        notes.insert(0, "Time of one worker: %s. The target is at most %d %% more."
                     % ("; ".join(one), TARGET))
    return Section("limit", "7. The limit", rows, COLUMNS, notes + [
        "The limit is what one core takes with the same bytes at the least, times the workers: "
        "libdeflate inflating them, then libxml2's SAX2 parser with empty handlers and, with a "
        "schema, libxml2's validator plugged into it, contexts reused; no tree, no record, no "
        "archive to check (benchmarks/limit.c). Ours is the run without process start and "
        "compiling: listing, checksums, verdicts and records are in it. Above 1 it is faster than "
        "that sum. In memory, libxml2 only parses and thresh makes whole records of the same bytes, "
        "with the schema where there is one, in turn in one process, on one core."], answers=answers)
