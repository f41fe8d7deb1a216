# SPDX-License-Identifier: MIT
"""1. Backends x workers x documents."""
from measure import Case, by_turns, peak_tree_mb, ratio, run
from sections import Section

COLUMNS = [("corpus", "documents"), ("backend", "backend"), ("workers", "workers"),
           ("wall_ms", "wall ms"), ("wall_ms_min", "min"), ("wall_ms_max", "max"),
           ("speed_up", "speed-up"), ("efficiency", "efficiency"), ("mb_per_s", "MB/s"),
           ("documents_per_s", "documents/s"), ("cpu_ms", "CPU ms"), ("first_ms", "first record ms"),
           ("peak_mb", "memory MB")]


def corpora(context):
    if context.full:
        return {"uniform": (1200, 20000, 1), "skewed": (200, 20000, 100),
                "tiny": (10000, 1000, 1), "large": (20, 20000000, 1)}
    return {"uniform": (240, 20000, 1), "skewed": (100, 10000, 100), "tiny": (10000, 1000, 1),
            "large": (4, 2000000, 1)}


def inflated(archive):
    import zipfile
    with zipfile.ZipFile(archive) as file:
        return sum(info.file_size for info in file.infolist())


def measure_corpus(context, name, shape, rounds):
    documents, size, skew = shape
    archive = context.corpus(name, documents, size, skew)
    plans = context.plans()
    cases = [Case("%s-%d" % plan, context.command(archive, *plan)) for plan in plans]
    by_turns(cases, rounds, 1, context.progress.tick)
    reference = run(cases[0].argv, keep=True).output
    rows, total = [], inflated(archive)
    for index, (case, (backend, workers)) in enumerate(zip(cases, plans)):
        row = {"corpus": name, "documents": documents, "bytes": total, "backend": backend,
               "workers": workers, "failed": case.failed}
        if not case.failed:
            row.update(case.summary())
            row["same_output"] = run(case.argv, keep=True).output == reference
            row["speed_up"] = ratio(cases, 0, index)
            row["efficiency"] = row["speed_up"] / workers
            row["mb_per_s"] = total / 1e3 / row["wall_ms"]
            row["documents_per_s"] = documents * 1e3 / row["wall_ms"]
            row["peak_mb"] = peak_tree_mb(case.argv)
        rows.append(row)
        context.progress.tick()
    return rows


def run_section(context):
    shapes, rounds = corpora(context), context.rounds(5, 11)
    context.progress.begin("backends, workers, documents",
                           len(shapes) * len(context.plans()) * (rounds + 2))
    rows = [row for name, shape in shapes.items()
            for row in measure_corpus(context, name, shape, rounds)]
    notes = ["Whole commands, process start and schema included. Speed-up is against the sequential "
             "backend, the median of the ratios of each round. First record: the first bytes of "
             "output. Memory: peak of the process tree's proportional set size."]
    differ = [row for row in rows if not row.get("same_output", True)]
    if differ:
        notes.append("VOID: the output differs from the sequential backend's in %d rows."
                     % len(differ))
    return Section("backends", "1. Backends, workers, documents", rows, COLUMNS, notes)
