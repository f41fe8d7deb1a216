# SPDX-License-Identifier: MIT
"""6. Others, on the same archive, in the same rounds. A peer whose verdicts differ is void."""
import json
import os
import re
import shutil
import subprocess
import zipfile

from context import HERE
from machine import python_with_lxml
from measure import Case, Failed, by_turns, ratio, run
from sections import Section

COLUMNS = [("archive", "archive"), ("name", "program"), ("workers", "workers"),
           ("wall_ms", "wall ms"), ("wall_ms_min", "min"), ("wall_ms_max", "max"),
           ("cpu_ms", "CPU ms"), ("factor", "x thresh"), ("cpu_factor", "x CPU"),
           ("agrees", "verdicts agree"), ("remark", "")]
PEERS = os.path.join(HERE, "peers")
HINT = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%s %s"'


class Archive:
    def __init__(self, name, path, schema):
        self.name, self.path, self.schema = name, path, list(schema)


def archives(context):
    """What the peers are run on: generated documents always, real ones where there are any."""
    found = [Archive("orders", context.corpus("peers", 480 if context.full else 120, 20000, bad=6),
                     [context.offline_schema()])]
    if not context.real:
        return found
    scores = os.path.join(context.real, "musicxml")
    if os.path.exists(scores + "/scores.zip"):
        found.append(Archive("musicxml", scores + "/scores.zip", [scores + "/schema/musicxml.xsd"]))
    ubl = os.path.join(context.real, "ubl")
    if os.path.exists(ubl + "/documents.zip"):
        with open(ubl + "/schemas.tsv") as rows:
            schema = ["%s=%s/%s" % (ns, ubl, file) for ns, file in
                      (row.rstrip("\n").split("\t")[:2] for row in rows)]
        found.append(Archive("ubl", ubl + "/documents.zip", schema))
    return found


def python_cases(context, archive, workers):
    python = python_with_lxml()
    schema = [word for item in archive.schema for word in ("--schema", item)]
    names = [("lxml sequential", "lxml_sequential.py", 1), ("lxml threads", "lxml_threads.py", workers),
             ("lxml processes, pipes", "lxml_processes.py", workers)]
    return [(name, count, [python, os.path.join(PEERS, script), archive.path, "--jobs", str(count)]
             + schema if python else None) for name, script, count in names]


def shell_cases(archive, workers):
    rows = []
    for name, script, needs in (("unzip, xargs, xmllint", "xmllint_xargs.sh", ("unzip", "xmllint", "perl")),
                                ("GNU parallel, xmllint", "xmllint_parallel.sh",
                                 ("unzip", "xmllint", "parallel", "perl"))):
        here = all(shutil.which(program) for program in needs)
        rows.append((name, workers, ["bash", os.path.join(PEERS, script), archive.path, str(workers)]
                     + archive.schema if here else None))
    return rows


def java_case(context, archive, workers):
    classes = context.path("peers")
    if shutil.which("javac") and not os.path.exists(classes + "/Peer.class"):
        subprocess.run(["javac", "-d", classes, os.path.join(PEERS, "Peer.java")], check=True)
    here = shutil.which("java") and os.path.exists(classes + "/Peer.class")
    return ("Java javax.xml.validation", workers, ["java", "-cp", classes, "Peer", archive.path,
                                                   str(workers)] + archive.schema if here else None)


def with_hints(context, archive):
    """The archive with schema hints in the documents, for a program that takes no schema. None
    where that cannot be done: several schemas, no namespace, or DTDs it would fetch."""
    if len(archive.schema) != 1 or "=" in archive.schema[0]:
        return None
    path = context.path("corpora", "hints-" + os.path.basename(archive.path))
    if os.path.exists(path):
        return path
    changed = []
    with zipfile.ZipFile(archive.path) as source:
        for info in source.infolist():
            text = source.read(info).decode("utf-8", "surrogateescape")
            root = re.search(r'<(?![?!])[\w:.-]+[^>]*?\bxmlns="([^"]*)"', text)
            if "<!DOCTYPE" in text or not root:
                return None
            text = text[:root.end()] + HINT % (root.group(1), archive.schema[0]) + text[root.end():]
            changed.append((info.filename, text.encode("utf-8", "surrogateescape")))
    with zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in changed:
            target.writestr(name, text)
    os.rename(path + ".new", path)
    return path


