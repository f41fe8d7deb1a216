# SPDX-License-Identifier: MIT
"""function.py thresh|pool|pipes ARCHIVE SCHEMA TIMES: a function that is given a ZIP and answers with a record
a document, invoked so many times in one process, as Lambda does: the one of docs/python.md; and the same by
lxml, in a pool of multiprocessing, which Lambda denies, or in a process per chunk over pipes, as is done there
instead. Prints the last answer's verdicts; on standard error, as thresh --stats does, the median time of an
invocation but the first."""
import base64
import io
import json
import multiprocessing
import os
import re
import statistics
import sys
import time
import types
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
JOBS = len(os.sched_getaffinity(0))
TOTAL = "sum(//%sline/@number)"


def documented(schema):
    with open(os.path.join(HERE, "..", "..", "docs", "python.md"), encoding="utf-8") as page:
        blocks = re.findall(r"\n\n((?:    .*\n|\n)+)", page.read())
    code, = (block for block in blocks if "def handler" in block)
    code = re.sub(r"^    ", "", code, flags=re.M).replace("invoice.xsd", schema)
    sys.modules["boto3"] = types.SimpleNamespace(client=lambda service: None)
    names = {}
    exec(code.replace("sum(//line/@amount)", TOTAL % "*:"), names)
    return lambda event: names["handler"](event, None)["records"]


class Lxml:
    def __init__(self, schema):
        from lxml import etree
        import lxml_common
        self.common, self.schemas = lxml_common, lxml_common.Schemas([schema])
        self.schemas.of("")  # once a start, before there are processes
        self.total = etree.XPath(TOTAL % "o:", namespaces={"o": "urn:example:order"})

    def process(self, item):
        return self.common.process(*item, self.schemas, lambda root: {"total": self.total(root)})

    def pool(self, event):
        documents = self.documents(event)
        with multiprocessing.Pool(JOBS) as pool:
            return pool.map(self.process_kept, documents)

    def pipes(self, event):
        documents, workers = self.documents(event), []
        for i in range(JOBS):
            receiver, sender = multiprocessing.Pipe(duplex=False)
            worker = multiprocessing.Process(target=self.send, args=(sender, documents[i::JOBS]))
            worker.start()
            workers.append((worker, receiver))
        records = [workers[i % JOBS][1].recv() for i in range(len(documents))]
        for worker, _ in workers:
            worker.join()
        return records

    def send(self, connection, documents):
        for item in documents:
            connection.send(self.process(item))

    @staticmethod
    def documents(event):
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(event["archive_base64"]))) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]

    @staticmethod
    def process_kept(item):
        """In a process of the pool, which was forked with the schema."""
        return kept.process(item)


if __name__ == "__main__":
    way, archive, schema, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if way == "thresh":
        handler = documented(schema)
    else:
        kept = Lxml(schema)
        handler = getattr(kept, way)
    with open(archive, "rb") as file:
        asked = {"archive_base64": base64.b64encode(file.read()).decode()}
    took = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        answer = handler(asked)
        took.append((time.perf_counter() - begun) * 1e3)
    for record in answer:
        print(json.dumps({"path": record["path"], "verdict": record["verdict"]}))
    print(json.dumps({"entries": len(answer), "wall_ms": statistics.median(took[1:])}), file=sys.stderr)
