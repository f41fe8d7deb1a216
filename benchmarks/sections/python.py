# SPDX-License-Identifier: MIT
"""9. The function of docs/python.md, invoked in a process that goes on, and Python's other ways."""
import os

from context import HERE
from machine import python_with_lxml
from measure import Case, by_turns, ratio
from sections import Section
from sections.peers import compare, verdicts

COLUMNS = [("documents", "documents"), ("name", "in Python"), ("work_ms", "ms an invocation"),
           ("work_ms_min", "min"), ("work_ms_max", "max"), ("factor", "x thresh"),
           ("agrees", "verdicts agree"), ("remark", "")]
WAYS = (("thresh", "thresh.Checker"), ("pool", "lxml, multiprocessing.Pool"),
        ("pipes", "lxml, processes and pipes"))
SIZES = ((80, 4000), (120, 20000), (150, 100000))  # documents, bytes each


def measure_archive(context, documents, size, rounds, times):
    archive = context.corpus("function", documents, size, bad=6)
    python = ["env", "PYTHONPATH=" + context.python, python_with_lxml()]
    cases = [Case(name, python + [os.path.join(HERE, "peers", "function.py"), way, archive,
                                   context.offline_schema(), str(times)], (0,), limit_s=120)
             for way, name in WAYS]
    by_turns(cases, rounds, 1, context.progress.tick)
    rows = []
    for index, case in enumerate(cases):
        trouble = case.failed and "left out: " + case.failed or compare(
            verdicts(cases[0].output), verdicts(case.output))
        rows.append({"documents": "%d of %d KB" % (documents, size / 1000), "name": case.name,
                     "agrees": trouble is None, "remark": trouble or ""})
        if not case.failed:
            rows[-1].update(case.summary(), factor=ratio(cases, index, 0, "work"))
    return rows


def answers(rows):
    for documents in dict.fromkeys(row["documents"] for row in rows):
        factors = {row["name"]: row["factor"] for row in rows
                   if row["documents"] == documents and row["agrees"]}
        yield "Python, %s" % documents, ", ".join(
            "%.1f times our time %s" % (factor, name) for name, factor in list(factors.items())[1:])


def run_section(context):
    rounds, times = context.rounds(3, 9), 3
    context.progress.begin("python", "functions in Python", len(SIZES) * len(WAYS) * (rounds + 1))
    notes = ["One invocation of the function in docs/python.md, in a process that has had one: the ZIP in the "
             "event, base64 and all, the schema compiled before. %d workers. The others parse, validate, "
             "walk, and take the same value; pools and processes are made an invocation, as on Lambda. "
             "Median of %d invocations of each of %d processes, by turns." % (context.cpus, times, rounds)]
    if not context.python or not python_with_lxml():
        return Section("python", "9. A function in Python", [], COLUMNS, notes + [
            "Not run: the package is not built (THRESH_PYTHON), or there is no lxml."])
    rows = [row for documents, size in SIZES
            for row in measure_archive(context, documents, size, rounds, times)]
    return Section("python", "9. A function in Python", rows, COLUMNS, notes, answers=answers(rows))
