# SPDX-License-Identifier: MIT
"""Archives of XML in, one truthful record a document out, on every vCPU there is.

    import thresh

    with thresh.Checker(schema="invoice.xsd", extract={"total": "sum(//line/@amount)"}) as checker:
        for record in checker.run("invoices.zip"):
            if record.verdict != "valid":
                print(record.path, record.errors[0].line, record.errors[0].message)
        print(checker.stats)

What is wrong with a document is in its record. What is wrong with options, schemas or a run
raises thresh.Error, in the words of the command thresh. Sizes are in bytes, times in
milliseconds; options of the command that take seconds take seconds.
"""
import atexit
import io
import os
import signal
import stat
import threading
import typing
import warnings
import weakref

from thresh import _thresh
from thresh._thresh import Error, Fault, Namespace, Record

__all__ = ["Checker", "EmptyExtraction", "Error", "Fault", "Input", "Namespace", "Record", "Run", "Stopped", "to_csv"]
__version__ = _thresh.version


class Input(typing.NamedTuple):
    """An input under a name of its own, with which the paths of its records begin."""

    data: typing.Any
    name: str


class EmptyExtraction(UserWarning):
    """Warned of at the end of a run: an extraction gave nothing in any of its documents, which
    more often than not is for want of a namespace. The text says what to ask instead."""


class Stopped(UserWarning):
    """Warned of at the end of a run that fail_fast has stopped: there are documents behind its last
    record. Checker.stats says so, too: its "stopped_by" is "fail-fast", and None of a whole run."""


class Checker:
    """Compiled schemas and XPaths, ready for any number of runs, one after the other or in
    several threads at once.

    Options are those of the command thresh, with underscores: schema, extract, namespace,
    backend, jobs, max_errors, timeout ... A switch takes True or False; what may be repeated
    takes a list, or a dict where it is of the form NAME=VALUE; None leaves an option alone.
    Options that say where records go (output, format) or how the command talks have no place
    here.

    Raises Error if an option, a schema or an XPath is wrong."""

    def __init__(self, schema=None, **options):
        self._opened = _thresh.Opened(_pairs({"schema": schema, **_granted(), **options}))
        self._runs = weakref.WeakSet()
        #: What the last run that ended came to, as a dict; None before.
        self.stats = None

    @property
    def warnings(self):
        """What is wrong with the schemas but stops nothing, a line each."""
        return self._open().warnings.splitlines()

    def run(self, inputs):
        """Begins a run over `inputs` and returns a Run, an iterator over its Records.

        An input is the path of a file or directory; bytes, as a file would hold them; a file
        opened for reading bytes, of which what has not been read yet counts; an int, which is a
        file descriptor; or an Input, which gives one of these a name. `inputs` is one of these,
        or an iterable of them.

        Records come in the order of the inputs while the run goes on. No more than 256 wait to
        be taken, then workers wait. The run ends when the iterator does, is closed or is let
        go of: after `break`, Ctrl-C or an exception in the loop no thread, process or file of
        it is left.

        The run has a thread of its own, which the fork backend, and options that need it
        (timeout, max_memory, isolate), do not bear: for these there is each()."""
        run = Run(self, _thresh.Opened.run(self._open(), _inputs(inputs)))
        self._runs.add(run)
        _running.add(run)
        return run

    def each(self, inputs, function):
        """Does a run over `inputs`, calls `function(record)` for each Record, in order, and
        returns the statistics. It starts no thread of its own, so that in a process without
        other threads every backend can do it. An exception in the function ends the run, and so
        does Ctrl-C."""
        is_interruptible = (threading.current_thread() is threading.main_thread() and
                            signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        self.stats = self._open().each(_inputs(inputs), function, is_interruptible)
        _warn(self.stats, 3)
        return self.stats

    def explain(self, inputs):
        """What a run over `inputs` would do and why, as text. No document is read."""
        return self._open().explain(_inputs(inputs))

    def close(self):
        """Ends all its runs, and gives back its memory."""
        for run in list(self._runs):
            run.close()
        self._opened = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def _open(self):
        if self._opened is None:
            raise ValueError("the Checker is closed")
        return self._opened


class Run:
    """An iterator over the Records of a run, from Checker.run. Also a context manager, which
    closes it."""

    def __init__(self, checker, run):
        self._checker = checker
        self._run = run
        self._is_told = False

    @property
    def stats(self):
        """What the run came to, as a dict; None while it goes on."""
        return self._run.stats

    def cancel(self):
        """Stops the run at the next document of each worker: what is done by then still comes.
        Any thread."""
        self._run.cancel()

    def close(self):
        """Stops the run, and returns when its workers have ended."""
        self._run.close()
        self._tell()

    def _tell(self, warns=False):
        stats = self._run.stats
        if stats is not None and not self._is_told:
            self._is_told = True
            self._checker.stats = stats
            if warns:
                _warn(stats, 4)

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return next(self._run)
        except BaseException as end:
            self._tell(warns=isinstance(end, StopIteration))
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        self.close()


def _warn(stats, stacklevel):
    if stats["stopped_by"] == "fail-fast":
        warnings.warn("stopped by fail_fast after %d of %d entries" % (stats["answered"], stats["entries"]), Stopped,
                      stacklevel=stacklevel)
    for line in stats["fields_empty"]:
        warnings.warn(line, EmptyExtraction, stacklevel=stacklevel)


def to_csv(records, file):
    """Writes records as the command's CSV, with its heading, to a path or to a file opened for
    writing text (newline=""). Of no record nothing is written."""
    if isinstance(file, (str, os.PathLike)):
        with open(file, "w", encoding="utf-8", newline="") as opened:
            return to_csv(records, opened)
    heading = None
    for record in records:
        if heading is None:
            heading = record._heading("csv")
            file.write(heading)
        file.write(record.text("csv"))


# -- Runs end before the interpreter does ---------------------------------------------------------

_running = weakref.WeakSet()


@atexit.register
def _end_runs():
    for run in list(_running):
        run.close()


# -- In Lambda ------------------------------------------------------------------------------------

_LAMBDA_MB_PER_VCPU = 1769


def _granted():
    """In Lambda the memory size says how many vCPUs a function has, not the CPUs that it sees."""
    size = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    if not size.isdecimal() or not int(size):
        return {}
    return {"vcpus": min(int(size) / _LAMBDA_MB_PER_VCPU, len(os.sched_getaffinity(0)))}


# -- Options --------------------------------------------------------------------------------------

_OF_THE_COMMAND = {
    "output": "records come from run()",
    "format": "a Record has as_dict() and text(format)",
    "stats": "Checker.stats has them",
    "explain": "there is Checker.explain()",
    "progress": "count the records as they come",
    "no-progress": "nothing is shown",
    "quiet": "nothing is shown",
    "report": "make one of the records",
    "group": "count the errors of the records",
}


def _pairs(options):
    """The options as thresh_options_set takes them, one after the other."""
    pairs = []
    for name, value in options.items():
        name = name.replace("_", "-")
        if name in _OF_THE_COMMAND:
            raise Error("%s is for the command; %s" % (name, _OF_THE_COMMAND[name]))
        for text in _values(value):
            pairs.append((name, text.encode("utf-8", "surrogateescape")))
    return pairs


def _values(value):
    if value is None:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            for text in _values(item):
                yield "%s=%s" % (key, text)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _values(item)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (int, float)):
        yield repr(value)
    else:
        yield os.fsdecode(os.fspath(value))


