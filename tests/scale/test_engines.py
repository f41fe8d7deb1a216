#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shards on engines that exist: what deploy/ and docs/scale.md say of Slurm, MPI, GNU parallel and Dask, run as it is
written there, gives the bytes of one run, also where a node is killed under it."""
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import time

from command import SLOW_TYPE, SOURCE, THRESH, archive, main, path, run, skip, slow_values, start_program

BIN = os.path.dirname(THRESH)
SCHEMA = path("slow.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">
<xs:complexType><xs:sequence><xs:element name="slow" maxOccurs="unbounded">%s</xs:element></xs:sequence>
</xs:complexType></xs:element></xs:schema>""" % SLOW_TYPE)


def environment(**more):
    """That of a program which finds thresh, and no engine but the one under test."""
    return {**os.environ, "PATH": BIN + os.pathsep + os.environ["PATH"], **more}


def needs(*programs):
    for program in programs:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            skip("%s is not there" % program)


def tree(n, size=1):
    """An archive of documents that take their time, and what one run says of it."""
    name = archive("feed.zip", ["<a>%s</a>" % slow_values(size + i % 3, "<slow>%s</slow>") for i in range(n)] +
                   ["<a/>", "<a>"])
    return name, run("-s", SCHEMA, name, check=(1,)).stdout


def outputs(name):
    """A folder for those of an engine."""
    os.makedirs(path(name))
    return path(name)


