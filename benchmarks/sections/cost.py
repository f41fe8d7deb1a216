# SPDX-License-Identifier: MIT
"""4. What the sweep's times cost."""
import math

from sections import Section
from sections.lambda_sweep import prices

COLUMNS = [("mb", "memory MB"), ("workers", "workers"), ("billed_ms", "billed ms"),
           ("x86_64_per_1000_archives", "x86_64 $ per 1,000 archives"),
           ("arm64_per_1000_archives", "arm64"),
           ("x86_64_per_million_documents", "x86_64 $ per 1,000,000 documents"),
           ("arm64_per_million_documents", "arm64"), ("mark", "")]
SAME = 1.02  # no measurement tells them apart


def cost_rows(context, price):
    documents = context.sweep_documents
    rows = []
    for run in context.sweep:
        if "wall_ms" not in run or run["workers"] > math.ceil(run["vcpus"]):
            continue
        step = price["billed_ms_step"]
        billed = math.ceil(run["wall_ms"] / step) * step
        row = {"mb": run["mb"], "workers": run["workers"], "how": run["how"],
               "wall_ms": run["wall_ms"], "billed_ms": billed, "mark": ""}
        for arch, gb_second in price["gb_second"].items():
            archive = run["mb"] / price["mb_per_gb"] * billed / 1000 * gb_second + price["request"]
            row[arch + "_per_1000_archives"] = archive * 1000
            row[arch + "_per_million_documents"] = archive / documents * 1e6
        rows.append(row)
    return rows


def choose(rows, key, other):
    """The least of the one; of those that come within SAME of it, the least of the other."""
    least = min(row[key] for row in rows)
    return min((row for row in rows if row[key] <= least * SAME), key=lambda row: row[other])


def run_section(context):
    context.progress.begin("cost", "cost", 1)
    price = prices()
    rows = cost_rows(context, price)
    cheapest = choose(rows, "x86_64_per_1000_archives", "wall_ms")
    fastest = choose(rows, "wall_ms", "x86_64_per_1000_archives")
    cheapest["mark"] += "cheapest"
    fastest["mark"] += " fastest" if fastest is cheapest else "fastest"
    for row in rows:
        if row["how"] == "extrapolated":
            row["mark"] = (row["mark"] + " *").strip()
    notes = ["Prices of %s, %s; billed in steps of %d ms; process start and schemas are in the "
             "time, for a custom runtime's init is billed. One archive holds %d documents; arm64 "
             "rows take the time measured here. * from an extrapolated time."
             % (price["date"], price["source"], price["billed_ms_step"],
                context.sweep_documents)]

    answers = [(what, "%d MB, %d worker%s: %.0f ms, $%.5f for 1,000 archives, arm64 $%.5f%s" % (
        row["mb"], row["workers"], "s"[:row["workers"] > 1], row["wall_ms"],
        row["x86_64_per_1000_archives"], row["arm64_per_1000_archives"],
        " (extrapolated)" if row["how"] == "extrapolated" else ""))
        for what, row in (("cheapest in Lambda", cheapest), ("fastest in Lambda", fastest))]

    def shown(all_rows):
        sizes = sorted({row["mb"] for row in all_rows})
        picked = [min((row for row in all_rows if row["mb"] == mb),
                      key=lambda row: row["x86_64_per_1000_archives"]) for mb in sizes]
        if len(picked) > 16:
            picked = [row for i, row in enumerate(picked) if i % 3 == 0]
        return sorted(picked + [row for row in (cheapest, fastest) if row not in picked],
                      key=lambda row: (row["mb"], row["workers"]))
    return Section("cost", "4. Cost", rows, COLUMNS, notes, shown, answers=answers)