# -- Inputs ---------------------------------------------------------------------------------------


def _inputs(inputs):
    """The inputs as (kind, value, name), which also hold what must stay while they are read."""
    if _is_one(inputs):
        inputs = [inputs]
    return [_input(*(one if isinstance(one, Input) else (one, None))) for one in inputs]


def _is_one(inputs):
    return isinstance(inputs, (str, bytes, bytearray, memoryview, int, os.PathLike, Input)) or hasattr(inputs, "read")


def _input(data, name):
    if isinstance(data, (str, os.PathLike)):
        path = os.fsencode(data)
        return "path", path, path if name is None else _name(name)
    if isinstance(data, bool):
        raise TypeError("%r is no input" % data)
    if isinstance(data, int):
        return "fd", data, _name(name or "fd %d" % data)
    if hasattr(data, "read"):
        return _file(data, name)
    if isinstance(data, (bytes, bytearray, memoryview)):
        return "memory", bytes(data), _name(name or "memory")
    raise TypeError("%r is no input: give a path, bytes, a file opened for reading bytes, a file "
                    "descriptor, or thresh.Input" % (data,))


def _file(file, name):
    """A plain file is read by its descriptor, wherever the object's buffer has got to; of all
    others, which may inflate or decrypt what they read, the bytes are taken."""
    if isinstance(file, io.TextIOBase):
        raise TypeError("%r gives text; open it for reading bytes" % file)
    if name is None:
        name = getattr(file, "name", None)
    name = _name(name if isinstance(name, (str, bytes)) else "memory")
    raw = getattr(file, "raw", file)
    if type(file) in (io.FileIO, io.BufferedReader, io.BufferedRandom) and type(raw) is io.FileIO:
        if stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
            again = _Descriptor(os.open("/proc/self/fd/%d" % raw.fileno(), os.O_RDONLY | os.O_CLOEXEC))
            os.lseek(again, file.tell(), os.SEEK_SET)
            return "fd", again, name
        if raw is file:
            return "fd", _Descriptor(os.dup(raw.fileno())), name
    data = file.read()
    if not isinstance(data, bytes):
        raise TypeError("%r does not give bytes" % file)
    return "memory", data, name


class _Descriptor(int):
    """A file descriptor that is closed with the object."""

    def __del__(self):
        os.close(self)


def _name(name):
    return os.fsencode(name)
