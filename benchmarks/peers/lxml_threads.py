# SPDX-License-Identifier: MIT
"""Python, lxml, a pool of threads. The interpreter's lock holds them back where lxml needs it."""
import concurrent.futures
import threading
import zipfile

import lxml_common

local = threading.local()


def process(name, options):
    if not hasattr(local, "archive"):
        local.archive = zipfile.ZipFile(options.archive)
        local.schemas = lxml_common.Schemas(options.schema)
    return lxml_common.process(name, local.archive.read(name), local.schemas)


if __name__ == "__main__":
    options = lxml_common.arguments()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for record in pool.map(lambda name: process(name, options),
                               lxml_common.names(options.archive)):
            lxml_common.write(record)
