# SPDX-License-Identifier: MIT
"""What the figures were measured on and with."""
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys


LXML = ("import lxml.etree as e; print('lxml %s, libxml2 %s' % ("
        "'.'.join(map(str, e.LXML_VERSION)), '.'.join(map(str, e.LIBXML_VERSION))))")
PROGRAMS = ("python", "lxml", "xmllint", "parallel", "java", "xerces", "gnuplot")


def said(*argv):
    """The first line that a program says about itself, or None where it is not installed."""
    if not shutil.which(argv[0]):
        return None
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    return lines[0].strip() if lines and done.returncode == 0 else None


def python_with_lxml():
    """A Python that has lxml: this one, or the distribution's. None where there is none."""
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        found = shutil.which(python)
        if found and subprocess.run([found, "-c", "import lxml.etree"],
                                    stderr=subprocess.DEVNULL).returncode == 0:
            return found
    return None


def cpu_model():
    with open("/proc/cpuinfo") as file:
        found = re.search(r"^(?:model name|Hardware|CPU part)\s*:\s*(.*)$", file.read(), re.M)
    return found.group(1) if found else platform.machine()


def memory_mb():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def system_name():
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def commit(source):
    def git(*argv):
        done = subprocess.run(["git", "-C", source, *argv], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        return done.stdout.decode().strip()
    if not shutil.which("git") or not git("rev-parse", "HEAD"):
        return None
    return git("rev-parse", "--short=12", "HEAD") + (
        " with changes" if git("status", "--porcelain", "--", "src", "backends") else "")


def describe(thresh, source):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_mb": memory_mb(),
        "system": "%s, Linux %s, %s" % (system_name(), platform.release(), platform.machine()),
        "load": "%.2f %.2f %.2f" % os.getloadavg(),
        "commit": commit(source),
        "thresh": "; ".join(subprocess.run([thresh, "--version"], stdout=subprocess.PIPE)
                            .stdout.decode().strip().splitlines()),
        "python": platform.python_version(),
        "lxml": said(python_with_lxml() or "python3", "-c", LXML),
        "xmllint": said("xmllint", "--version"),
        "parallel": said("parallel", "--version"),
        "java": said("java", "-version"),
        "xerces": said("dpkg-query", "-W", "-f", "${Version}", "libxerces-c-samples"),
        "gnuplot": said("gnuplot", "--version"),
    }
