/* Validates an archive by a schema: check SCHEMA ARCHIVE. The records go to standard output,
 * the exit status says whether all documents are good: this is the program of the README. */
#include <stdio.h>
#include <thresh/thresh.h>

static int put(void *file, const void *record, size_t len, struct thresh_error *error)
{
    if (fwrite(record, 1, len, file) == len)
        return 0;
    snprintf(error->text, sizeof error->text, "the record cannot be written");
    return -1;
}

int main(int argc, char **argv)
{
    struct thresh_error error = {"usage: check SCHEMA ARCHIVE"};
    struct thresh_options *options = argc == 3 ? thresh_options_new() : NULL;
    struct thresh *thresh = NULL;
    int rc = -1;
    if (options && thresh_options_set(options, "schema", argv[1], &error) == 0)
        thresh = thresh_open(options, &error);
    struct thresh_run *run = thresh_run_new(thresh);
    if (thresh) {
        thresh_run_add_path(run, argv[2], NULL);
        thresh_run_on_text(run, put, stdout);
        rc = thresh_run(run, &error);
    }
    if (rc < 0)
        fprintf(stderr, "%s\n", error.text);
    int exit_status = rc < 0 ? 2 : thresh_stats_good(thresh_run_stats(run)) ? 0 : 1;
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
    return exit_status;
}
