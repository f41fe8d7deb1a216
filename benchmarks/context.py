# SPDX-License-Identifier: MIT
"""What every section is handed: the programs, the mode, corpora made once, the progress line."""
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER_XSD = os.path.join(HERE, "order.xsd")


class Context:
    def __init__(self, options):
        self.thresh, self.limit, self.empty = options.thresh, options.limit, options.empty
        self.output = options.output
        self.real = options.corpora if options.corpora and os.path.isdir(options.corpora) else None
        self.full = options.full
        self.seed = options.seed
        self.cpus = len(os.sched_getaffinity(0))
        version = subprocess.run([self.thresh, "--version"], stdout=subprocess.PIPE).stdout.decode()
        self.backends = re.search(r"^backends: (.*) \(default", version, re.M).group(1).split()
        self.results = {}
        self.progress = Progress()
        os.makedirs(self.path("corpora"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.output, *parts)

    def rounds(self, quick, full):
        return full if self.full else quick

    def offline_schema(self):
        """order.xsd for peers that have no xml.xsd of their own: with a copy beside it."""
        place = self.path("schema")
        os.makedirs(place, exist_ok=True)
        builtin = os.path.join(os.path.dirname(HERE), "src", "rules", "builtin", "xml.xsd")
        for source, name in ((ORDER_XSD, "order.xsd"), (os.path.join(HERE, "party.xsd"), "party.xsd"),
                             (builtin, "xml.xsd")):
            with open(source, encoding="utf-8") as file:
                text = file.read().replace("http://www.w3.org/2001/xml.xsd", "xml.xsd")
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(place, "order.xsd")

    def corpus(self, name, documents, size, skew=1, bad=0):
        """The generated archive of that description, from the seed; made once."""
        path = self.path("corpora", "%s-%d-%d-%d-%d-s%d.zip" % (name, documents, size, skew, bad,
                                                                self.seed))
        if not os.path.exists(path):
            self.progress.say("making %s" % os.path.basename(path))
            subprocess.run([sys.executable, os.path.join(HERE, "corpus.py"), "--documents",
                            str(documents), "--bytes", str(size), "--skew", str(skew), "--bad",
                            str(bad), "--seed", str(self.seed), path + ".new"], check=True)
            os.rename(path + ".new", path)
        return path

    def command(self, archive, backend=None, workers=None, schema=(ORDER_XSD,), *more):
        argv = [self.thresh, "--no-progress", "-f", "ndjson", archive]
        for item in schema:
            argv += ["--schema", item]
        if backend:
            argv += ["--backend", backend]
        if workers:
            argv += ["--jobs", str(workers)]
        return argv + list(more)

    def worker_counts(self):
        if self.full or self.cpus <= 2:
            return list(range(1, self.cpus + 1)) if self.cpus <= 8 else [
                n for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if n <= self.cpus]
        return sorted({1, 2, (self.cpus + 1) // 2, self.cpus})

    def plans(self):
        """(backend, workers) pairs of this build and machine, sequential first."""
        return [("sequential", 1)] + [(backend, n) for backend in self.backends
                                      if backend != "sequential" for n in self.worker_counts()]


class Progress:
    """One line on the terminal, or a line a section where there is none."""

    def __init__(self):
        self.is_terminal = sys.stderr.isatty()
        self.begun, self.section, self.done, self.all, self.drawn = time.time(), "", 0, 0, 0

    def begin(self, section, ticks):
        self.section, self.done, self.all = section, 0, max(1, ticks)
        if not self.is_terminal:
            print("%4d s  %s" % (time.time() - self.begun, section), file=sys.stderr, flush=True)
        self.draw()

    def tick(self):
        self.done += 1
        if time.time() - self.drawn > 0.1:
            self.draw()

    def say(self, text):
        if self.is_terminal:
            print("\r\033[K%4d s  %s" % (time.time() - self.begun, text), end="", file=sys.stderr,
                  flush=True)

    def draw(self):
        self.drawn = time.time()
        part = min(1, self.done / self.all)
        self.say("[%-24s] %3d%%  %s" % ("#" * int(part * 24), part * 100, self.section))

    def end(self):
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
