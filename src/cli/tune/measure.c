/* SPDX-License-Identifier: MIT */
#include "cli/tune/measure.h"

#include "backends/backend.h"
#include "base/clock.h"
#include "base/io.h"
#include "cli/input_list.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MIN = 3, ROUNDS_MAX = 25 };
/* One worker's time over its processor time: if it is more, others used the processors. */
#define DISTURBED 1.25

/* All runs of one number of workers. */
struct series {
    double wall_ms[ROUNDS_MAX], cpu_ms[ROUNDS_MAX], listing_ms[ROUNDS_MAX], peak_mb;
    double open_cpu_ms; /* of the warm-up: schemas */
    long faults[ROUNDS_MAX], cold_faults;
    int n;
};

static double process_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    return process_ms() + (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1e3 +
           (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e3;
}

static long page_faults(void)
{
    struct rusage self;
    getrusage(RUSAGE_SELF, &self);
    return self.ru_minflt;
}

/* The time of one page fault, the least of some tries. What page faults cost a first run is
 * computed from it, because the first run itself is a single sample and may be slow for other
 * reasons. */
static double fault_ms(void)
{
    enum { PAGES = 1024, TRIES = 8 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        char *memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return best;
        double begin = process_ms();
        for (size_t k = 0; k < PAGES; k++)
            ((volatile char *)memory)[k * page] = 1;
        double took = (process_ms() - begin) / PAGES;
        best = i == 0 || took < best ? took : best;
        munmap(memory, PAGES * page);
    }
    return best;
}

/* Writing 5 to this file resets the process's peak of memory. Where that is not permitted, the
 * peak is that of all runs so far: too high, which errs on the safe side. */
static void forget_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    io_write_all(fd, "5", 1);
    close(fd);
}

static double peak_mb(const char *name, int workers)
{
    const struct backend *backend = name ? backend_find(name) : NULL;
    char line[256];
    double kb = 0;
    struct rusage children;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "VmHWM: %lf", &kb) != 1)
        ;
    if (file)
        fclose(file);
    getrusage(RUSAGE_CHILDREN, &children);
    /* Processes share the schemas, but how much of each is shared is not known, so all of it
     * counts. */
    if (backend && backend->isolates)
        kb += (double)children.ru_maxrss * workers;
    return kb / 1024;
}

static int ignore(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    (void)context, (void)bytes, (void)len, (void)error;
    return 0;
}

static int run_once(const struct bench *bench, struct thresh *thresh, struct series *series,
                    struct found *found, struct thresh_error *error)
{
    struct thresh_run *run = thresh_run_new(thresh);
    input_list_add_to_run(bench->inputs, bench->n_inputs, run);
    thresh_run_on_text(run, ignore, NULL);
    forget_peak();
    double begin = cpu_ms();
    long faults = page_faults();
    int rc = thresh_run(run, error);
    found->stats = *thresh_run_stats(run);
    thresh_run_free(run);
    if (rc < 0)
        return -1;
    series->wall_ms[series->n] = found->stats.wall_ms;
    series->listing_ms[series->n] = found->stats.listing_ms;
    series->faults[series->n] = page_faults() - faults;
    series->cpu_ms[series->n++] = cpu_ms() - begin;
    return 0;
}

/* Other programs on the machine only add time, so the shortest run is the least disturbed. */
static double least(const double *values, int n)
{
    double best = values[0];
    for (int i = 1; i < n; i++)
        if (values[i] < best)
            best = values[i];
    return best;
}

static void show(const struct bench *bench, int round, double part)
{
    char line[64];
    if (!bench->shows_progress)
        return;
    int len = snprintf(line, sizeof line, "\rmeasuring: round %d, %3.0f%% \033[K", round + 1,
                       part > 1 ? 100 : part * 100);
    io_write_all(STDERR_FILENO, line, (size_t)len);
}

/* One run for each number of workers with nothing else open, for the peak of memory and the
 * page faults of a first run. Its times count only where there is no time for rounds. */
static int warm_up(const struct bench *bench, struct series *series, struct found *found,
                   struct thresh_error *error)
{
    for (int w = 1; w <= bench->workers; w++) {
        double begin = cpu_ms();
        struct thresh *thresh = thresh_open(bench->options[w], error);
        series[w].open_cpu_ms = cpu_ms() - begin;
        int rc = thresh ? run_once(bench, thresh, &series[w], found, error) : -1;
        if (rc == 0)
            series[w].peak_mb = peak_mb(found->stats.backend, w);
        series[w].cold_faults = series[w].faults[0];
        thresh_close(thresh);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* Each round runs every number of workers, so that a slow spell of the machine slows all. */
static int run_rounds(const struct bench *bench, struct thresh *const *threshes,
                      struct series *series, struct found *found, struct thresh_error *error)
{
    double begin = clock_ms(), spent = 0, allowed = bench->seconds * 1e3;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (round >= ROUNDS_MIN && spent * (round + 1) / round > allowed)
            break;
        for (int w = 1; w <= bench->workers; w++) {
            show(bench, round, spent / allowed);
            series[w].n = round;
            if (run_once(bench, threshes[w], &series[w], found, error) < 0)
                return -1;
            spent = clock_ms() - begin;
        }
        found->rounds = round + 1;
    }
    return 0;
}

static int run_all(const struct bench *bench, struct series *series, struct found *found,
                   struct thresh_error *error)
{
    struct thresh *threshes[TUNE_WORKERS_MAX + 1] = {NULL};
    double begin = clock_ms();
    int rc = warm_up(bench, series, found, error);
    found->rounds = 1;
    /* One round took longer than was asked for: three would take far too long. */
    if (rc < 0 || clock_ms() - begin > bench->seconds * 1e3)
        return rc;
    for (int w = 1; w <= bench->workers && rc == 0; w++)
        if (!(threshes[w] = thresh_open(bench->options[w], error)))
            rc = -1;
    if (rc == 0)
        rc = run_rounds(bench, threshes, series, found, error);
    for (int w = 1; w <= bench->workers; w++)
        thresh_close(threshes[w]);
    return rc;
}

static void summarise(const struct bench *bench, struct series *series, struct measured *m)
{
    m->workers = bench->workers;
    m->listing_ms = least(series[1].listing_ms, series[1].n);
    for (int w = 1; w <= bench->workers; w++) {
        m->wall_ms[w] = least(series[w].wall_ms, series[w].n);
        m->cpu_ms[w] = least(series[w].cpu_ms, series[w].n);
        m->peak_mb[w] = series[w].peak_mb;
    }
    /* Of one worker, which was first of all: later runs find their memory mapped already. */
    m->schema_ms = series[1].open_cpu_ms;
    long warm = series[1].faults[series[1].n - 1];
    if (series[1].cold_faults > warm)
        m->cold_ms = (double)(series[1].cold_faults - warm) * fault_ms();
    m->disturbed = m->wall_ms[1] > m->cpu_ms[1] * DISTURBED;
    for (int w = 1; w <= bench->workers && m->disturbed; w++)
        m->wall_ms[w] = m->cpu_ms[w] / w + m->listing_ms;
}

int tune_measure(const struct bench *bench, struct measured *measured, struct found *found,
                 struct thresh_error *error)
{
    struct series series[TUNE_WORKERS_MAX + 1] = {{.n = 0}};
    *measured = (struct measured){.start_ms = process_ms()};
    int rc = run_all(bench, series, found, error);
    if (bench->shows_progress)
        io_write_all(STDERR_FILENO, "\r\033[K", 4);
    if (rc < 0)
        return -1;
    summarise(bench, series, measured);
    return 0;
}
