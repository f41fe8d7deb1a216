/* SPDX-License-Identifier: MIT
 *
 * How many vCPUs this process really has. It is often not the number of CPUs that it sees: a
 * container sees all CPUs of its host and may be given the time of two; a Lambda function of
 * 2048 MB sees two and is given the time of 1.16.
 */
#ifndef THRESH_RUN_CPUS_H
#define THRESH_RUN_CPUS_H

struct cpus {
    double vcpus;       /* may be a fraction, also one below 1; never 0 */
    const char *source; /* what limits it: "affinity", "cgroup v2 cpu.max",
                         * "cgroup v1 cpu.cfs_quota_us" or "lambda memory" */
    int affinity;       /* CPUs that its threads may run on, at least 1 */
};

/* The number in AWS_LAMBDA_FUNCTION_MEMORY_SIZE's value; 0, which means not in Lambda, if it is
 * NULL or no number. */
double cpus_lambda_mb(const char *memory_size);
/* The vCPUs that one invocation has in a function of so much memory: one for 1769 MB
 * ("Configure Lambda function memory" in AWS's documentation). With a `concurrency`, which
 * means managed instances, so many share one for 2048 MB, the most that is given there. */
double cpus_lambda_vcpus(const char *memory_size, unsigned concurrency);

/* The least of all limits that are found. `root` is put before /proc and the mount points: ""
 * except in tests. `lambda_vcpus` is as above; 0: no limit. 0, or -1 with errno if not even the
 * affinity is known; *cpus then says one. */
int cpus_detect(struct cpus *cpus, const char *root, double lambda_vcpus);

#endif
