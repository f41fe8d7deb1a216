/* SPDX-License-Identifier: MIT
 *
 * Detection over made-up /proc and /sys trees. Quotas are below one vCPU, or else the machine
 * the test runs on might have fewer.
 */
#include "run/cpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define V2_MOUNT "/sys/fs/cgroup"
#define V2_INFO  "29 23 0:26 / " V2_MOUNT " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_INFO                                                                                \
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"                               \
    "33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"                      \
    "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"

struct tree_file {
    const char *path, *text;
};

struct row {
    const char *what;
    struct tree_file files[8];
    const char *memory_mb;
    double vcpus; /* 0: those of the affinity */
    const char *source;
};

static const struct row rows[] = {
    {"nothing to be found", {{0}}, NULL, 0, "affinity"},
    {"no limit",
     {{"/proc/self/cgroup", "0::/a\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/a/cpu.max", "max 100000\n"}},
     NULL,
     0,
     "affinity"},
    {"a generous limit",
     {{"/proc/self/cgroup", "0::/a\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/a/cpu.max", "900000000 100000\n"}},
     NULL,
     0,
     "affinity"},
    {"v2, own group",
     {{"/proc/self/cgroup", "0::/a/b\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/a/b/cpu.max", "50000 100000\n"}},
     NULL,
     0.5,
     "cgroup v2 cpu.max"},
    {"v2, the parent is tighter",
     {{"/proc/self/cgroup", "0::/a/b\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/a/b/cpu.max", "50000 100000\n"},
      {V2_MOUNT "/a/cpu.max", "50000 200000\n"}},
     NULL,
     0.25,
     "cgroup v2 cpu.max"},
    {"v2, the root of a container",
     {{"/proc/self/cgroup", "0::/\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/cpu.max", "30000 100000\n"}},
     NULL,
     0.3,
     "cgroup v2 cpu.max"},
    {"v2, named from the host's root",
     {{"/proc/self/cgroup", "0::/docker/abc/x\n"},
      {"/proc/self/mountinfo",
       "29 23 0:26 /docker/abc " V2_MOUNT " rw shared:4 - cgroup2 cgroup rw\n"},
      {V2_MOUNT "/x/cpu.max", "max 100000\n"},
      {V2_MOUNT "/cpu.max", "20000 100000\n"}},
     NULL,
     0.2,
     "cgroup v2 cpu.max"},
    {"v2, a group outside of what is mounted",
     {{"/proc/self/cgroup", "0::/../../other\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/cpu.max", "20000 100000\n"}},
     NULL,
     0.2,
     "cgroup v2 cpu.max"},
    {"v2, a mount point with a blank",
     {{"/proc/self/cgroup", "0::/\n"},
      {"/proc/self/mountinfo", "29 23 0:26 / /c\\040g rw - cgroup2 cgroup2 rw\n"},
      {"/c g/cpu.max", "40000 100000\n"}},
     NULL,
     0.4,
     "cgroup v2 cpu.max"},
    {"v1, own group",
     {{"/proc/self/cgroup", "3:cpuset:/z\n2:cpu,cpuacct:/y\n0::/\n"},
      {"/proc/self/mountinfo", V1_INFO},
      {"/sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "75000\n"},
      {"/sys/fs/cgroup/cpu/y/cpu.cfs_period_us", "100000\n"}},
     NULL,
     0.75,
     "cgroup v1 cpu.cfs_quota_us"},
    {"v1, no limit below one at the root",
     {{"/proc/self/cgroup", "1:cpu:/y\n"},
      {"/proc/self/mountinfo", V1_INFO},
      {"/sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "-1\n"},
      {"/sys/fs/cgroup/cpu/y/cpu.cfs_period_us", "100000\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "60000\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
     NULL,
     0.6,
     "cgroup v1 cpu.cfs_quota_us"},
    {"nonsense",
     {{"/proc/self/cgroup", "0\n:\n0::/a\n"},
      {"/proc/self/mountinfo", " - \n - cgroup2\nx - cgroup2 y z\n" V2_INFO},
      {V2_MOUNT "/a/cpu.max", "50000 0\n"},
      {V2_MOUNT "/cpu.max", "\n"}},
     "much",
     0,
     "affinity"},
    {"lambda", {{0}}, "1024", 1024 / 1769.0, "lambda memory"},
    {"lambda, all of a vCPU and more", {{0}}, "999999999", 0, "affinity"},
    {"lambda, tighter than the group",
     {{"/proc/self/cgroup", "0::/\n"},
      {"/proc/self/mountinfo", V2_INFO},
      {V2_MOUNT "/cpu.max", "90000 100000\n"}},
     "512",
     512 / 1769.0,
     "lambda memory"},
};

static void plant(const char *root, const struct tree_file *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, file->path);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    fputs(file->text, out);
    fclose(out);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
    (void)stat;
    (void)type;
    (void)at;
    return remove(path);
}

static void test_the_least_of_affinity_quota_and_memory_counts(void **state)
{
    cpu_set_t set;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        char root[] = "/tmp/thresh-cpus-XXXXXX";
        struct cpus cpus;
        assert_non_null(mkdtemp(root));
        for (size_t j = 0; j < 8 && row->files[j].path; j++)
            plant(root, &row->files[j]);
        assert_int_equal(cpus_detect(&cpus, root, cpus_lambda_vcpus(row->memory_mb, 0)), 0);
        nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        double wanted = row->vcpus > 0 ? row->vcpus : CPU_COUNT(&set);
        if (cpus.vcpus < wanted - 1e-9 || cpus.vcpus > wanted + 1e-9 ||
            strcmp(cpus.source, row->source) != 0 || cpus.affinity != CPU_COUNT(&set))
            fail_msg("%s: %g vCPUs by %s, affinity %d", row->what, cpus.vcpus, cpus.source,
                     cpus.affinity);
    }
}

static void test_this_machine_has_no_more_vcpus_than_it_may_use(void **state)
{
    struct cpus cpus;
    (void)state;
    assert_int_equal(cpus_detect(&cpus, "", 0), 0);
    assert_true(cpus.vcpus > 0 && cpus.vcpus <= cpus.affinity);
}

static void test_invocations_side_by_side_share_the_vcpus(void **state)
{
    (void)state;
    assert_true(cpus_lambda_vcpus("1769", 0) == 1 && cpus_lambda_vcpus(NULL, 0) == 0);
    assert_true(cpus_lambda_vcpus("8192", 2) == 2 && cpus_lambda_vcpus("4096", 16) == 0.125);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_least_of_affinity_quota_and_memory_counts),
        cmocka_unit_test(test_invocations_side_by_side_share_the_vcpus),
        cmocka_unit_test(test_this_machine_has_no_more_vcpus_than_it_may_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
