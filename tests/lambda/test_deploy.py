#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What deploy/ holds agrees with the program, and the state machine with the States Language."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from command import LIMIT, SOURCE, THRESH, main, run, skip

DEPLOY = os.path.join(SOURCE, "deploy")
PLACE = os.path.join(os.path.dirname(os.path.abspath(THRESH)), "asl-validator")
VALIDATOR = "asl-validator@4.0.0"


def text(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return file.read()


def options():
    return set(re.findall(r"--([a-z-]+)", run("--help").stdout.decode()))


def test_variables_are_options():
    known = {"THRESH_" + name.upper().replace("-", "_") for name in options()}
    known |= {"THRESH_RESPONSE", "THRESH_JOB"}
    named = set(re.findall(r"\b(THRESH_[A-Z_]+):", text("template.yaml")))
    assert named and named <= known, named - known


def test_batch_arguments_are_options():
    job = json.loads(text("batch-operations.json"))
    arguments = job["Operation"]["LambdaInvoke"]["UserArguments"]
    assert set(arguments) <= options() | {"output"}


def test_state_machines():
    machine = json.loads(text("map.asl.json"))
    assert machine["States"]["Archives"]["ItemBatcher"]["BatchInput"] == {"bucket.$": "$.bucket"}
    if not shutil.which("npm"):
        skip("no npm: the state machine was not validated")
    binary = os.path.join(PLACE, "node_modules", ".bin", "asl-validator")
    if not os.path.exists(binary):
        os.makedirs(PLACE, exist_ok=True)
        got = subprocess.run(["npm", "install", "--prefix", PLACE, "--ignore-scripts", "--no-audit",
                              "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=1000",
                              "--fetch-retry-maxtimeout=1000", VALIDATOR], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False, timeout=LIMIT)
        if got.returncode:
            skip("%s cannot be had: the state machine was not validated: %s" % (
                VALIDATOR, got.stdout.decode().strip().splitlines()[-1:]))

    def valid(machine):
        with tempfile.NamedTemporaryFile("w", suffix=".asl.json") as file:
            file.write(json.dumps(machine).replace(
                "${FunctionArn}", "arn:aws:lambda:eu-west-3:111122223333:function:thresh"))
            file.flush()
            found = subprocess.run([binary, "--json-path", file.name], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, check=False, timeout=LIMIT)
            return found.returncode == 0, found.stdout.decode()
    good, said = valid(machine)
    assert good, said
    good, said = valid(json.loads(text("shards.asl.json")))
    assert good, said
    machine["States"]["Archives"]["Next"] = "Nowhere"
    assert not valid(machine)[0], "the validator passes anything"


main()
