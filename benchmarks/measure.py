# SPDX-License-Identifier: MIT
"""One command as a whole process: wall and CPU time, time to its first output, peak memory of its
process tree. And several commands by turns, so that what slows the machine slows all of them."""
import json
import os
import select
import signal
import statistics
import struct
import time


class Failed(Exception):
    pass


class Run:
    """A finished run. Times in ms."""

    def __init__(self, wall, cpu, first, status, output, errors):
        self.wall, self.cpu, self.first, self.status = wall, cpu, first, status
        self.output, self.errors = output, errors
        self.work = work_of(errors)


def work_of(errors):
    """What `thresh --stats` says of its own run, process start and schemas apart; the mean where
    several ran side by side. None of other programs."""
    found = [json.loads(line)["wall_ms"] for line in errors.splitlines()
             if line.startswith(b'{"entries"')]
    return statistics.mean(found) if found else None


def run(argv, join=None, keep=False, limit_s=None):
    """Runs argv. `join` is called in the child before it starts argv (to enter a cgroup). What runs
    longer than limit_s is killed with all its processes: Failed. The clock starts right before
    exec: this interpreter's fork, and joining, are not the program's."""
    out, child_out = os.pipe()
    err, child_err = os.pipe()
    started, child_started = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(child_out, 1)
            os.dup2(child_err, 2)
            if join:
                join()
            os.write(child_started, struct.pack("d", time.perf_counter()))
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(2, str(error).encode())
        finally:
            os._exit(127)
    for fd in (child_out, child_err, child_started):
        os.close(fd)
    word = os.read(started, 8)
    os.close(started)
    begin = struct.unpack("d", word)[0] if len(word) == 8 else time.perf_counter()
    deadline = begin + limit_s if limit_s else None
    try:
        output, errors, first, late = _drain(out, err, begin, keep, deadline)
    except BaseException:  # interrupted: what was started does not stay
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    if late:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if late:
        raise Failed("over %g s" % limit_s)
    wall = (time.perf_counter() - begin) * 1e3
    cpu = (usage.ru_utime + usage.ru_stime) * 1e3
    code = os.waitstatus_to_exitcode(status)
    return Run(wall, cpu, first, code, output, errors)


def _drain(out, err, begin, keep, deadline):
    """Reads both pipes to their ends; the last 64 KB of stderr are kept, stdout where asked."""
    poll, first, kept, errors, left = select.poll(), None, [], b"", {out, err}
    for fd in left:
        poll.register(fd, select.POLLIN)
    while left:
        for fd, _ in poll.poll(None if deadline is None else 100):
            block = os.read(fd, 1 << 20)
            if not block:
                poll.unregister(fd)
                left.remove(fd)
            elif fd == err:
                errors = (errors + block)[-65536:]
            else:
                if first is None:
                    first = (time.perf_counter() - begin) * 1e3
                if keep:
                    kept.append(block)
        if deadline is not None and time.perf_counter() > deadline:
            break
    os.close(out)
    os.close(err)
    return b"".join(kept), errors, first, bool(left)


def peak_tree_mb(argv):
    """Peak of the sum of the proportional set sizes of argv and its descendants, sampled. Its own
    run, never a timed one."""
    pid = os.fork()
    if pid == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    peak = 0
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        peak = max(peak, sum(map(_pss_kb, _tree(pid))))
        time.sleep(0.002)
    return peak / 1024


def _tree(pid):
    pids, todo = [], [pid]
    while todo:
        pids.append(todo.pop())
        try:
            with open("/proc/%d/task/%d/children" % (pids[-1], pids[-1])) as file:
                todo.extend(map(int, file.read().split()))
        except OSError:
            pass
    return pids


def _pss_kb(pid):
    try:
        with open("/proc/%d/smaps_rollup" % pid) as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Case:
    """A command to be measured; `good` are the exit statuses that do not void it. The output of its
    first run is kept, for who wants to compare; that of all where `keeps`."""

    def __init__(self, name, argv, good=(0, 1), join=None, limit_s=None, keeps=False):
        self.name, self.argv, self.good, self.join, self.limit_s = name, argv, good, join, limit_s
        self.keeps, self.failed, self.output, self.runs = keeps, None, None, []

    def measure(self):
        made = run(self.argv, self.join, self.keeps or self.output is None, self.limit_s)
        if self.output is None:
            self.output = made.output
        if not self.keeps:
            made.output = b""
        if made.status not in self.good:
            raise Failed("%s: exit %d: %s" % (" ".join(self.argv[:3]), made.status,
                                              made.errors.decode(errors="replace")[-300:].strip()))
        return made

    def summary(self):
        """Medians with their range, as a flat dict."""
        row = {}
        for key, values in (("wall_ms", [r.wall for r in self.runs]),
                            ("cpu_ms", [r.cpu for r in self.runs]),
                            ("work_ms", [r.work for r in self.runs if r.work is not None]),
                            ("first_ms", [r.first for r in self.runs if r.first is not None])):
            if values:
                row[key] = statistics.median(values)
                row[key + "_min"], row[key + "_max"] = min(values), max(values)
        row["runs"] = len(self.runs)
        return row


def by_turns(cases, rounds, warm_ups=1, tick=lambda: None):
    """A B C, B C A, ...: each round starts with another case. Cases that fail are left out, with
    the reason in case.failed."""
    for index in range(-warm_ups, rounds):
        shift = index % len(cases) if cases else 0
        for case in cases[shift:] + cases[:shift]:
            if case.failed:
                tick()
                continue
            try:
                made = case.measure()
                if index >= 0:
                    case.runs.append(made)
            except (Failed, OSError) as error:
                case.failed = str(error)
            tick()


def ratio(cases, one, other, key="wall"):
    """The median of the ratios, round by round; None where there are none."""
    pairs = [(getattr(a, key), getattr(b, key))
             for a, b in zip(cases[one].runs, cases[other].runs)]
    found = [a / b for a, b in pairs if a is not None and b]
    return statistics.median(found) if found else None
