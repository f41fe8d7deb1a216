/* SPDX-License-Identifier: MIT
 *
 * A cgroup's quota holds for all groups below it, so every group is asked, from the process's
 * own up to the root of what is mounted, and the smallest quota counts.
 */
#include "run/cpus.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES          4096
#define LAMBDA_MB_PER_VCPU  1769.0
#define MANAGED_MB_PER_VCPU 2048.0

static int count_affinity(void)
{
    for (int most = CPU_SETSIZE; most <= 1 << 20; most *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)most);
        size_t size = CPU_ALLOC_SIZE((size_t)most);
        if (!set)
            return 0;
        int rc = sched_getaffinity(0, size, set);
        int count = rc == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (rc == 0 || errno != EINVAL) /* EINVAL: the kernel has more CPUs than that */
            return count;
    }
    return 0;
}

static void tighten(struct cpus *cpus, double vcpus, const char *source)
{
    if (vcpus > 0 && vcpus < cpus->vcpus) {
        cpus->vcpus = vcpus;
        cpus->source = source;
    }
}

/* The first line of a small file, without its line feed. */
static bool read_line(const char *directory, const char *name, char *line, int size)
{
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool got = fgets(line, size, file);
    fclose(file);
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got;
}

/* The vCPUs of one group; 0: no limit. */
static double quota_v2(const char *group)
{
    char line[128];
    double quota, period;
    if (!read_line(group, "cpu.max", line, sizeof line) ||
        sscanf(line, "%lf %lf", &quota, &period) != 2 || period <= 0) /* "max" is no number */
        return 0;
    return quota / period;
}

static double quota_v1(const char *group)
{
    char quota[64], period[64];
    if (!read_line(group, "cpu.cfs_quota_us", quota, sizeof quota) ||
        !read_line(group, "cpu.cfs_period_us", period, sizeof period))
        return 0;
    double quota_us = strtod(quota, NULL), period_us = strtod(period, NULL);
    return quota_us > 0 && period_us > 0 ? quota_us / period_us : 0; /* -1 is no limit */
}

/* Whether `word` is one of the comma-separated words of `list`. */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += len)
        if ((at == list || at[-1] == ',') && (at[len] == ',' || at[len] == '\0'))
            return true;
    return false;
}

/* mountinfo writes blanks and backslashes in paths as \ooo. */
static void unescape(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        unsigned value;
        if (*from == '\\' && sscanf(from + 1, "%3o", &value) == 1 && strlen(from) >= 4) {
            *to++ = (char)value;
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/* The process's group in the v2 hierarchy, or in the v1 hierarchy of the cpu controller. */
static bool find_group(const char *root, bool v2, char *group, size_t size)
{
    char path[PATH_BYTES], *line = NULL;
    size_t cap = 0;
    bool found = false;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    while (!found && getline(&line, &cap, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *name = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!name)
            continue;
        *name++ = '\0';
        controllers++;
        found = (v2 ? *controllers == '\0' : has_word(controllers, "cpu")) &&
                snprintf(group, size, "%s", name) < (int)size;
    }
    free(line);
    fclose(file);
    return found;
}

/* Where that hierarchy is mounted, and which of its groups is what one sees there. */
static bool find_mount(const char *root, bool v2, char *top, char *mount, size_t size)
{
    char path[PATH_BYTES], *line = NULL;
    size_t cap = 0;
    bool found = false;
    snprintf(path, sizeof path, "%s/proc/self/mountinfo", root);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    while (!found && getline(&line, &cap, file) > 0) {
        char *fields = strstr(line, " - "), *rest = NULL;
        if (!fields)
            continue;
        *fields = '\0';
        const char *type = strtok_r(fields + 3, " \n", &rest);
        const char *options =
            strtok_r(NULL, " \n", &rest) ? strtok_r(NULL, " \n", &rest) : NULL;
        if (!type || strcmp(type, v2 ? "cgroup2" : "cgroup") != 0 ||
            (!v2 && !(options && has_word(options, "cpu"))))
            continue;
        strtok_r(line, " ", &rest); /* its number, its parent's, the device: */
        strtok_r(NULL, " ", &rest);
        strtok_r(NULL, " ", &rest);
        char *seen = strtok_r(NULL, " ", &rest), *point = strtok_r(NULL, " ", &rest);
        if (!seen || !point)
            continue;
        unescape(seen);
        unescape(point);
        found = snprintf(top, size, "%s", seen) < (int)size &&
                snprintf(mount, size, "%s%s", root, point) < (int)size;
    }
    free(line);
    fclose(file);
    return found;
}

static void ask_groups(struct cpus *cpus, const char *root, bool v2)
{
    char group[PATH_BYTES], top[PATH_BYTES], mount[PATH_BYTES], path[2 * PATH_BYTES];
    if (!find_group(root, v2, group, sizeof group) ||
        !find_mount(root, v2, top, mount, sizeof mount))
        return;
    /* In a container the group may be named from the host's root while only its own part of the
     * tree is mounted. A group outside that part (it starts with "/..") cannot be seen at
     * all. */
    const char *below = group;
    size_t len = strlen(top);
    if (strcmp(top, "/") != 0) {
        bool inside = strncmp(group, top, len) == 0 && (!group[len] || group[len] == '/');
        below = inside ? group + len : "";
    }
    if (strncmp(below, "/..", 3) == 0)
        below = "";
    snprintf(path, sizeof path, "%s%s", mount, below);
    size_t stop = strlen(mount);
    for (;;) {
        tighten(cpus, v2 ? quota_v2(path) : quota_v1(path),
                v2 ? "cgroup v2 cpu.max" : "cgroup v1 cpu.cfs_quota_us");
        char *slash = strrchr(path, '/');
        if (strlen(path) <= stop || !slash || slash < path + stop)
            return;
        *slash = '\0';
    }
}

double cpus_lambda_mb(const char *memory_size)
{
    char *end;
    double mb = memory_size ? strtod(memory_size, &end) : 0;
    return memory_size && end != memory_size && *end == '\0' && mb > 0 ? mb : 0;
}

double cpus_lambda_vcpus(const char *memory_size, unsigned concurrency)
{
    double mb = cpus_lambda_mb(memory_size);
    return concurrency ? mb / MANAGED_MB_PER_VCPU / concurrency : mb / LAMBDA_MB_PER_VCPU;
}

int cpus_detect(struct cpus *cpus, const char *root, double lambda_vcpus)
{
    int affinity = count_affinity();
    *cpus = (struct cpus){.source = "affinity", .affinity = affinity > 0 ? affinity : 1};
    cpus->vcpus = cpus->affinity;
    ask_groups(cpus, root, true);
    ask_groups(cpus, root, false);
    tighten(cpus, lambda_vcpus, "lambda memory");
    return affinity > 0 ? 0 : -1;
}
