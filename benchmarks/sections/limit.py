# SPDX-License-Identifier: MIT
"""7. How far from the limit: inflating alone, parsing into nothing, and ours."""
import json
import statistics

from measure import Case, by_turns, run
from sections import Section
from sections.peers import archives

COLUMNS = [("archive", "archive"), ("bytes", "bytes"), ("inflate_mb_per_s", "inflate MB/s"),
           ("sax_mb_per_s", "SAX2 MB/s"), ("bare_mb_per_s", "both, one core MB/s"),
           ("workers", "workers"), ("ours_mb_per_s", "thresh MB/s"),
           ("work_mb_per_s", "without start and schema"), ("fraction", "of the limit")]


def stats_of(context, argv, rounds):
    """Medians of the command's own figures: the run without process start and schemas."""
    walls = []
    for _ in range(rounds):
        walls.append(json.loads(run(argv + ["--stats"]).errors.splitlines()[-1])["wall_ms"])
        context.progress.tick()
    return statistics.median(walls)


def measure_one(context, archive, rounds):
    limit = json.loads(run([context.limit, archive.path, str(rounds)], keep=True).output)
    context.progress.tick()
    megabytes = limit["bytes"] / 1e6
    inflate = statistics.median(limit["inflate_ms"]) / 1e3
    sax = statistics.median(limit["sax_ms"]) / 1e3
    rows = []
    for workers in sorted({1, context.cpus}):
        case = Case("thresh", context.command(archive.path, None, workers, archive.schema))
        by_turns([case], rounds, 1, context.progress.tick)
        work = stats_of(context, case.argv, rounds)
        row = {"archive": archive.name, "bytes": limit["bytes"], "workers": workers,
               "inflate_mb_per_s": megabytes / inflate, "sax_mb_per_s": megabytes / sax,
               "bare_mb_per_s": megabytes / (inflate + sax),
               "ours_mb_per_s": megabytes * 1e3 / case.summary()["wall_ms"],
               "work_mb_per_s": megabytes * 1e3 / work}
        row["fraction"] = row["work_mb_per_s"] / (row["bare_mb_per_s"] * workers)
        rows.append(row)
    return rows


def run_section(context):
    todo, rounds = archives(context), context.rounds(5, 11)
    context.progress.begin("the limit", len(todo) * (4 * rounds + 3))
    rows = [row for archive in todo for row in measure_one(context, archive, rounds)]
    return Section("limit", "7. The limit", rows, COLUMNS, [
        "The limit is what libarchive's inflating and libxml2's SAX2 parser do with the same bytes "
        "on one core, with no tree, no schema and no record, times the workers. The fraction "
        "compares it with thresh's run after process start and schemas; it holds what validation "
        "and truthful records cost."])