def xerces_case(context, archive, workers):
    hinted = with_hints(context, archive) if shutil.which("SAX2Count") else None
    argv = ["bash", os.path.join(PEERS, "xerces.sh"), hinted, str(workers)] if hinted else None
    return "Xerces-C SAX2Count", workers, argv


def verdicts(output):
    """{path: verdict} of what a peer printed, or of our records."""
    found = {}
    for line in output.decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("{"):
            record = json.loads(line)
            found[record["path"].rpartition("!/")[2]] = record["verdict"]
        elif "\t" in line:
            path, verdict = line.split("\t")[:2]
            found[path] = verdict
    return found


def compare(ours, theirs):
    """None where the verdicts agree, else what is wrong. A peer that cannot tell documents without a
    schema need not name them."""
    differ = [path for path in ours if theirs.get(path, "unmapped") != ours[path]]
    if not differ and set(theirs) <= set(ours):
        return None
    first = differ[0] if differ else sorted(set(theirs) - set(ours))[0]
    return "void: %d of %d verdicts differ, first %s: %s, ours %s" % (
        max(1, len(differ)), len(ours), first, theirs.get(first), ours.get(first))


def cases_of(context, archive, workers):
    rows = python_cases(context, archive, workers) + shell_cases(archive, workers)
    return rows + [java_case(context, archive, workers), xerces_case(context, archive, workers)]


def measure_archive(context, archive, rounds, warm_ups=1, limit_s=60):
    """(rows, programs that were not run). The first run of each is the one whose verdicts count."""
    workers = context.cpus
    ours = [("thresh", workers, context.command(archive.path, None, workers, archive.schema)),
            ("thresh", 1, context.command(archive.path, "sequential", 1, archive.schema))]
    found = ours + cases_of(context, archive, workers)
    here = [(name, count, Case(name, argv, (0, 1) if name == "thresh" else (0,), limit_s=limit_s))
            for name, count, argv in found if argv]
    cases = [case for _, _, case in here]
    by_turns(cases, rounds, warm_ups, context.progress.tick)
    if cases[0].failed:
        raise Failed(cases[0].failed)
    expected, rows = verdicts(cases[0].output), []
    for index, (name, count, case) in enumerate(here):
        trouble = "left out: " + case.failed if case.failed else compare(
            expected, verdicts(case.output))
        rows.append({"archive": archive.name, "name": name, "workers": count,
                     "agrees": trouble is None, "remark": trouble or ""})
        if not case.failed:
            rows[-1].update(case.summary(), factor=ratio(cases, index, 0),
                            cpu_factor=ratio(cases, index, 0, "cpu"))
    return rows, [name for name, _, argv in found if not argv]


def answers(rows):
    """For the summary: the fastest peer, and Python's processes, against thresh on all processors."""
    for archive in dict.fromkeys(row["archive"] for row in rows):
        mine = [row for row in rows if row["archive"] == archive and row["name"] != "thresh"
                and row["agrees"]]
        if mine:
            fastest = min(mine, key=lambda row: row["factor"])
            python = [row for row in mine if "processes" in row["name"]]
            yield "others, %s" % archive, "%.1f times our time the fastest (%s)%s" % (
                fastest["factor"], fastest["name"],
                ", %.1f times Python's processes and pipes" % python[0]["factor"] if python else "")


def run_section(context):
    todo = archives(context)
    # Peers compile each of many schemas for seconds, in every process: fewer rounds, no warm-up.
    turns = [(context.rounds(1, 5), 0) if len(archive.schema) > 1 else (context.rounds(3, 9), 1)
             for archive in todo]
    context.progress.begin("peers", "peers", sum(9 * (rounds + more) for rounds, more in turns))
    rows, notes = [], ["Whole commands with %d workers where a program has workers. 'x thresh': how "
                       "many times thresh's time it takes, median of the ratios of each round. A "
                       "program whose verdicts differ is void." % context.cpus]
    for archive, (rounds, warm_ups) in zip(todo, turns):
        made, missing = measure_archive(context, archive, rounds, warm_ups)
        rows += made
        if missing:
            notes.append("%s: not run, for want of the program or of a way to give it the schema: %s."
                         % (archive.name, ", ".join(missing)))
    return Section("peers", "6. Others on the same archive", rows, COLUMNS,
                   notes, answers=answers(rows))
