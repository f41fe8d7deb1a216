# SPDX-License-Identifier: MIT
"""1. Backends x workers x documents."""
import os
import shlex
import zipfile

from context import ORDER_XSD
from measure import Case, by_turns, peak_tree_mb, ratio
from sections import Section

COLUMNS = [("corpus", "documents"), ("backend", "backend"), ("workers", "workers"),
           ("wall_ms", "wall ms"), ("wall_ms_min", "min"), ("wall_ms_max", "max"),
           ("speed_up", "speed-up"), ("efficiency", "efficiency"), ("work_ms", "work ms"),
           ("work_speed_up", "work speed-up"), ("of_possible", "of possible"),
           ("mb_per_s", "MB/s"), ("documents_per_s", "documents/s"), ("cpu_ms", "CPU ms"),
           ("first_ms", "first record ms"), ("peak_mb", "memory MB")]
APART = "programs apart"  # the row of what the machine itself allows
TARGET = 1.95


class Corpus:
    def __init__(self, name, path, schema=ORDER_XSD, rounds=1.0, judged=False):
        self.name, self.path, self.schema = name, path, schema
        self.rounds = rounds  # its share of the rounds: large ones take long, and vary less
        self.judged = judged  # large enough to say how workers scale


def corpora(context):
    """uniform, skewed (the first document 100 times the rest), tiny, large; and one or two that are
    long enough for process start, joining and the last document not to count."""
    if context.full:
        shapes = (("uniform", 1200, 20000, 1, 1), ("skewed", 200, 20000, 100, 1),
                  ("tiny", 10000, 1000, 1, 1), ("large", 20, 20000000, 1, 0.4))
    else:
        shapes = (("uniform", 240, 20000, 1, 1), ("skewed", 200, 10000, 100, 1),
                  ("tiny", 10000, 1000, 1, 1), ("large", 4, 2000000, 1, 1))
    found = [Corpus(name, context.corpus(name, documents, size, skew), rounds=share)
             for name, documents, size, skew, share in shapes]
    times = context.rounds(5, 10)
    found.append(Corpus("uniform x%d" % times,
                        context.repeated("uniform-%d" % shapes[0][1], found[0].path, times),
                        rounds=0.6, judged=True))
    scores = os.path.join(context.real or "", "musicxml")
    if context.full and os.path.exists(scores + "/scores.zip"):
        found.append(Corpus("musicxml x10",
                            context.repeated("musicxml", scores + "/scores.zip", 10),
                            scores + "/schema/musicxml.xsd", 0.6, judged=True))
    return found


def size_of(archive):
    """(documents, bytes) inflated."""
    with zipfile.ZipFile(archive) as file:
        sizes = [info.file_size for info in file.infolist() if not info.is_dir()]
    return len(sizes), sum(sizes)


def apart(argv, count):
    """That command so many times at once, each a process of its own that shares nothing: what the
    machine's memory and processors allow, whatever the program does about it."""
    return ["sh", "-c", " ".join("%s & " % shlex.join(argv) for _ in range(count)) + "wait"]


def plans_of(context, corpus):
    """(backend, workers): all of the build, or where scaling is judged each backend with one worker
    and with all, and as many programs apart."""
    plans = context.plans()
    if not corpus.judged:
        return plans
    return [plan for plan in plans if plan[1] in (1, context.cpus)] + [(APART, context.cpus)]


def command_of(context, corpus, backend, workers):
    if backend == APART:
        return apart(context.command(corpus.path, "sequential", 1, (corpus.schema,)), workers)
    return context.command(corpus.path, backend, workers, (corpus.schema,))


def fill(row, cases, index, documents, total):
    """What the runs of one plan come to, against the sequential backend's."""
    case, workers = cases[index], row["workers"]
    times = workers if row["backend"] == APART else 1  # it has done all of it so many times
    row.update(case.summary())
    row["speed_up"] = ratio(cases, 0, index) * times
    row["efficiency"] = row["speed_up"] / workers
    row["work_speed_up"] = (ratio(cases, 0, index, "work") or 0) * times
    row["mb_per_s"] = total * times / 1e3 / row["wall_ms"]
    row["documents_per_s"] = documents * times * 1e3 / row["wall_ms"]
    row["peak_mb"] = peak_tree_mb(case.argv)
    if times == 1:
        row["same_output"] = case.output == cases[0].output


