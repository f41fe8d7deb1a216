#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""thresh where others call it: pre-commit's hook on a real repository, and the GitHub Action's script."""
import json
import os
import shutil
import subprocess

from command import ORDER, SAMPLE, SOURCE, THRESH, main, path, skip

ACTION = os.path.join(SOURCE, "deploy", "github-action")
# thresh is on the path, as where it is installed.
ENVIRONMENT = {**os.environ, "PATH": os.path.dirname(THRESH) + ":" + os.environ["PATH"],
               "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
               "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder, *arguments, check=True, **more):
    done = subprocess.run(["git", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**ENVIRONMENT, **more}, check=False)
    assert done.returncode == 0 or not check, done.stdout.decode()
    return done


def repository(name, files):
    folder = path(name)
    for file, content in files.items():
        path(os.path.join(name, file), content)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first", "--no-verify")
    return folder


# -- pre-commit

def hooked():
    """A repository whose commits pre-commit checks by .pre-commit-hooks.yaml, with a schema."""
    if not shutil.which("pre-commit"):
        skip("pre-commit is not installed; ci/setup gets it")
    with open(os.path.join(SOURCE, ".pre-commit-hooks.yaml"), encoding="utf-8") as hooks:
        thresh = repository("thresh", {".pre-commit-hooks.yaml": hooks.read()})
    revision = git(thresh, "rev-parse", "HEAD").stdout.decode().strip()
    folder = repository("work", {
        ".pre-commit-config.yaml": "repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: thresh\n    args: [--schema, =note.xsd]\n"
                                   % (thresh, revision),
        "note.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="note" type="xs:date"/></xs:schema>',
        "a.xml": "<note>2024-02-29</note>"})
    subprocess.run(["pre-commit", "install"], cwd=folder, env=home(), stdout=subprocess.DEVNULL, check=True)
    return folder


def home():
    return {**ENVIRONMENT, "PRE_COMMIT_HOME": path("home")}


def commit(folder, **files):
    for name, content in files.items():
        path(os.path.join("work", name.replace("_", ".")), content)
    git(folder, "add", "-A")
    return git(folder, "commit", "-m", "more", check=False, **home())


def test_the_hook_lets_good_documents_through_and_no_others():
    folder = hooked()
    good = commit(folder, b_xml="<note>2024-03-01</note>", c_txt="<note")
    assert good.returncode == 0 and b"Passed" in good.stdout, good.stdout.decode()
    bad = commit(folder, d_xml="<note>2024-02-30</note>")
    assert bad.returncode != 0 and b"invalid" in bad.stdout and b"d.xml" in bad.stdout, bad.stdout.decode()
    assert b"a.xml" not in bad.stdout and b"2024-02-30" in bad.stdout, bad.stdout.decode()
    broken = commit(folder, d_xml="<note>")
    assert broken.returncode != 0 and b"malformed" in broken.stdout, broken.stdout.decode()
    mended = commit(folder, d_xml="<note>2024-02-28</note>")
    assert mended.returncode == 0, mended.stdout.decode()
    assert git(folder, "log", "--oneline").stdout.count(b"\n") == 3


# -- The GitHub Action

def action(**inputs):
    """The step's exit status, its log, summary and outputs."""
    files = {name: path(name, "") for name in ("summary", "output")}
    done = subprocess.run(["python3", os.path.join(ACTION, "check.py")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**ENVIRONMENT, **inputs, "GITHUB_STEP_SUMMARY": files["summary"],
                               "GITHUB_OUTPUT": files["output"]}, cwd=path(), check=False)
    read = {name: open(file, encoding="utf-8").read() for name, file in files.items()}
    outputs = dict(line.split("=", 1) for line in read["output"].splitlines())
    return done.returncode, done.stdout.decode() + done.stderr.decode(), read["summary"], outputs


def test_the_action_annotates_and_sums_up():
    status, log, summary, outputs = action(THRESH_INPUTS=SAMPLE, THRESH_SCHEMA=ORDER)
    assert status == 1 and log.count("::error file=") == 6, log
    assert "### thresh: not all documents are good" in summary and "| invalid | 5 |" in summary, summary
    assert outputs["good"] == "false" and json.loads(outputs["stats"])["entries"] == 120


def test_the_action_takes_several_of_each_and_passes_on_a_failure():
    first, second = path("x/a b.xml", "<a/>"), path("x/-c.xml", "<b/>")
    status, log, summary, outputs = action(THRESH_INPUTS="%s\n  x/-c.xml\n\n" % first, THRESH_OPTIONS="-j1\n--max-errors=3")
    assert status == 0 and outputs["good"] == "true" and "| wellformed | 2 |" in summary, log
    assert os.path.exists(second)
    status, log, summary, outputs = action(THRESH_INPUTS="no-such.zip", THRESH_SCHEMA="")
    assert status == 2 and "::error title=thresh::thresh: cannot open no-such.zip" in log, log
    assert "the run did not complete" in summary and outputs["good"] == "false", summary


def test_the_action_names_what_its_script_reads():
    with open(os.path.join(ACTION, "action.yml"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(ACTION, "check.py"), encoding="utf-8") as file:
        script = file.read()
    for name in ("INPUTS", "SCHEMA", "OPTIONS"):
        assert "THRESH_%s: ${{ inputs.%s }}" % (name, name.lower()) in text and '"THRESH_%s"' % name in script


main()
