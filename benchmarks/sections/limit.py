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
           ("times_sax", "times SAX2"), ("closely_percent", "looked at closely, %")]
TARGET = 8    # per cent that one worker may be over the bare sum
INNER = "3"   # rounds of each process of benchmark-limit, after its warm-up


def bare(run):
    """Of one process of benchmark-limit, in ms: inflate, sax, and sax with the schema, if that is one."""
    told = json.loads(run.output)
    return {key: statistics.median(told[key]) for key in ("inflate_ms", "sax_ms", "valid_ms")
            if key in told}


def in_memory(run, schemas):
    """(sax, thresh) of the same bytes in one process, round by round, in ms."""
    told = json.loads(run.output)
    return list(zip(told["sax_ms"], told["ours_valid_ms" if schemas else "ours_ms"]))


def looked_closely(run):
    """The share of what was validated that was in tags which had not been met before, in %."""
    told = [json.loads(line)["judged"] for line in run.errors.splitlines()
            if line.startswith(b'{"entries"')][-1]
    return 100 * told["bytes_closely"] / told["bytes"]


def name_of(schemas):
    return "%d schemas" % len(schemas) if len(schemas) > 1 else os.path.basename(
        schemas[0]) if schemas else "none"


def row_of(archive, schemas, workers, total, limits, runs, warm):
    """One plan of ours against the bare sum, round by round; libxml2's validator has one schema."""
    per_s = total / 1e3

    def speed(values):
        return per_s / statistics.median(values)
    row = {"archive": archive.name, "schema": name_of(schemas), "workers": workers, "bytes": total,
           "inflate_mb_per_s": speed([one["inflate_ms"] for one in limits]),
           "ours_mb_per_s": speed([run.work for run in runs]), "runs": len(runs),
           "sax_mb_per_s": speed([sax for sax, _ in warm]),
           "warm_mb_per_s": speed([ours for _, ours in warm]),
           "times_sax": statistics.median(sax / ours for sax, ours in warm)}
    if schemas:
        row["closely_percent"] = statistics.median(looked_closely(run) for run in runs)
    if len(schemas) < 2:
        libxml2 = [one["valid_ms" if schemas else "sax_ms"] for one in limits]
        sums = [one["inflate_ms"] + parsed for one, parsed in zip(limits, libxml2)]
        fractions = [limit / (run.work * workers) for limit, run in zip(sums, runs)]
        row.update(libxml2_mb_per_s=speed(libxml2), bare_mb_per_s=speed(sums),
                   fraction=statistics.median(fractions), fraction_min=min(fractions),
                   fraction_max=max(fractions))
    return row


def measure_one(context, archive, rounds):
    plans = [(given, workers) for given in ([], archive.schema)
             for workers in sorted({1, context.cpus})]
    limit = Case("limit", [context.limit, archive.path, INNER] + archive.schema, good=(0,), keeps=True)
    cases = [limit] + [Case("thresh", context.command(archive.path, None, workers, given))
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
    todo = archives(context)
    rounds = context.rounds(5, 11)
    context.progress.begin("limit", "the limit", len(todo) * 5 * (rounds + 1))
    rows, notes = [], []
    for archive in todo:
        made, trouble = measure_one(context, archive, rounds)
        rows, notes = rows + made, notes + trouble
    one = [verdict(row) for row in rows if row["workers"] == 1 and "fraction" in row]
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
        "with the schema where there is one, in turn in one process, on one core. Looked at closely "
        "are start tags whose meaning was not met before in the run (--stats, judged): the rest of the "
        "bytes went the short way."], answers=answers)
