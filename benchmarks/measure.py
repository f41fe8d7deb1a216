# SPDX-License-Identifier: MIT
"""One command as a whole process: wall and CPU time, time to its first output, peak memory of its
process tree. And several commands by turns, so that what slows the machine slows all of them."""
import os
import select
import signal
import statistics
import time


class Failed(Exception):
    pass


class Run:
    """A finished run. Times in ms."""

    def __init__(self, wall, cpu, first, status, rss_mb, output, errors):
        self.wall, self.cpu, self.first = wall, cpu, first
        self.status, self.rss_mb = status, rss_mb
        self.output, self.errors = output, errors


def run(argv, join=None, env=None, keep=False, limit_s=None):
    """Runs argv. `join` is called in the child before it starts argv (to enter a cgroup). What runs
    longer than limit_s is killed with all its processes: Failed."""
    out, child_out = os.pipe()
    err, child_err = os.pipe()
    begin = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            if join:
                join()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(child_out, 1)
            os.dup2(child_err, 2)
            os.execvpe(argv[0], argv, {**os.environ, **(env or {})})
        finally:
            os._exit(127)
    os.close(child_out)
    os.close(child_err)
    deadline = begin + limit_s if limit_s else None
    output, errors, first, late = _drain(out, err, begin, keep, deadline)
    if late:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if late:
        raise Failed("over %g s" % limit_s)
    wall = (time.perf_counter() - begin) * 1e3
    cpu = (usage.ru_utime + usage.ru_stime) * 1e3
    code = os.waitstatus_to_exitcode(status)
    return Run(wall, cpu, first, code, usage.ru_maxrss / 1024, output, errors)


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


def peak_tree_mb(argv, env=None):
    """Peak of the sum of the proportional set sizes of argv and its descendants, sampled. Its own
    run, never a timed one."""
    pid = os.fork()
    if pid == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            os.execvpe(argv[0], argv, {**os.environ, **(env or {})})
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
    """A command to be measured; `good` are the exit statuses that do not void it."""

    def __init__(self, name, argv, good=(0, 1), env=None, join=None, limit_s=None):
        self.name, self.argv, self.good, self.env, self.join = name, argv, good, env, join
        self.limit_s, self.failed, self.runs = limit_s, None, []

    def measure(self):
        made = run(self.argv, self.join, self.env, limit_s=self.limit_s)
        if made.status not in self.good:
            raise Failed("%s: exit %d: %s" % (" ".join(self.argv[:3]), made.status,
                                              made.errors.decode(errors="replace")[-300:].strip()))
        return made

    def summary(self):
        """Medians with their range, as a flat dict."""
        row = {}
        for key, values in (("wall_ms", [r.wall for r in self.runs]),
                            ("cpu_ms", [r.cpu for r in self.runs]),
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
    """The median of the ratios, round by round."""
    pairs = [getattr(a, key) / getattr(b, key)
             for a, b in zip(cases[one].runs, cases[other].runs) if getattr(b, key)]
    return statistics.median(pairs) if pairs else None
