#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which backend, how many workers, which memory size, at what cost, how far from the limit?

Runs the sections and leaves results.json, a CSV a section, plots and report.md in the output
directory. `cmake --build build --target benchmark` calls it.
"""
import argparse
import importlib
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402
import plots  # noqa: E402
import tables  # noqa: E402
from context import HERE, Context  # noqa: E402

SECTIONS = ["backends", "threshold", "lambda_sweep", "cost", "article", "peers", "limit",
            "overheads", "tune"]
NEEDS_SWEEP = {"cost", "tune"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--thresh", required=True, help="the command")
    parser.add_argument("--limit", required=True, help="benchmark-limit")
    parser.add_argument("--empty", required=True, help="benchmark-empty")
    parser.add_argument("--output", default="benchmark", help="where results go")
    parser.add_argument("--corpora", default="", help="directory with real documents, if there is one")
    parser.add_argument("--seed", type=int, default=1, help="of the generated documents")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="this section (repeatable)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", dest="full", action="store_false", help="under two minutes (default)")
    mode.add_argument("--full", dest="full", action="store_true", help="as long as it needs")
    parser.set_defaults(full=False)
    options = parser.parse_args()
    for name in ("thresh", "limit", "empty", "output"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def save(context, facts, sections):
    with open(context.path("results.json"), "w", encoding="utf-8") as file:
        json.dump({"machine": facts, "mode": "full" if context.full else "quick",
                   "seed": context.seed,
                   "sections": [{"name": s.name, "title": s.title, "notes": s.notes, "rows": s.rows}
                                for s in sections]}, file, indent=1)
    for section in sections:
        if section.rows:
            tables.write_csv(context.path(section.name + ".csv"), section.rows)
    with open(context.path("report.md"), "w", encoding="utf-8") as file:
        file.write("# thresh, measured (%s)\n\n" % ("full" if context.full else "quick"))
        file.write("\n".join("- %s: %s" % item for item in facts.items() if item[1]) + "\n")
        for section in sections:
            file.write("\n## %s\n\n" % section.title)
            if section.rows:
                file.write(tables.markdown(section.table_rows(), section.columns) + "\n\n")
            file.write("\n\n".join(section.notes) + "\n")


def main():
    options = parse()
    context = Context(options)
    facts = machine.describe(options.thresh, os.path.dirname(HERE))
    for key in ("cpu", "cpus", "system", "commit", "load"):
        print("%-8s %s" % (key, facts[key]))
    chosen = [name for name in SECTIONS if not options.only or name in options.only]
    if NEEDS_SWEEP & set(chosen) and "lambda_sweep" not in chosen:
        chosen.insert(0, "lambda_sweep")
    sections = []
    for name in chosen:
        section = importlib.import_module("sections." + name).run_section(context)
        sections.append(section)
        context.progress.end()
        print("\n%s\n" % section.title)
        if section.rows:
            print(tables.text(section.table_rows(), section.columns))
        for note in section.notes:
            print("  " + note)
        sys.stdout.flush()
        save(context, facts, sections)
    plots.draw_all(context, sections)
    print("\nresults, plots and report.md are in %s" % context.output)


if __name__ == "__main__":
    main()