def measure_corpus(context, corpus, rounds):
    plans, (documents, total) = plans_of(context, corpus), size_of(corpus.path)
    cases = [Case("%s-%d" % plan, command_of(context, corpus, *plan)) for plan in plans]
    by_turns(cases, max(3, round(rounds * corpus.rounds)), 1, context.progress.tick)
    rows = []
    for index, (case, (backend, workers)) in enumerate(zip(cases, plans)):
        rows.append({"corpus": corpus.name, "documents": documents, "bytes": total,
                     "backend": backend, "workers": workers, "failed": case.failed})
        if not case.failed and not cases[0].failed:
            fill(rows[-1], cases, index, documents, total)
    possible = [row.get("work_speed_up") for row in rows if row["backend"] == APART]
    for row in rows:
        if possible and possible[0] and row["workers"] == context.cpus and "work_speed_up" in row:
            row["of_possible"] = row["work_speed_up"] / possible[0]
    return rows


def judge(context, rows):
    """In words, what the judged corpora say of all workers against one."""
    said = []
    for corpus in dict.fromkeys(row["corpus"] for row in rows if row["backend"] == APART):
        mine = {row["backend"]: row for row in rows if row["corpus"] == corpus
                and row["workers"] == context.cpus and "of_possible" in row}
        if len(mine) > 1:
            said.append("%s: %d workers against one, process start and schemas apart: %s. %d "
                        "programs at once that share nothing come to %.2f, and more this machine "
                        "does not allow." % (corpus, context.cpus, ", ".join(
                            "%s %.2f (%.0f %% of what is possible)"
                            % (name, row["work_speed_up"], 100 * row["of_possible"])
                            for name, row in mine.items() if name != APART),
                            context.cpus, mine[APART]["work_speed_up"]))
    if said and context.cpus == 2:
        said.append("The target for two workers is %.2f." % TARGET)
    return said


def answers(context, rows):
    """The fastest plan of each corpus, and how workers scale."""
    plain = [row for row in rows if "wall_ms" in row and row["backend"] != APART]
    for corpus in dict.fromkeys(row["corpus"] for row in plain):
        mine = [row for row in plain if row["corpus"] == corpus]
        best = min(mine, key=lambda row: row["wall_ms"])
        text = "%s, %d worker%s: %.0f MB/s, %.2f times sequential" % (
            best["backend"], best["workers"], "s"[:best["workers"] > 1], best["mb_per_s"],
            best["speed_up"])
        if "of_possible" in best:
            text += "; %.2f without start and schemas, %.0f %% of what is possible" % (
                best["work_speed_up"], 100 * best["of_possible"])
        yield "fastest for %s" % corpus, text


def run_section(context):
    rounds = context.rounds(5, 11)
    context.progress.begin("backends", "backends, workers, documents",
                           int(len(context.plans()) * rounds * 4.5))
    found = corpora(context)
    rows = [row for corpus in found for row in measure_corpus(context, corpus, rounds)]
    notes = ["Whole commands, process start and schema included; 'work' is the run without them. "
             "Speed-ups are against the sequential backend, medians of the ratios of each round. "
             "First record: the first bytes of output. Memory: peak of the process tree's "
             "proportional set size."]
    notes += judge(context, rows)
    differ = [row for row in rows if not row.get("same_output", True)]
    if differ:
        notes.append("VOID: the output differs from the sequential backend's in %d rows."
                     % len(differ))
    failed = ["%s, %s, %d workers: %s" % (row["corpus"], row["backend"], row["workers"],
                                          row["failed"]) for row in rows if row["failed"]]
    return Section("backends", "1. Backends, workers, documents", rows, COLUMNS, notes + failed,
                   answers=answers(context, rows))
