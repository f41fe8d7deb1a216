# SPDX-License-Identifier: MIT
"""2. From how many documents, of how many bytes, does a parallel backend pay?"""
from measure import Case, by_turns, ratio
from sections import Section

COLUMNS = [("bytes", "bytes a document"), ("documents", "documents"), ("total_bytes", "bytes in all"),
           ("sequential_ms", "sequential ms"), ("openmp_ms", "openmp ms"), ("fork_ms", "fork ms"),
           ("openmp_gain", "openmp gain"), ("fork_gain", "fork gain")]
PAYS = 1.02


def measure_point(context, documents, size, rounds):
    archive = context.corpus("count", documents, size)
    parallel = [name for name in context.backends if name != "sequential"]
    cases = [Case("sequential", context.command(archive, "sequential"))] + [
        Case(name, context.command(archive, name, max(2, context.cpus))) for name in parallel]
    by_turns(cases, rounds, 1, context.progress.tick)
    row = {"bytes": size, "documents": documents, "total_bytes": documents * size}
    for index, case in enumerate(cases):
        if not case.failed:
            row[case.name + "_ms"] = case.summary()["wall_ms"]
            row[case.name + "_gain"] = ratio(cases, 0, index)
    return row


def first_that_pays(rows, size, backend):
    """The least count from which on all larger ones gain too."""
    found = None
    for row in reversed([row for row in rows if row["bytes"] == size]):
        if row.get(backend + "_gain", 0) < PAYS:
            break
        found = row["documents"]
    return found


def rules(rows, backends):
    """What each rule of thumb costs against always taking the better backend, in percent."""
    def loss(pick):
        lost = best = 0
        for row in rows:
            parallel = min(row[name + "_ms"] for name in backends[:1] if name + "_ms" in row)
            lost += parallel if pick(row) else row["sequential_ms"]
            best += min(parallel, row["sequential_ms"])
        return (lost / best - 1) * 100
    candidates = [("count >= %d" % n, lambda row, n=n: row["documents"] >= n) for n in (2, 3, 5, 8)]
    candidates += [("bytes >= %d KB" % kb, lambda row, kb=kb: row["total_bytes"] >= kb * 1000
                    and row["documents"] > 1) for kb in (50, 100, 200, 500)]
    return sorted((loss(pick), name) for name, pick in candidates)


def run_section(context):
    counts = list(range(1, 21)) if context.full else [1, 2, 3, 5, 8, 12, 20]
    sizes = [1000, 10000, 100000, 1000000]
    rounds = context.rounds(5, 9)
    context.progress.begin("threshold", len(counts) * len(sizes) * len(context.backends)
                           * (rounds + 1))
    rows = [measure_point(context, n, size, rounds) for size in sizes for n in counts]
    parallel = [name for name in context.backends if name != "sequential"]
    notes = []
    for backend in parallel:
        found = ["%s: %s" % (size_name(size), first_that_pays(rows, size, backend) or "never up to 20")
                 for size in sizes]
        notes.append("%s with %d workers pays (at least 2 %%) from so many documents on: %s."
                     % (backend, max(2, context.cpus), ", ".join(found)))
    if parallel:
        notes.append("Time lost by rules against the better choice at each point, summed: "
                     + ", ".join("%s %.1f %%" % (name, loss)
                                 for loss, name in rules(rows, parallel)) + ".")
    return Section("threshold", "2. The threshold", rows, COLUMNS, notes,
                   lambda all_rows: [row for row in all_rows if row["documents"] in (1, 2, 5, 20)])


def size_name(size):
    return "%d KB" % (size / 1000) if size < 1000000 else "%d MB" % (size / 1000000)