def merged(folder, whole):
    """The outputs of the folder are those of one run, and say what it said."""
    names = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".ndjson"))
    process = subprocess.run([THRESH, "merge", *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             timeout=60, check=False)
    assert process.returncode == 1 and process.stdout == whole, process.stderr


# -- Slurm -----------------------------------------------------------------------------------------

CONFIGURATION = """
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SlurmdTimeout=5
KillWait=5
SchedulerParameters=batch_sched_delay=1,sched_interval=1
NodeName=n[1-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[{ports[1]}-{ports[2]}] CPUs=2 State=UNKNOWN
PartitionName=p Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(n):
    """So many in a row."""
    for first in range(20000, 30000, n):
        sockets = [socket.socket() for _ in range(n)]
        try:
            for i, one in enumerate(sockets):
                one.bind(("127.0.0.1", first + i))
            return range(first, first + n)
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


def until(what, seconds=60):
    """What it gives, once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing came")


def pids(*words):
    """The processes whose command line has all the words."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, encoding="utf-8", errors="replace") as file:
                line = file.read().replace("\0", " ")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(int(pid))
    return found


def test_slurm_does_the_shards_of_a_node_that_is_killed_again():
    """Two nodes on one machine; one goes down, all its processes with it, while it is at a shard."""
    needs("slurmctld", "slurmd", "sbatch")
    folder, out = path("slurm"), path("slurm/out")
    for name in "state", "out", "spool/n1", "spool/n2":
        os.makedirs(os.path.join(folder, name))
    configuration = path("slurm/slurm.conf", CONFIGURATION.format(
        ports=free_ports(3), folder=folder, user=getpass.getuser()))
    env = environment(SLURM_CONF=configuration, PATH="%s:%s:/usr/sbin" % (BIN, os.environ["PATH"]))
    feed, whole = tree(16, 3000)

    def log(name):
        return open(path("slurm/" + name), "wb")

    def ask(*command):
        return subprocess.run(command, env=env, stdout=subprocess.PIPE, timeout=60, check=False).stdout.decode()
    start_program("slurmctld", "-D", env=env, stdout=log("slurmctld"), stderr=subprocess.STDOUT)
    nodes = {name: start_program("slurmd", "-D", "-N", name, env=env, stdout=log(name), stderr=subprocess.STDOUT)
             for name in ("n1", "n2")}
    until(lambda: ask("sinfo", "-h", "-t", "idle", "-o", "%D").strip() == "2")
    job = start_program("sbatch", "--parsable", "--wait", "--array=1-8", "--output", os.path.join(folder, "log.%a"),
                        os.path.join(SOURCE, "deploy/slurm.sh"), out, feed, "-s", SCHEMA, env=env)

    def at_work():
        """The jobs and tasks of the second node that have got as far as thresh."""
        rows = [row.split() for row in ask("squeue", "-h", "-r", "-t", "R", "-w", "n2", "-o", "%A %K").splitlines()]
        return [(number, task) for number, task in rows if pids("thresh --shard", "%s/%s.ndjson" % (out, task))]
    lost = until(at_work)
    # As by a power cut, the daemons first, which would tell of it.
    for pid in (nodes["n2"].pid, *(pid for number, _ in lost for pid in pids("slurmstepd", "[%s." % number)),
                *(pid for _, task in lost for pid in pids("%s/%s.ndjson" % (out, task)))):
        os.kill(pid, signal.SIGKILL)
    said, error = job.communicate(timeout=240)
    assert job.returncode == 0, (said, error, ask("squeue"))
    number = said.decode().strip()
    # It was done again, and nothing else was.
    assert any("Restarts=1" in ask("scontrol", "show", "job", "%s_%s" % (number, task)) for _, task in lost), lost
    merged(out, whole)

    ranks = outputs("slurm/ranks")
    subprocess.run(["srun", "-n", "2", "sh", "-c", "thresh --shard auto %s -s %s -o %s/$SLURM_PROCID.ndjson || [ $? = 1 ]"
                    % (feed, SCHEMA, ranks)], env=env, timeout=120, check=True)
    assert len(os.listdir(ranks)) == 4
    merged(ranks, whole)


# -- Others ----------------------------------------------------------------------------------------

def test_the_job_of_kubernetes_is_one_and_does_its_shards():
    """It holds against the types of Kubernetes, and its command is run once for each index."""
    needs("node")
    if not os.path.isdir(os.path.join(SOURCE, "tests/node_modules/kubernetes-models")):
        skip("npm has not got kubernetes-models")
    made = subprocess.run(["node", os.path.join(SOURCE, "tests/scale/kubernetes_job.mjs"),
                           os.path.join(SOURCE, "deploy/kubernetes.yaml")],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    assert made.returncode == 0, made.stderr.decode()
    job = json.loads(made.stdout)["spec"]
    out = outputs("kubernetes/out")
    shutil.copy(SCHEMA, path("kubernetes/feed.xsd"))
    shutil.copy(tree(20)[0], path("kubernetes/feed.zip"))
    whole = run("-s", path("kubernetes/feed.xsd"), path("kubernetes/feed.zip"), check=(1,)).stdout
    command = [word.replace("/data/", path("kubernetes/"))
               for word in job["template"]["spec"]["containers"][0]["command"]]
    assert job["completions"] > 1 and job["completionMode"] == "Indexed"
    for index in range(job["completions"]):
        subprocess.run(command, env=environment(JOB_COMPLETION_INDEX=str(index)), timeout=60, check=True)
    assert len(os.listdir(out)) == 2 * job["completions"]
    merged(out, whole)


def test_the_job_of_aws_batch_does_its_shards():
    """Its command as AWS Batch makes it of the definition; that Batch itself takes it is untried."""
    with open(os.path.join(SOURCE, "deploy/aws-batch.json"), encoding="utf-8") as file:
        definition = json.load(file)
    feed, whole = tree(12)
    out = outputs("batch/out")
    given = {"input": feed, "schema": SCHEMA, "out": out}
    assert given.keys() == definition["parameters"].keys()
    command = [given[word[5:]] if word.startswith("Ref::") else word
               for word in definition["containerProperties"]["command"]]
    for index in range(4):
        subprocess.run(command, timeout=60, check=True, env=environment(
            AWS_BATCH_JOB_ARRAY_INDEX=str(index), AWS_BATCH_JOB_ARRAY_SIZE="4"))
    merged(out, whole)


def test_ranks_of_mpi_are_shards():
    needs("mpirun")
    feed, whole = tree(12)
    out = outputs("mpi/out")
    subprocess.run(["mpirun", "--oversubscribe", "--allow-run-as-root", "-n", "3", "sh", "-c", 'thresh --shard auto %s -s %s '
                    '-o %s/$OMPI_COMM_WORLD_RANK.ndjson || [ $? = 1 ]' % (feed, SCHEMA, out)],
                   env=environment(), timeout=60, check=True)
    assert sorted(os.listdir(out)) == sorted("%d.ndjson%s" % (k, end) for k in range(3) for end in ("", ".shard"))
    merged(out, whole)


def test_jobs_of_gnu_parallel_are_shards():
    needs("parallel")
    feed, whole = tree(12)
    out = outputs("parallel/out")
    subprocess.run(["parallel", "-j2", "thresh --shard auto/5 %s -s %s -o %s/{}.ndjson || [ $? = 1 ]" % (
        feed, SCHEMA, out), ":::", *"12345"], env=environment(), timeout=60, check=True)
    merged(out, whole)


def test_dask_puts_shards_together():
    package = os.path.join(os.environ["THRESH_BUILD_DIR"], "python")
    python = next((one for one in ("python3", "/usr/bin/python3") if subprocess.run(
        [one, "-c", "import distributed, thresh"], env=environment(PYTHONPATH=package), stderr=subprocess.DEVNULL,
        check=False).returncode == 0), None)
    if not python:
        skip("distributed or the thresh package is not there")
    folder = path("year=2026")
    os.mkdir(folder)
    feed = shutil.copy(tree(12)[0], folder)
    whole = run("-s", SCHEMA, feed, check=(1,)).stdout
    process = subprocess.run([python, os.path.join(SOURCE, "deploy/dask_shards.py"), "local", "5", path("dask.ndjson"),
                              feed, "schema=" + SCHEMA], env=environment(PYTHONPATH=package), stderr=subprocess.PIPE,
                             timeout=100, check=False)
    assert process.returncode == 1, process.stderr
    with open(path("dask.ndjson"), "rb") as file:
        assert file.read() == whole


main()
