# SPDX-License-Identifier: MIT
"""3. Lambda's memory sizes in miniature: a quota of processor time and a limit of memory each."""
import json
import math
import os

import cgroup
from context import HERE
from measure import Case, by_turns, ratio
from sections import Section

COLUMNS = [("mb", "memory MB"), ("vcpus", "vCPUs"), ("workers", "workers"), ("wall_ms", "wall ms"),
           ("wall_ms_min", "min"), ("wall_ms_max", "max"), ("how", "")]
FULL_SIZES = [128] + list(range(256, 10241, 256))  # those of the published experiment: 41
QUICK_SIZES = [128, 256, 512, 1024, 1536, 1792, 2048, 2560, 3584, 5376, 7168, 8960, 10240]
WORKERS = range(1, 7)
PUBLISHED = {1: 2048, 2: 4096, 3: 5376, 4: 7168, 5: 8960, 6: 10240}
FULL_SPEED = 1.05  # within 5 % of the best


def prices():
    with open(os.path.join(HERE, "prices.json")) as file:
        return json.load(file)


def is_measurable(context, vcpus, workers):
    return min(vcpus, workers) <= context.cpus


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
        counts = [n for n in WORKERS if is_measurable(context, vcpus, n)
                  and n <= max(2, math.ceil(vcpus), context.cpus)]
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


def fit(context, archive, rounds):
    """The model's three numbers, without any quota: time(w) = before + work * effort(w) / w."""
    counts = sorted({1, 2, context.cpus} & set(range(1, context.cpus + 1)))
    one = context.corpus("sweep-one", 1, 20000)
    cases = [Case("before", context.command(one, "sequential", 1))] + [
        Case(str(n), context.command(archive, *plan_of(context, n))) for n in counts]
    by_turns(cases, rounds, 1, context.progress.tick)
    before = cases[0].summary()["wall_ms"]
    work = cases[1].summary()["wall_ms"] - before
    most = counts[-1]
    speed_up = ratio(cases, 1, len(cases) - 1)
    wall = cases[1].summary()["wall_ms"] / speed_up
    effort = max(1.0, (wall - before) * most / work) if most > 1 else 1.0
    return {"before_ms": before, "work_ms": work, "effort": effort, "effort_workers": most}


def model(numbers, vcpus, workers):
    most = numbers["effort_workers"]
    effort = 1 + (numbers["effort"] - 1) * (workers - 1) / (most - 1) if most > 1 else 1
    return (numbers["before_ms"] / min(1, vcpus)
            + numbers["work_ms"] * effort / min(workers, vcpus))


def extrapolate(context, numbers, sizes, rows):
    known = {(row["mb"], row["workers"]) for row in rows}
    per_vcpu = prices()["mb_per_vcpu"]
    return [{"mb": mb, "vcpus": mb / per_vcpu, "workers": workers,
             "wall_ms": model(numbers, mb / per_vcpu, workers), "how": "extrapolated"}
            for mb in sizes for workers in WORKERS if (mb, workers) not in known]


def full_speed(rows):
    """For each number of workers the smallest memory within FULL_SPEED of its best."""
    found = []
    for workers in WORKERS:
        mine = [row for row in rows if row["workers"] == workers and "wall_ms" in row]
        if not mine:
            continue
        best = min(row["wall_ms"] for row in mine)
        first = min((row for row in mine if row["wall_ms"] <= best * FULL_SPEED),
                    key=lambda row: row["mb"])
        found.append({"workers": workers, "mb": first["mb"], "published_mb": PUBLISHED[workers],
                      "wall_ms": first["wall_ms"], "how": first["how"]})
    return found


def run_section(context):
    sizes = FULL_SIZES if context.full else QUICK_SIZES
    rounds = context.rounds(3, 5)
    archive = context.corpus("sweep", 500 if context.full else 120, 20000)
    context.progress.begin("Lambda's memory sizes", len(sizes) * 2 * (rounds + 1) + 3 * rounds)
    notes, rows = [], []
    numbers = fit(context, archive, rounds + 2)
    try:
        with cgroup.Group() as group:
            rows = measure_sizes(context, archive, group, sizes, rounds)
            notes.append("Quota and memory limit by cgroup version %d, period %d ms; every run is a "
                         "whole process, start and schema included."
                         % (group.version, cgroup.PERIOD_US / 1000))
    except cgroup.NoRights as error:
        notes.append("NOTHING WAS MEASURED under a quota: no cgroup can be made here (%s). All rows "
                     "are extrapolated." % error)
    errors = [row["wall_ms"] / model(numbers, row["vcpus"], row["workers"])
              for row in rows if "wall_ms" in row]
    rows += extrapolate(context, numbers, sizes, rows)
    rows.sort(key=lambda row: (row["mb"], row["workers"]))
    notes.append("Extrapolated rows, beyond this machine's %d processors: %.1f ms before the first "
                 "document / min(1, vCPUs) + %.1f ms of work x effort / min(workers, vCPUs), with "
                 "effort growing on a line to %.3f at %d workers."
                 % (context.cpus, numbers["before_ms"], numbers["work_ms"], numbers["effort"],
                    numbers["effort_workers"]))
    if errors:
        errors.sort()
        notes.append("Where both exist, measured / model is %.2f (median), %.2f to %.2f."
                     % (errors[len(errors) // 2], errors[0], errors[-1]))
    notes.append("Smallest memory at full speed (within 5 %), by workers: " + "; ".join(
        "%d: %d MB%s (published: %d)" % (row["workers"], row["mb"],
                                         "*" if row["how"] == "extrapolated" else "",
                                         row["published_mb"]) for row in full_speed(rows))
        + ". * extrapolated.")
    context.sweep, context.sweep_archive = rows, archive
    return Section("lambda", "3. Lambda's memory sizes", rows, COLUMNS, notes, best_rows)


def best_rows(rows):
    """The best number of workers of each size, for people."""
    sizes = sorted({row["mb"] for row in rows})
    best = [min((row for row in rows if row["mb"] == mb and "wall_ms" in row),
                key=lambda row: (round(row["wall_ms"], 1), row["workers"])) for mb in sizes]
    return best if len(best) <= 16 else [row for i, row in enumerate(best) if i % 3 == 0
                                         or row["mb"] in PUBLISHED.values()]
