/* Counts: verdicts INPUT... prints how many entries have which verdict, and why others were
 * skipped. The records themselves are not kept. */
#include <inttypes.h>
#include <stdio.h>
#include <thresh/thresh.h>

static int drop(void *context, const void *record, size_t len, struct thresh_error *error)
{
    (void)context, (void)record, (void)len, (void)error;
    return 0;
}

static void print(const struct thresh_stats *stats)
{
    const char *name;
    for (int verdict = 0; (name = thresh_verdict_name(verdict)); verdict++)
        if (stats->verdicts[verdict])
            printf("%10" PRIu64 "  %s\n", stats->verdicts[verdict], name);
    for (size_t i = 0; i < stats->n_reasons; i++)
        printf("%10" PRIu64 "  skipped: %s\n", stats->reasons[i].count, stats->reasons[i].name);
    printf("%10" PRIu64 "  entries, looked at by %d workers in %.0f ms\n", stats->entries,
           stats->workers, stats->wall_ms);
}

int main(int argc, char **argv)
{
    struct thresh_error error = {"not enough memory"};
    struct thresh_stats stats;
    struct thresh_output output = {drop, NULL, NULL};
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = options ? thresh_open(options, &error) : NULL;
    int rc = -1;
    if (thresh)
        rc = thresh_run(thresh, (const char *const *)argv + 1, (size_t)(argc - 1), &output,
                        &stats, &error);
    if (rc == 0)
        print(&stats);
    else
        fprintf(stderr, "verdicts: %s\n", error.text);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc < 0 ? 2 : thresh_stats_good(&stats) ? 0 : 1;
}
