# SPDX-License-Identifier: MIT
"""What every section is handed: the programs, the mode, corpora made once, the progress line."""
import os
import re
import subprocess
import sys
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER_XSD = os.path.join(HERE, "order.xsd")


class Context:
    def __init__(self, options):
        self.thresh, self.limit, self.empty = options.thresh, options.limit, options.empty
        self.output = options.output
        self.real = options.corpora if options.corpora and os.path.isdir(options.corpora) else None
        self.python = options.python
        self.full = options.full
        self.seed = options.seed
        self.cpus = len(os.sched_getaffinity(0))
        version = subprocess.run([self.thresh, "--version"], stdout=subprocess.PIPE).stdout.decode()
        self.backends = re.search(r"^backends: (.*) \(default", version, re.M).group(1).split()
        self.broken = []  # sections
        self.sweep = self.sweep_archive = self.sweep_documents = None  # what cost and tune build on
        self.progress = Progress(options.seconds)
        os.makedirs(self.path("corpora"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.output, *parts)

    def rounds(self, quick, full):
        return full if self.full else quick

    def offline_schema(self):
        """order.xsd for peers that have no xml.xsd of their own: with a copy beside it."""
        place = self.path("schema")
        os.makedirs(place, exist_ok=True)
        builtin = os.path.join(os.path.dirname(HERE), "src", "resolver", "builtin", "xml.xsd")
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

    def repeated(self, name, archive, times):
        """The documents of an archive so many times over, for one that is large enough to be
        judged by; made once."""
        path = self.path("corpora", "%s-x%d.zip" % (name, times))
        if not os.path.exists(path):
            self.progress.say("making %s" % os.path.basename(path))
            with zipfile.ZipFile(archive) as source, \
                    zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as target:
                documents = [(info.filename, source.read(info)) for info in source.infolist()
                             if not info.is_dir()]
                for copy in range(times):
                    for document, data in documents:
                        target.writestr("%02d/%s" % (copy, document), data)
            os.rename(path + ".new", path)
        return path

    def command(self, archive, backend=None, workers=None, schema=(ORDER_XSD,), *more):
        """thresh on that archive; --stats, so that each run says how long it worked."""
        argv = [self.thresh, "--no-progress", "--stats", "-f", "ndjson", archive]
        for item in schema:
            argv += ["--schema", item]
        if backend:
            argv += ["--backend", backend]
        if workers:
            argv += ["--jobs", str(workers)]
        return argv + list(more)

    def worker_counts(self):
        if len(self.backends) == 1:
            return [1]
        if self.full or self.cpus <= 2:
            return list(range(1, self.cpus + 1)) if self.cpus <= 8 else [
                n for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if n <= self.cpus]
        return sorted({1, 2, (self.cpus + 1) // 2, self.cpus})

    def plans(self):
        """(backend, workers) pairs of this build and machine, sequential first."""
        return [("sequential", 1)] + [(backend, n) for backend in self.backends
                                      if backend != "sequential" for n in self.worker_counts()]


class Progress:
    """One line on the terminal, or a line a section where there is none, with the time that is left.

    `seconds` is what each section takes on the machine it was first run on; how far this one is from
    that shows in the sections that are done."""

    def __init__(self, seconds):
        self.is_terminal = sys.stderr.isatty()
        self.todo, self.past_s, self.expected_s = dict(seconds), 0.0, 0.0
        self.begun = self.section_begun = time.time()
        self.name, self.title, self.done, self.all, self.drawn = None, "", 0, 1, 0

    def begin(self, name, title, ticks):
        self.name, self.title, self.done, self.all = name, title, 0, max(1, ticks)
        self.section_begun = time.time()
        if not self.is_terminal:
            print("%5d s  %s, %s" % (time.time() - self.begun, title, self.left()), file=sys.stderr,
                  flush=True)
        self.draw()

    def tick(self):
        self.done += 1
        if time.time() - self.drawn > 0.1:
            self.draw()

    def end(self, name):
        """The section is over; one that did not begin took nothing."""
        spent = time.time() - self.section_begun if name == self.name else 0
        self.past_s, self.expected_s = self.past_s + spent, self.expected_s + self.todo.pop(name, 0)
        self.name = None
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def left(self):
        """In words: this section by its own pace, those that follow by the pace of those before."""
        pace = self.past_s / self.expected_s if self.expected_s > 5 else 1
        spent, part = time.time() - self.section_begun, min(1, self.done / self.all)
        here = self.todo.get(self.name, 0) * pace * (1 - part)
        if part > 0.1 and spent > 2:
            here = spent / part * (1 - part)
        rest = pace * sum(s for name, s in self.todo.items() if name != self.name)
        return "about %d:%02d min left" % divmod(int(here + rest), 60)

    def say(self, text):
        if self.is_terminal:
            print("\r\033[K%5d s  %s" % (time.time() - self.begun, text), end="", file=sys.stderr,
                  flush=True)

    def draw(self):
        self.drawn = time.time()
        part = min(1, self.done / self.all)
        self.say("[%-24s] %3d%%  %s, %s" % ("#" * int(part * 24), part * 100, self.title,
                                            self.left()))
