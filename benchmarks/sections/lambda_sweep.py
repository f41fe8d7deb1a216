# SPDX-License-Identifier: MIT
"""3. Lambda's memory sizes in miniature: a quota of processor time and a limit of memory each."""
import json
import math
import os
import statistics

import cgroup
from context import HERE
from measure import Case, by_turns, ratio
from sections import Section, Table

COLUMNS = [("mb", "memory MB"), ("vcpus", "vCPUs"), ("workers", "workers"), ("wall_ms", "wall ms"),
           ("wall_ms_min", "min"), ("wall_ms_max", "max"), ("how", "")]
FULL_SIZES = [128] + list(range(256, 10241, 256))  # those of the published experiment: 41
QUICK_SIZES = [128, 256, 512, 1024, 1536, 1792, 2048, 2560, 3584, 5376, 7168, 8960, 10240]
WORKERS = range(1, 7)
PUBLISHED = {1: 2048, 2: 4096, 3: 5376, 4: 7168, 5: 8960, 6: 10240}
FULL_COLUMNS = [("workers", "workers"), ("mb", "memory MB"), ("published_mb", "published MB"),
                ("wall_ms", "wall ms"), ("full_ms", "at full speed ms"), ("speed_up", "speed-up"),
                ("how", "")]
ROUNDING_COLUMNS = [("vcpus", "vCPUs"), ("one_ms", "1 worker ms"), ("two_ms", "2 workers ms"),
                    ("gain", "2 against 1"), ("gain_min", "min"), ("gain_max", "max")]
FULL_SPEED = 1.05  # within 5 %
FRACTIONS = (1.05, 1.1, 1.2, 1.3, 1.5)  # vCPUs: does the second worker pay for itself?
DEFAULT_FRACTION = 0.1  # of a vCPU, from which on thresh starts a worker for it
DOCUMENTS, QUICK_DOCUMENTS, BYTES = 1000, 120, 20000
ROUNDING_DOCUMENTS = 500  # at least: a run must be longer than some periods


def prices():
    with open(os.path.join(HERE, "..", "src", "cli", "tune", "prices.json")) as file:
        return json.load(file)


def counts_of(context, vcpus):
    """The numbers of workers that can be measured: any under a quota that this machine can grant,
    as many as it has processors above. Quick mode leaves out what would only wait in line."""
    if len(context.backends) == 1:
        return [1]
    if vcpus > context.cpus:
        return [n for n in WORKERS if n <= context.cpus]
    return [n for n in WORKERS if context.full or n <= max(2, math.ceil(vcpus))]


def plan_of(context, workers):
    if workers == 1 or "openmp" not in context.backends:
        return ("sequential", 1) if workers == 1 else ("fork", workers)
    return "openmp", workers


def measure_sizes(context, archive, group, sizes, rounds):
    """Size by size; the numbers of workers of one size by turns."""
    per_vcpu = prices()["mb_per_vcpu"]
    rows = []
    for mb in sizes:
        vcpus = mb / per_vcpu
        counts = counts_of(context, vcpus)
        group.limit(min(vcpus, context.cpus), mb)
        cases = [Case(str(n), context.command(archive, *plan_of(context, n)), join=group.join)
                 for n in counts]
        by_turns(cases, rounds, 1, context.progress.tick)
        for workers, case in zip(counts, cases):
            row = {"mb": mb, "vcpus": vcpus, "workers": workers}
            row.update({"how": "failed: " + case.failed} if case.failed
                       else {"how": "measured", **case.summary()})
            rows.append(row)
    return rows


def fit(context, archive, rounds, join=None):
    """The model's three numbers, without any quota: before and work of one worker, and by how much
    all workers need more processor time."""
    counts = sorted({1, 2, context.cpus} & set(context.worker_counts()))
    one = context.corpus("sweep-one", 1, BYTES)
    cases = [Case("before", context.command(one, "sequential", 1), join=join)] + [
        Case(str(n), context.command(archive, *plan_of(context, n)), join=join) for n in counts]
    by_turns(cases, rounds, 1, context.progress.tick)
    before = cases[0].summary()["wall_ms"]
    work = cases[1].summary()["wall_ms"] - before
    most = counts[-1]
    wall = cases[1].summary()["wall_ms"] / ratio(cases, 1, len(cases) - 1)
    effort = max(1.0, (wall - before) * most / work) if most > 1 else 1.0
    return {"before_ms": before, "work_ms": work, "effort": effort, "effort_workers": most}


