# SPDX-License-Identifier: MIT
"""9. What `thresh tune` predicts, held against the sweep."""
import json

from context import ORDER_XSD
from measure import run
from sections import Section

COLUMNS = [("mb", "memory MB"), ("workers", "workers"), ("measured_ms", "measured ms"),
           ("predicted_ms", "predicted ms"), ("off", "predicted / measured")]


def run_section(context):
    context.progress.begin("tune", "thresh tune", 1)
    argv = [context.thresh, "tune", context.sweep_archive, "--schema", ORDER_XSD, "--json",
            "--seconds", str(context.rounds(3, 10))]
    done = run(argv, keep=True)
    if done.status:
        return Section("tune", "9. thresh tune", [], COLUMNS, ["failed: " + done.errors.decode()])
    told = json.loads(done.output)
    predicted = {(row["mb"], row["workers"]): row["ms"] for row in told["predicted"]}
    rows = []
    for row in context.sweep:
        if row["how"] == "measured" and (row["mb"], row["workers"]) in predicted:
            ms = predicted[row["mb"], row["workers"]]
            rows.append({"mb": row["mb"], "workers": row["workers"], "measured_ms": row["wall_ms"],
                         "predicted_ms": ms, "off": ms / row["wall_ms"]})
    notes = ["`thresh tune` knows nothing of the sweep: it ran the archive without a quota. The "
             "sweep's runs end their process, too, which a function does not. It "
             "recommends %d MB and %d workers for lowest cost, %d MB and %d workers for lowest "
             "latency." % (told["cheapest"]["mb"], told["cheapest"]["workers"],
                           told["fastest"]["mb"], told["fastest"]["workers"])]
    for workers in sorted({row["workers"] for row in rows}):
        off = sorted(abs(row["off"] - 1) * 100 for row in rows if row["workers"] == workers)
        notes.append("%d worker%s: off by %.0f %% (median), %.0f %% at most, over %d sizes."
                     % (workers, "s"[:workers > 1], off[len(off) // 2], off[-1], len(off)))
    if not rows:
        notes.append("No point of the sweep was measured, so nothing was checked.")
    return Section("tune", "9. thresh tune against the sweep", rows, COLUMNS, notes,
                   lambda all_rows: [row for row in all_rows if row["workers"] <= 2][::2])
