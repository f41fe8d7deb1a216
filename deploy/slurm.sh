#!/bin/bash
# SPDX-License-Identifier: MIT
# A run over the nodes of a Slurm cluster, one shard a task of an array:
#
#   sbatch --array=1-64 deploy/slurm.sh /data/out /data/feed.zip -s /data/feed.xsd
#   thresh merge /data/out/*.ndjson -o /data/feed.ndjson
#
# The folder of the outputs and the inputs are on a file system that all nodes see. A task whose node
# fails is queued again by Slurm, and writes its output anew.
#SBATCH --job-name=thresh --cpus-per-task=2 --requeue
out=${1:?the folder for the outputs}
shift
thresh --shard auto "$@" -o "$out/$SLURM_ARRAY_TASK_ID.ndjson"
# 1 says that a document is bad, which is no reason to do the shard again.
[ $? -le 1 ]