def model(numbers, vcpus, workers):
    """As src/cli/tune/cost_model.h has it and says why."""
    most, before = numbers["effort_workers"], numbers["before_ms"]
    effort = 1 + (numbers["effort"] - 1) * (workers - 1) / (most - 1) if most > 1 else 1
    work, share = numbers["work_ms"] * effort, min(workers, vcpus)
    at_once = min(workers, max(most, math.ceil(vcpus)))  # all that are here run, whatever the quota
    shared = before / min(1, vcpus) + work / share
    return max(before + work / at_once,
               shared - cgroup.PERIOD_US / 1e3 * (1 - share / at_once))


def extrapolate(context, numbers, sizes, rows):
    known = {(row["mb"], row["workers"]) for row in rows}
    per_vcpu = prices()["mb_per_vcpu"]
    return [{"mb": mb, "vcpus": mb / per_vcpu, "workers": workers,
             "wall_ms": model(numbers, mb / per_vcpu, workers), "how": "extrapolated"}
            for mb in sizes for workers in WORKERS if (mb, workers) not in known]


def full_speed(rows):
    """For each number of workers the smallest memory within FULL_SPEED of what it takes where each
    worker has a processor: the median over those sizes, so that no lucky run is the measure."""
    found = []
    for workers in WORKERS:
        mine = [row for row in rows if row["workers"] == workers and "wall_ms" in row]
        granted = [row["wall_ms"] for row in mine if row["vcpus"] >= workers]
        if not granted:  # 6 workers: no size grants as many vCPUs
            granted = [min(row["wall_ms"] for row in mine)]
        full = statistics.median(granted)
        first = min((row for row in mine if row["wall_ms"] <= full * FULL_SPEED),
                    key=lambda row: row["mb"])
        found.append({"workers": workers, "mb": first["mb"], "published_mb": PUBLISHED[workers],
                      "wall_ms": first["wall_ms"], "full_ms": full, "how": first["how"]})
        found[-1]["speed_up"] = found[0]["full_ms"] / full
    return found


def measure_rounding(context, archive, group, rounds):
    """One worker and two where there is one vCPU and a fraction of a second."""
    rows = []
    for vcpus in FRACTIONS if len(context.worker_counts()) > 1 else ():
        group.limit(vcpus, vcpus * prices()["mb_per_vcpu"])
        cases = [Case(str(n), context.command(archive, *plan_of(context, n)), join=group.join)
                 for n in (1, 2)]
        by_turns(cases, rounds, 1, context.progress.tick)
        if any(case.failed for case in cases):
            continue
        gains = [one.wall / two.wall for one, two in zip(*(case.runs for case in cases))]
        rows.append({"vcpus": vcpus, "one_ms": cases[0].summary()["wall_ms"],
                     "two_ms": cases[1].summary()["wall_ms"], "gain": statistics.median(gains),
                     "gain_min": min(gains), "gain_max": max(gains), "runs": rounds})
    return rows


def crossing(rows):
    """The vCPUs from which on two workers are no slower than one, on a line between what was
    measured; None where they always are."""
    above = [row for row in rows if all(later["gain"] >= 1 for later in rows
                                        if later["vcpus"] >= row["vcpus"])]
    if not above:
        return None
    first, below = above[0], [row for row in rows if row["vcpus"] < above[0]["vcpus"]]
    if not below:
        return first["vcpus"]
    last = below[-1]
    return last["vcpus"] + (1 - last["gain"]) / (first["gain"] - last["gain"]) * (
        first["vcpus"] - last["vcpus"])


