# SPDX-License-Identifier: MIT
"""2. From how many documents, of how many bytes, does a parallel backend pay?"""
import os
import zipfile

from measure import Case, by_turns, ratio
from sections import Section, Table

COLUMNS = [("bytes", "bytes a document"), ("documents", "documents"), ("total_bytes", "bytes in all"),
           ("sequential_ms", "sequential ms"), ("openmp_ms", "openmp ms"), ("fork_ms", "fork ms"),
           ("openmp_gain", "openmp gain"), ("fork_gain", "fork gain")]
RULE_COLUMNS = [("backend", "backend"), ("rule", "parallel where"), ("lost_ms", "ms lost"),
                ("lost_percent", "% lost"), ("worst_ms", "worst, ms"), ("worst_at", "at")]
PAYS = 1.02
DEFAULT = 5   # --threshold
CLOSE = 1.0   # per cent: rules this near to each other are one
MOST = 20     # documents
SIZES = (1000, 10000, 100000, 1000000)


def first_documents(context, archive, n):
    """An archive of that archive's first n documents."""
    path = "%s-first%d.zip" % (archive[:-len(".zip")], n)
    if n == MOST:
        return archive
    if not os.path.exists(path):
        with zipfile.ZipFile(archive) as source, \
                zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist()[:n]:
                target.writestr(info, source.read(info))
        os.rename(path + ".new", path)
    return path


def measure_point(context, documents, size, rounds):
    archive = first_documents(context, context.corpus("count", MOST, size), documents)
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


def candidates():
    """(kind, rule in words, function of a row)"""
    yield "default", "%d documents, or %d that hold 1 MiB" % (DEFAULT, 2), lambda row: (
        row["documents"] >= DEFAULT or (row["documents"] > 1 and row["total_bytes"] >= 1 << 20))
    for n in (2, 3, 4, 5, 6, 8, 10, 15):
        yield "count", "%d documents or more" % n, lambda row, n=n: row["documents"] >= n
    for kb in (20, 50, 100, 200, 500, 1000, 2000):
        yield "bytes", "%d KB or more, 2 documents or more" % kb, lambda row, kb=kb: (
            row["total_bytes"] >= kb * 1000 and row["documents"] > 1)
    for kb in (50, 100, 200, 500, 1000):
        yield "both", "%d documents and %d KB or more" % (DEFAULT, kb), lambda row, kb=kb: (
            row["total_bytes"] >= kb * 1000 and row["documents"] >= DEFAULT)
    yield "none", "never", lambda row: False


def rules(rows, backend):
    """What each rule loses against the better choice at each point, best first. Time is summed, so
    that a millisecond is one wherever it is lost."""
    rows = [row for row in rows if backend + "_ms" in row and "sequential_ms" in row]
    best = sum(min(row["sequential_ms"], row[backend + "_ms"]) for row in rows)
    found = []
    for kind, words, pick in candidates():
        lost = [(row[backend + "_ms" if pick(row) else "sequential_ms"]
                 - min(row["sequential_ms"], row[backend + "_ms"]), row) for row in rows]
        worst, at = max(lost, key=lambda one: one[0])
        total = sum(ms for ms, _ in lost)
        found.append({"backend": backend, "kind": kind, "rule": words, "lost_ms": total,
                      "lost_percent": 100 * total / best, "worst_ms": worst,
                      "worst_at": "%d of %s" % (at["documents"], size_name(at["bytes"]))})
    return sorted(found, key=lambda rule: rule["lost_ms"])


def judge(found):
    """The default, in one plain sentence."""
    ours = next(rule for rule in found if rule["kind"] == "default")
    count = next(rule for rule in found if rule["kind"] == "count")
    other = next(rule for rule in found if rule["kind"] in ("bytes", "both"))
    text = ("%s: the default, %s, loses %.1f %% (%.1f ms at worst, %s); the best rule by count alone, "
            "%s, %.1f %%; the best by bytes, %s, %.1f %%: " % (
                ours["backend"], ours["rule"], ours["lost_percent"], ours["worst_ms"],
                ours["worst_at"], count["rule"], count["lost_percent"], other["rule"],
                other["lost_percent"]))
    best = min((count, other), key=lambda rule: rule["lost_ms"])
    if ours["lost_percent"] - best["lost_percent"] <= CLOSE:
        return text + "the default is justified."
    return text + "%s would be better." % best["rule"]


def shown(rules_of_all):
    """For people: the best of each kind, the default and never among them."""
    seen = set()
    for rule in rules_of_all:
        key = rule["backend"], rule["kind"]
        if key not in seen:
            yield rule
        seen.add(key)


def run_section(context):
    counts = list(range(1, MOST + 1)) if context.full else [1, 2, 3, 5, 8, 12, 20]
    rounds = context.rounds(4, 9)
    context.progress.begin("threshold", "the threshold", len(counts) * len(SIZES)
                           * len(context.backends) * (rounds + 1))
    rows = [measure_point(context, n, size, rounds) for size in SIZES for n in counts]
    parallel = [name for name in context.backends if name != "sequential"]
    notes, table = [], []
    for backend in parallel:
        found = ["%s: %s" % (size_name(size), first_that_pays(rows, size, backend) or "never up to 20")
                 for size in SIZES]
        notes.append("%s with %d workers pays (at least 2 %%) from so many documents on: %s."
                     % (backend, max(2, context.cpus), ", ".join(found)))
        table += rules(rows, backend)
    notes += [judge([rule for rule in table if rule["backend"] == backend]) for backend in parallel]
    answers = [("share out when, %s" % backend, "; ".join(
        "%s: %.1f %% lost" % (rule["rule"], rule["lost_percent"]) for rule in shown(table)
        if rule["backend"] == backend and rule["kind"] != "none")) for backend in parallel]
    if context.cpus < 2:
        notes.append("With one processor no second worker can pay.")
    return Section("threshold", "2. The threshold", rows, COLUMNS, notes,
                   lambda all_rows: [row for row in all_rows if row["documents"] in (1, 2, 5, 20)],
                   [Table("threshold_rules", "Rules, each against the better choice at every point",
                          table, RULE_COLUMNS, shown)], answers)


def size_name(size):
    return "%d KB" % (size / 1000) if size < 1000000 else "%d MB" % (size / 1000000)
