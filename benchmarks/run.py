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
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402
import plots  # noqa: E402
import tables  # noqa: E402
from context import HERE, Context  # noqa: E402
from sections import Section  # noqa: E402

# What each takes on two quiet cores, quick and full, in seconds: the time that is left is reckoned
# from it.
SECTIONS = {"backends": (12, 200), "threshold": (10, 80), "lambda_sweep": (11, 300), "cost": (0, 0),
            "article": (18, 370), "peers": (7, 190), "limit": (2, 25), "overheads": (2, 8),
            "tune": (3, 11), "python": (25, 120), "cold_start": (15, 150)}
SUMMARY = [("question", "question"), ("answer", "answer")]
NEEDS_SWEEP = {"cost", "tune"}
FACTS = ("date", "cpu", "cpus", "memory_mb", "system", "load", "commit", "thresh")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--thresh", required=True, help="the command")
    parser.add_argument("--limit", required=True, help="benchmark-limit")
    parser.add_argument("--empty", required=True, help="benchmark-empty")
    parser.add_argument("--output", default="benchmark", help="where results go")
    parser.add_argument("--python", default="", help="directory with the package for Python, if it is built")
    parser.add_argument("--corpora", default="", help="directory with real documents, if there is one")
    parser.add_argument("--seed", type=int, default=1, help="of the generated documents")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="this section (repeatable)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", dest="full", action="store_false", help="under two minutes (default)")
    mode.add_argument("--full", dest="full", action="store_true", help="as long as it needs")
    parser.set_defaults(full=False)
    options = parser.parse_args()
    for name in ("thresh", "limit", "empty", "output"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    for name in ("corpora", "python"):
        setattr(options, name, getattr(options, name) and os.path.abspath(getattr(options, name)))
    options.chosen = [name for name in SECTIONS if not options.only or name in options.only]
    if NEEDS_SWEEP & set(options.chosen) and "lambda_sweep" not in options.chosen:
        options.chosen.insert(0, "lambda_sweep")
    options.seconds = {name: SECTIONS[name][options.full] for name in options.chosen}
    return options


def save(context, facts, sections):
    with open(context.path("results.json"), "w", encoding="utf-8") as file:
        json.dump({"machine": facts, "mode": "full" if context.full else "quick",
                   "seed": context.seed,
                   "sections": [{"name": s.name, "title": s.title, "notes": s.notes, "rows": s.rows,
                                 "tables": {t.name: t.rows for t in s.more}}
                                for s in sections]}, file, indent=1)
    for table in [table for section in sections for table in [section] + section.more]:
        if table.rows:
            tables.write_csv(context.path(table.name + ".csv"), table.rows)
    with open(context.path("report.md"), "w", encoding="utf-8") as file:
        file.write("# thresh, measured (%s)\n\n" % ("full" if context.full else "quick"))
        file.write("\n".join("- %s: %s" % item for item in facts.items() if item[1]) + "\n")
        file.write("\n## Summary\n\n" + tables.markdown(summary(sections), SUMMARY) + "\n")
        for section in sections:
            for table in section.tables():
                file.write(("\n## %s\n\n" if table is section else "\n%s:\n\n") % table.title)
                if table.rows:
                    file.write(tables.markdown(table.table_rows(), table.columns) + "\n")
            file.write("\n" + "\n\n".join(section.notes) + "\n")


def summary(sections):
    return [{"question": question, "answer": answer}
            for section in sections for question, answer in section.answers]


def show(section):
    for table in section.tables():
        print(("\n%s\n" if table is section else "  %s:\n") % table.title)
        if table.rows:
            print(tables.text(table.table_rows(), table.columns) + "\n")
    for note in section.notes:
        print("  " + note)
    sys.stdout.flush()


def run_one(context, name):
    """The section; one that breaks says why in its place, and the rest runs."""
    try:
        return importlib.import_module("sections." + name).run_section(context)
    except Exception as error:  # whatever it is, hours of other figures do not depend on it
        traceback.print_exc()
        context.broken.append(name)
        return Section(name, name, [], [], ["BROKEN OFF: %s: %s" % (type(error).__name__, error)])


def main():
    options = parse()
    context = Context(options)
    facts = machine.describe(options.thresh, os.path.dirname(HERE))
    for key in FACTS + machine.PROGRAMS:
        print("%-9s %s" % (key, facts[key] or (
            "not installed" if key in machine.PROGRAMS else "not known")))
    sections = []
    for name in options.chosen:
        section = run_one(context, name)
        sections.append(section)
        context.progress.end(name)
        show(section)
        save(context, facts, sections)
    plots.draw_all(context, sections)
    print("\nSummary\n\n%s" % tables.text(summary(sections), SUMMARY))
    print("\n%.0f s; results, plots and report.md are in %s"
          % (time.time() - context.progress.begun, context.output))
    if context.broken:
        sys.exit("broken off: " + ", ".join(context.broken))


if __name__ == "__main__":
    main()
