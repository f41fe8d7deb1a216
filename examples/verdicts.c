/* Counts: verdicts INPUT... prints how many entries have which verdict, and why others were
 * skipped. Nobody listens to the run, so no record is made. */
#include <inttypes.h>
#include <stdio.h>
#include <thresh/thresh.h>

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
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = options ? thresh_open(options, &error) : NULL;
    struct thresh_run *run = thresh_run_new(thresh);
    const struct thresh_stats *stats = thresh_run_stats(run);
    for (int i = 1; i < argc; i++)
        thresh_run_add_path(run, argv[i], NULL);
    int rc = thresh ? thresh_run(run, &error) : -1;
    if (rc == 0)
        print(stats);
    else
        fprintf(stderr, "verdicts: %s\n", error.text);
    int exit_status = rc < 0 ? 2 : thresh_stats_good(stats) ? 0 : 1;
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
    return exit_status;
}
