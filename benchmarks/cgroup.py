# SPDX-License-Identifier: MIT
"""A control group with a quota of processor time and a limit of memory, in version 1 or 2."""
import os

PERIOD_US = 20000  # what Lambda's own groups are said to have; Linux's default is five times that


class NoRights(Exception):
    pass


def _write(path, text):
    try:
        with open(path, "w") as file:
            file.write(str(text))
    except OSError as error:
        raise NoRights("%s: %s" % (path, error.strerror)) from None


def _mounts():
    """Mount points: {"v2": path} or {"cpu": path, "memory": path}."""
    found = {}
    with open("/proc/self/mounts") as file:
        for line in file:
            _, point, kind, options = line.split()[:4]
            if kind == "cgroup2":
                found["v2"] = point
            elif kind == "cgroup":
                for name in ("cpu", "memory"):
                    if name in options.split(","):
                        found[name] = point
    return found


def _own(controller):
    """This process's group in that hierarchy ("" is version 2)."""
    with open("/proc/self/cgroup") as file:
        for line in file:
            _, names, path = line.rstrip("\n").split(":", 2)
            if controller in names.split(","):
                return path.lstrip("/")
    return ""


class Group:
    """with Group() as group: group.limit(vcpus, mb); measure.run(argv, join=group.join)"""

    def __init__(self):
        mounts = _mounts()
        name = "thresh-benchmark-%d" % os.getpid()
        self.made = []
        if "cpu" in mounts and "memory" in mounts:
            self.version = 1
            self.cpu = self._make(os.path.join(mounts["cpu"], _own("cpu"), name))
            self.memory = self._make(os.path.join(mounts["memory"], _own("memory"), name))
        elif "v2" in mounts:
            self.version = 2
            self.cpu = self.memory = self._make_v2(mounts["v2"], name)
        else:
            raise NoRights("no cgroup hierarchy with cpu and memory is mounted")

    def _make_v2(self, top, name):
        """At the root of the hierarchy, or where it is not ours below the process's own group: a
        group with processes in it hands no controllers on, the root alone may."""
        trouble = None
        for parent in dict.fromkeys((top, os.path.join(top, _own("")).rstrip("/"))):
            try:
                for controller in ("+cpu", "+memory"):
                    _write(parent + "/cgroup.subtree_control", controller)
                path = self._make(os.path.join(parent, name))
                if os.path.exists(path + "/cpu.max") and os.path.exists(path + "/memory.max"):
                    return path
                trouble = "the cpu and memory controllers are not delegated to %s" % parent
            except NoRights as error:
                trouble = str(error)
            self.close()
        raise NoRights(trouble)

    def _make(self, path):
        try:
            os.mkdir(path)
        except OSError as error:
            self.close()
            raise NoRights("%s: %s" % (path, error.strerror)) from None
        self.made.append(path)
        return path

    def limit(self, vcpus, mb):
        quota = max(1000, int(vcpus * PERIOD_US))
        # The largest weight there is: below the quota, others on the machine should not matter.
        if self.version == 1:
            _write(self.cpu + "/cpu.shares", 262144)
            _write(self.cpu + "/cpu.cfs_period_us", PERIOD_US)
            _write(self.cpu + "/cpu.cfs_quota_us", quota)
            _write(self.memory + "/memory.limit_in_bytes", int(mb) << 20)
        else:
            _write(self.cpu + "/cpu.weight", 10000)
            _write(self.cpu + "/cpu.max", "%d %d" % (quota, PERIOD_US))
            _write(self.memory + "/memory.max", int(mb) << 20)

    def join(self):
        for path in self.made:
            with open(path + "/cgroup.procs", "w") as file:
                file.write("0")

    def close(self):
        for path in self.made:
            try:
                os.rmdir(path)
            except OSError:
                pass
        self.made = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