def judge_rounding(rows):
    if not rows:
        return []
    at = crossing(rows)
    if at is None:
        found = "two workers never beat one up to %.2f vCPUs" % rows[-1]["vcpus"]
    elif at == rows[0]["vcpus"]:
        found = "two workers are no slower than one from %.2f vCPUs on, the least measured" % at
    else:
        found = "two workers are as fast as one at about %.2f vCPUs" % at
    said = next((row for row in rows if row["vcpus"] >= 1 + DEFAULT_FRACTION), None)
    return ["A fraction of a vCPU: %s; thresh counts it as a worker from 1 + %.2f on, where two "
            "take %.0f %% %s time than one."
            % (found, DEFAULT_FRACTION, abs(1 / said["gain"] - 1) * 100,
               "less" if said["gain"] >= 1 else "more")]


def run_section(context):
    sizes = FULL_SIZES if context.full else QUICK_SIZES
    rounds, fraction_rounds = context.rounds(3, 7), context.rounds(4, 21)
    documents = DOCUMENTS if context.full else QUICK_DOCUMENTS
    archive = context.corpus("sweep", documents, BYTES)
    larger = context.corpus("sweep", max(documents, ROUNDING_DOCUMENTS), BYTES)
    points = sum(len(counts_of(context, mb / prices()["mb_per_vcpu"])) for mb in sizes)
    context.progress.begin("lambda_sweep", "Lambda's memory sizes", points * (rounds + 1)
                           + 2 * len(FRACTIONS) * fraction_rounds + 3 * rounds)
    notes, rows, rounding = [], [], []
    try:
        with cgroup.Group() as group:
            group.limit(context.cpus, max(sizes))
            numbers = fit(context, archive, rounds + 2, group.join)
            rows = measure_sizes(context, archive, group, sizes, rounds)
            rounding = measure_rounding(context, larger, group, fraction_rounds)
            notes.append("Quota and memory limit by cgroup version %d, period %d ms; every run is a "
                         "whole process, start and schema included."
                         % (group.version, cgroup.PERIOD_US / 1000))
    except cgroup.NoRights as error:
        notes.append("NOTHING WAS MEASURED under a quota: no cgroup can be made here (%s). All rows "
                     "are extrapolated." % error)
        numbers = fit(context, archive, rounds + 2)
    errors = sorted(row["wall_ms"] / model(numbers, row["vcpus"], row["workers"])
                    for row in rows if "wall_ms" in row)
    rows += extrapolate(context, numbers, sizes, rows)
    rows.sort(key=lambda row: (row["mb"], row["workers"]))
    notes.append("Extrapolated rows, beyond this machine's %d processors: %.1f ms before the first "
                 "document / min(1, vCPUs) + %.1f ms of work x effort / min(workers, vCPUs), less "
                 "the wait of one period where the quota makes it wait (src/cli/tune/cost_model.h), with "
                 "effort growing on a line to %.3f at %d workers."
                 % (context.cpus, numbers["before_ms"], numbers["work_ms"], numbers["effort"],
                    numbers["effort_workers"]))
    if errors:
        notes.append("Where both exist, measured / model is %.2f (median), %.2f to %.2f."
                     % (errors[len(errors) // 2], errors[0], errors[-1]))
    full = full_speed(rows)
    context.sweep, context.sweep_archive = rows, archive
    context.sweep_documents = documents
    return Section("lambda", "3. Lambda's memory sizes", rows, COLUMNS,
                   notes + judge_rounding(rounding), best_rows, [
                       Table("lambda_full_speed", "The smallest memory at full speed (within 5 %), "
                             "beside what was published", full, FULL_COLUMNS),
                       Table("lambda_rounding", "One vCPU and a fraction: does the second worker "
                             "pay?", rounding, ROUNDING_COLUMNS)],
                   [("memory for full speed", ", ".join(
                       "%d worker%s: %d MB%s" % (row["workers"], "s"[:row["workers"] > 1], row["mb"],
                                                 "*" if row["how"] == "extrapolated" else "")
                       for row in full))])


def best_rows(rows):
    """The best number of workers of each size, for people."""
    sizes = sorted({row["mb"] for row in rows if "wall_ms" in row})
    best = [min((row for row in rows if row["mb"] == mb and "wall_ms" in row),
                key=lambda row: (round(row["wall_ms"], 1), row["workers"])) for mb in sizes]
    return best if len(best) <= 16 else [row for i, row in enumerate(best) if i % 3 == 0
                                         or row["mb"] in PUBLISHED.values()]
