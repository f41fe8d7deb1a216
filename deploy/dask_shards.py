#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""dask_shards.py SCHEDULER SHARDS OUT INPUT... [OPTION=VALUE...]

A run over the workers of a Dask cluster, which have the thresh package and see the inputs: a task a shard. SCHEDULER
is an address, or `local` for workers on this machine. The records are put into OUT, one JSON object a line, in the
order of one run; a task whose worker is lost is done again by Dask."""
import re
import sys

import dask.distributed
import thresh

OPTION = re.compile(r"[a-z_-]+=")


def do_shard(k, n, inputs, options):
    """The lines of the k-th of n shards, and whether the shard is good."""
    with thresh.Checker(shard="%d/%d" % (k, n), jobs=1, **options) as checker:
        lines = [record.text("ndjson") for record in checker.run(inputs)]
        return lines, checker.stats["good"]


def main(scheduler, shards, out, *arguments):
    # What is a path before the sign is no option: folders are called year=2026.
    inputs = [argument for argument in arguments if not OPTION.match(argument)]
    options = dict(argument.split("=", 1) for argument in arguments if OPTION.match(argument))
    cluster = {} if scheduler == "local" else {"address": scheduler}
    good = True
    with dask.distributed.Client(**cluster) as client, open(out, "w", encoding="utf-8") as file:
        tasks = client.map(lambda k: do_shard(k, int(shards), inputs, options), range(1, int(shards) + 1))
        for task in tasks:
            lines, is_good = task.result()
            file.writelines(lines)
            good &= is_good
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
