/* SPDX-License-Identifier: MIT */
#include "cli/shard_auto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Variables of one launcher: (index - first) / step is the number of the shard from 0. Where
 * there is no `count`, it follows from `last`, or the user has to say it. */
struct launcher {
    const char *name;
    const char *index;
    const char *first; /* NULL: `from` */
    uint64_t from;
    const char *step;  /* NULL: 1 */
    const char *count; /* NULL: none */
    const char *last;
};

/* Array jobs before the launchers within one: those are looked at only where there is no array
 * of more than one. */
static const struct launcher launchers[] = {
    {"Slurm's array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", 0, "SLURM_ARRAY_TASK_STEP",
     "SLURM_ARRAY_TASK_COUNT", NULL},
    {"AWS Batch's array", "AWS_BATCH_JOB_ARRAY_INDEX", NULL, 0, NULL,
     "AWS_BATCH_JOB_ARRAY_SIZE", NULL},
    {"Grid Engine's array", "SGE_TASK_ID", "SGE_TASK_FIRST", 1, "SGE_TASK_STEPSIZE", NULL,
     "SGE_TASK_LAST"},
    {"Kubernetes' indexed job", "JOB_COMPLETION_INDEX", NULL, 0, NULL, NULL, NULL},
    {"Open MPI", "OMPI_COMM_WORLD_RANK", NULL, 0, NULL, "OMPI_COMM_WORLD_SIZE", NULL},
    {"MPICH", "PMI_RANK", NULL, 0, NULL, "PMI_SIZE", NULL},
    {"Slurm's srun", "SLURM_PROCID", NULL, 0, NULL, "SLURM_STEP_NUM_TASKS", NULL},
    {"GNU parallel", "PARALLEL_SEQ", NULL, 1, NULL, NULL, NULL},
};

/* 1: read. 0: the variable is not there, or says that there is no array, as Grid Engine's
 * does. -1: it is no number. */
static int read_variable(const char *name, uint64_t *number, struct thresh_error *error)
{
    const char *text = name ? getenv(name) : NULL;
    char *end;
    if (!text || !*text || strcmp(text, "undefined") == 0)
        return 0;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno)
        return error_set(error, "--shard auto: %s is '%s', which is no number; give K/N", name,
                         text);
    return 1;
}

/* What a launcher says: 1, 0 where it says nothing, or -1. n is 0 where it does not count. One
 * that does elsewhere is not at work: Slurm's script of a task has srun's SLURM_PROCID, but is
 * none of several. */
static int ask(const struct launcher *launcher, uint64_t *k, uint64_t *n,
               struct thresh_error *error)
{
    uint64_t index, first = launcher->from, step = 1, last = 0;
    int rc = read_variable(launcher->index, &index, error);
    *k = *n = 0;
    if (rc <= 0 || read_variable(launcher->first, &first, error) < 0 ||
        read_variable(launcher->step, &step, error) < 0 ||
        read_variable(launcher->count, n, error) < 0 ||
        read_variable(launcher->last, &last, error) < 0)
        return rc == 0 ? 0 : -1;
    if (index < first || step == 0 || (launcher->last && last < first))
        return error_set(error,
                         "--shard auto: %s is %" PRIu64 ", which is none of the numbers that "
                         "the other variables of %s leave; give K/N",
                         launcher->index, index, launcher->name);
    if (launcher->count && !*n)
        return 0;
    *k = (index - first) / step + 1;
    if (launcher->last)
        *n = (last - first) / step + 1;
    return 1;
}

static int settle(struct shard *shard, const struct launcher *launcher, uint64_t k, uint64_t n,
                  struct thresh_error *error)
{
    if (!n && !shard->n)
        return error_set(error,
                         "--shard auto: %s says which shard this is, %" PRIu64 ", and not of "
                         "how many; give auto/N",
                         launcher->name, k);
    if (n && shard->n && n != shard->n)
        return error_set(error, "--shard auto/%u: %s counts %" PRIu64 "; give auto, or K/N",
                         shard->n, launcher->name, n);
    if (shard->n)
        n = shard->n;
    if (k > n || n > UINT32_MAX)
        return error_set(error, "--shard auto: %s says %" PRIu64 " of %" PRIu64 "; give K/N",
                         launcher->name, k, n);
    *shard = (struct shard){(uint32_t)k, (uint32_t)n, false};
    return 0;
}

int shard_auto(struct shard *shard, struct thresh_error *error)
{
    const struct launcher *found = NULL;
    uint64_t found_k = 0, found_n = 0;
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++) {
        const struct launcher *launcher = &launchers[i];
        uint64_t k, n;
        int rc = ask(launcher, &k, &n, error);
        if (rc < 0)
            return -1;
        /* One of a single process leaves the choice to the other. */
        if (rc == 0 || (found && n == 1))
            continue;
        if (found && found_n != 1)
            return error_set(error,
                             "--shard auto: %s and %s both say which shard this is; give K/N",
                             found->name, launcher->name);
        found = launcher;
        found_k = k;
        found_n = n;
    }
    if (!found)
        return error_set(error,
                         "--shard auto: nothing in the environment says which shard this "
                         "is: no variable of Slurm, AWS Batch, Grid Engine, Kubernetes, "
                         "Open MPI, MPICH or GNU parallel; give K/N");
    return settle(shard, found, found_k, found_n, error);
}
