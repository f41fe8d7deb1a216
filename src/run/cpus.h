/* SPDX-License-Identifier: MIT
 *
 * How many vCPUs this process really has. The number of CPUs it can see is often not it: a
 * container sees all those of its host and gets the time of two, a Lambda function of 2048 MB
 * sees two and gets the time of 1.16.
 */
#ifndef THRESH_RUN_CPUS_H
#define THRESH_RUN_CPUS_H

struct cpus {
    double vcpus;       /* may be a fraction, also one below 1; never 0 */
    const char *source; /* what set it: "affinity", "cgroup v2 cpu.max",
                         * "cgroup v1 cpu.cfs_quota_us" or "lambda memory" */
    int affinity;       /* CPUs that its threads may run on, at least 1 */
};

/* Lambda gives one vCPU for so many MB of memory, in proportion. */
#define LAMBDA_MB_PER_VCPU 1769.0

/* What the environment has as AWS_LAMBDA_FUNCTION_MEMORY_SIZE; 0 for NULL and what is not a
 * number: not in Lambda. */
double cpus_lambda_mb(const char *memory_size);

/* The least of all the limits that can be found; one that cannot be found is no limit. `root`
 * goes before /proc and the mount points: "" but in tests; `lambda_memory_mb` is as above. 0,
 * or -1 where not even the affinity is known, and *cpus says one. */
int cpus_detect(struct cpus *cpus, const char *root, const char *lambda_memory_mb);

#endif
