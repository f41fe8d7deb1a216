#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What people and programs have come to rely on, letter by letter: tests/data/golden holds it. --update
writes it anew; read the difference before it is committed."""
import os
import subprocess

from command import DATA, LIMIT, ORDER, SAMPLE, THRESH, backends, golden, main, path, run, skip

CORPORA = os.path.join(DATA, "corpora")
ORDERS = [os.path.basename(SAMPLE), "-s", ORDER, "-N", "o=urn:example:order", "-x", "issued=string(/o:order/o:issued)",
          "-x", "notes=//o:note", "-x", "lines=count(//o:line)"]


def orders(form):
    """One order for each way to be wrong, and three that are right; left out ones take no space here."""
    out = run(*ORDERS, "-f", form, "--include", "*-[a-z]*.xml", "--include", "*00[1-3].xml",
              cwd=DATA).stdout
    return b"".join(line for line in out.splitlines(True) if b"excluded" not in line)


def test_orders_in_json():
    golden("orders.ndjson", orders("ndjson"))


def test_orders_in_csv():
    golden("orders.csv", orders("csv"))


def test_orders_in_text():
    golden("orders.txt", orders("text"))


def test_what_is_wrong_with_each_kind_of_mutant():
    """The first of each kind: its verdict, and the words for its errors."""
    schemas = ["urn:example:library=library.xsd", "urn:example:weather=weather.xsd", "=recipe.xsd"]
    options = [word for schema in schemas for word in ("-s", schema.replace(
        "=", "=%s/schema/" % CORPORA))]
    out = run("mutants.zip", *options, "-f", "csv", "--fields",
              "path,verdict,schema,errors", cwd=CORPORA).stdout.decode()
    seen, first = set(), []
    for line in out.splitlines():
        kind = line.split("/")[1] if "/" in line else line
        if kind not in seen:
            seen.add(kind)
            first.append(line)
    golden("mutants.csv", ("\n".join(first) + "\n").encode())


def test_the_help():
    if len(backends()) < 3:
        skip("the help names the backends of a build, and this one lacks some")
    golden("help.txt", run("--help").stdout)


def test_all_of_the_help():
    if len(backends()) < 3:
        skip("the help names the backends of a build, and this one lacks some")
    golden("help-all.txt", run("--help=all").stdout)


def test_the_help_of_tune():
    if len(backends()) < 3:
        skip("the help names the backends of a build, and this one lacks some")
    golden("help-tune.txt", subprocess.run([THRESH, "tune", "--help"], stdout=subprocess.PIPE,
                                           timeout=LIMIT, check=True).stdout)


def test_what_is_wrong_with_a_schema():
    schema = path("wrong.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'
                  '<xs:element name="a" type="xs:nope"/>\n<xs:element name="a"/>\n</xs:schema>')
    error = run(path("a.xml", "<a/>"), "-s", schema, check=(2,)).stderr
    golden("wrong-schema.txt", error.replace(path().encode(), b""))


main()
