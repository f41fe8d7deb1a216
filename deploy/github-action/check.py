#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What action.yml runs: thresh with the action's inputs (THRESH_INPUTS and so on, of a line each), then
its counts as the job's summary and the action's outputs. Ends as thresh does."""
import glob
import html
import json
import os
import subprocess
import sys


def lines(name):
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def summary(stats, status):
    counts = [(name, n) for name, n in stats["verdicts"].items() if n]
    counts += [("refer to what was not read", stats["unread"])] if stats["unread"] else []
    table = "".join("| %s | %d |\n" % row for row in counts)
    skipped = ", ".join("%s %d" % (html.escape(why), n) for why, n in stats["skipped"].items())
    return "### thresh: %s\n\n| verdict | entries |\n| --- | ---: |\n%s\n%s" % (
        "the run did not complete" if status > 1 else
        "all documents are good" if stats["good"] else "not all documents are good", table,
        "Skipped, because: %s\n" % skipped if skipped else "")


def append(variable, text):
    """To one of the files that a step hands its results over in."""
    if os.environ.get(variable):
        with open(os.environ[variable], "a", encoding="utf-8") as file:
            file.write(text)


def main():
    command = ["thresh", "--format=github", "--stats"]
    command += ["--schema=" + schema for schema in lines("THRESH_SCHEMA")]
    # A checkout has what git keeps, and maybe the page of an earlier run.
    command += ["--exclude=.git/*", "--exclude=*/.git/*"]
    for report in lines("THRESH_REPORT"):
        command += ["--report=" + report, "--exclude=" + glob.escape(os.path.basename(report))]
    command += lines("THRESH_OPTIONS") + ["--"] + lines("THRESH_INPUTS")
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    stats = {}
    for line in done.stderr.decode(errors="replace").splitlines():
        if line.startswith('{"entries"'):
            stats = json.loads(line)
        elif line.startswith("thresh: ") and done.returncode > 1:
            print("::error title=thresh::" + line.replace("%", "%25"))
        else:
            print(line, file=sys.stderr)
    if stats:
        append("GITHUB_STEP_SUMMARY", summary(stats, done.returncode))
        append("GITHUB_OUTPUT", "good=%s\nstats=%s\n" % (str(stats["good"]).lower(), json.dumps(stats)))
    sys.exit(done.returncode if done.returncode >= 0 else 2)


main()
