# SPDX-License-Identifier: MIT
"""6. Others, on the same archive, in the same rounds. A peer whose verdicts differ is void."""
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

from context import HERE
from measure import Case, Failed, by_turns, ratio, run
from sections import Section

COLUMNS = [("archive", "archive"), ("name", "program"), ("workers", "workers"),
           ("wall_ms", "wall ms"), ("wall_ms_min", "min"), ("wall_ms_max", "max"),
           ("cpu_ms", "CPU ms"), ("factor", "x thresh"), ("cpu_factor", "x CPU"), ("agrees", "verdicts agree"),
           ("remark", "")]
PEERS = os.path.join(HERE, "peers")
HINT = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%s %s"'


def python_with_lxml():
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        found = shutil.which(python)
        if found and subprocess.run([found, "-c", "import lxml.etree"],
                                    stderr=subprocess.DEVNULL).returncode == 0:
            return found
    return None


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
    if context.full and os.path.exists(ubl + "/documents.zip"):
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


def check(case, ours):
    """One run for the verdicts alone: None, or why the peer is void."""
    try:
        once = run(case.argv, keep=True, limit_s=case.limit_s)
    except Failed as error:
        case.failed = str(error)
        return case.failed
    return "void: exit %d" % once.status if once.status else compare(ours, verdicts(once.output))


def cases_of(context, archive, workers):
    rows = python_cases(context, archive, workers) + shell_cases(archive, workers)
    return rows + [java_case(context, archive, workers), xerces_case(context, archive, workers)]


def measure_archive(context, archive, rounds, warm_ups=1):
    workers = context.cpus
    cases = [Case("thresh", context.command(archive.path, None, workers, archive.schema)),
             Case("thresh", context.command(archive.path, "sequential", 1, archive.schema))]
    rows = [{"archive": archive.name, "name": "thresh", "workers": workers, "factor": 1.0,
             "agrees": True}, {"archive": archive.name, "name": "thresh", "workers": 1,
                               "agrees": True}]
    ours, missing = verdicts(run(cases[0].argv, keep=True).output), []
    for name, count, argv in cases_of(context, archive, workers):
        if argv is None:
            missing.append(name)
            continue
        case = Case(name, argv, good=(0,), limit_s=context.rounds(15, 60))
        trouble = check(case, ours)
        cases.append(case)
        rows.append({"archive": archive.name, "name": name, "workers": count,
                     "agrees": trouble is None, "remark": trouble or ""})
    by_turns(cases, rounds, warm_ups, context.progress.tick)
    for index, (row, case) in enumerate(zip(rows, cases)):
        if case.failed:
            row.update(agrees=False, remark="left out: " + case.failed)
            continue
        row.update(case.summary())
        row["factor"] = ratio(cases, index, 0)
        row["cpu_factor"] = ratio(cases, index, 0, "cpu")
    return rows, missing


def run_section(context):
    todo, rounds = archives(context), context.rounds(3, 7)
    context.progress.begin("peers", len(todo) * 9 * (rounds + 1))
    rows, notes = [], ["Whole commands with %d workers where a program has workers. 'x thresh': how "
                       "many times thresh's time it takes, median of the ratios of each round."
                       % context.cpus]
    for archive in todo:
        made, missing = measure_archive(context, archive, rounds)
        rows += made
        if missing:
            notes.append("%s: not run, for want of the program or of a way to give it the schema: %s."
                         % (archive.name, ", ".join(missing)))
    return Section("peers", "6. Others on the same archive", rows, COLUMNS, notes)
