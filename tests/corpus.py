# SPDX-License-Identifier: MIT
"""What holds of a corpus: an archive, its schemas, and tables of what is expected of its documents."""
import os
import re

from command import backends, records, run, table


def schemas(directory, root=None):
    """The options of schemas.tsv, whose paths begin at root."""
    with open(os.path.join(directory, "schemas.tsv"), encoding="utf-8") as lines:
        for line in lines:
            namespace, path = line.rstrip("\n").split("\t")
            yield from ("-s", "%s=%s" % (namespace, os.path.join(root or directory, path)))


def check_records(archive, expected, options):
    """Each entry has its record, with the verdict and the facts of its row."""
    got = records(archive, *options)
    prefix = archive + "!/"
    assert len(got) == len(expected), "%d records for %d entries" % (len(got), len(expected))
    wrong = []
    for index, (ours, want) in enumerate(zip(got, expected)):
        found = {"path": ours["path"], "index": ours["index"], "verdict": ours["verdict"],
                 "bytes": ours["bytes"]}
        wanted = {"path": prefix + want["path"], "index": index, "verdict": want["verdict"],
                  "bytes": None if want["bytes"] == "-" else int(want["bytes"])}
        if want["elements"] != "-" and want["verdict"] != "malformed":
            found.update(root_ns=ours["root"]["namespace"], root_name=ours["root"]["name"])
            found.update((key, str(ours[key])) for key in ("elements", "attributes"))
            found["max_depth"] = str(ours["depth"])
            wanted.update((key, want[key]) for key in ("root_ns", "root_name", "elements",
                                                       "attributes", "max_depth"))
        if want.get("line", "-") != "-":
            found["line"], wanted["line"] = ours["errors"][:1] and ours["errors"][0]["line"], int(want["line"])
        if found != wanted:
            wrong.append("%s: %s (%s)" % (want["path"], {key: (found[key], wanted[key]) for key in found
                                                         if found[key] != wanted[key]},
                                          ours.get("errors", [])[:1]))
        elif ours["verdict"] in ("valid", "invalid"):
            if (ours["verdict"] == "invalid") != bool(ours["errors_total"]):
                wrong.append("%s: %s with %d errors" % (want["path"], ours["verdict"],
                                                        ours["errors_total"]))
    assert not wrong, "%d of %d:\n    %s" % (len(wrong), len(expected), "\n    ".join(wrong[:20]))


def check_values(directory, archive, options):
    """What each XPath of values.tsv selects: how many nodes, and the text of the first."""
    want = table(os.path.join(directory, "values.tsv"))
    names = os.path.join(directory, "values-namespaces.tsv")
    prefixes = []
    if os.path.exists(names):
        with open(names, encoding="utf-8") as lines:
            for line in lines:
                prefixes += ["-N", "=".join(line.rstrip("\n").split("\t"))]
    xpaths = sorted({row["xpath"] for row in want})
    columns = [arg for i, xpath in enumerate(xpaths) for arg in ("-x", "v%d=%s" % (i, xpath))]
    found = {record["path"].split("!/", 1)[1]: record.get("fields")
             for record in records(archive, *options, *prefixes, *columns)}
    unescape = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    for row in want:
        if row["count"] == "-":
            assert found[row["path"]] is None, "%s is malformed, yet has values" % row["path"]
            continue
        value = found[row["path"]]["v%d" % xpaths.index(row["xpath"])]
        nodes = value if isinstance(value, list) else [value]
        first = re.sub(r"\\(.)", lambda m: unescape[m.group(1)], row["first"])
        assert len(nodes) == int(row["count"]), "%s %s: %d nodes" % (row["path"], row["xpath"],
                                                                     len(nodes))
        assert not nodes or nodes[0] == first, "%s %s: %r" % (row["path"], row["xpath"], nodes[0])


def check_bytes(*arguments):
    """Every backend writes the same, whatever the number of its workers."""
    for form in ("ndjson", "csv"):
        oracle = run(*arguments, "-f", form, "-b", "sequential").stdout
        assert oracle
        for backend in backends():
            for jobs in (1, 2, 3, 8):
                out = run(*arguments, "-f", form, "-b", backend, "-j", jobs).stdout
                assert out == oracle, "%s with %d workers differs (%s)" % (backend, jobs, form)


def check_formats(folder, names, expected, options):
    """One set of documents in many kinds of archive: the same paths and records from each."""
    oracle = None
    for name in names:
        got = records(os.path.join(folder, name), *options)
        paths = [record.pop("path") for record in got]
        assert [p.rsplit("!/", 1)[1] for p in paths] == [row["path"] for row in expected], name
        oracle = oracle or got
        assert got == oracle, "%s differs" % name


def check_pipes(folder, names, options):
    """The same through standard input, in which nothing can be sought."""
    for name in names:
        full = os.path.join(folder, name)
        want = records(full, *options)
        with open(full, "rb") as file:
            got = records("-", *options, stdin=file.read())
        for record in want + got:
            record["path"] = record["path"].split("!/", 1)[1]
        assert got == want, name
