# SPDX-License-Identifier: MIT
"""Python, lxml, processes that answer over pipes: what is done on Lambda, where pools and queues of
multiprocessing do not work for want of /dev/shm. Each process takes every n-th document."""
import multiprocessing
import zipfile

import lxml_common


def work(connection, options, names):
    schemas = lxml_common.Schemas(options.schema)
    with zipfile.ZipFile(options.archive) as archive:
        for name in names:
            connection.send(lxml_common.process(name, archive.read(name), schemas))
    connection.close()


if __name__ == "__main__":
    options = lxml_common.arguments()
    names = lxml_common.names(options.archive)
    workers = []
    for i in range(options.jobs):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=work,
                                          args=(sender, options, names[i::options.jobs]))
        process.start()
        sender.close()
        workers.append((process, receiver))
    for i in range(len(names)):
        lxml_common.write(workers[i % options.jobs][1].recv())
    for process, _ in workers:
        process.join()
