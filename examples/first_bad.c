/* Stops a run: first_bad SCHEMA INPUT... prints what is wrong with the first document that is
 * not good, and leaves the rest of the input unread. Records come in the order of the input,
 * however many workers make them, so it is always the same one. */
#include <stdio.h>
#include <thresh/thresh.h>

struct search {
    struct thresh_run *run;
    struct thresh_record *found;
};

/* A few records may follow the first before the run stops. */
static int look(void *context, const struct thresh_record *record, struct thresh_error *error)
{
    struct search *search = context;
    if (search->found || record->verdict == THRESH_VALID || record->verdict == THRESH_SKIPPED)
        return 0;
    search->found = thresh_record_copy(record);
    if (!search->found)
        return snprintf(error->text, sizeof error->text, "not enough memory"), -1;
    thresh_cancel(search->run);
    return 0;
}

static void print(const struct thresh_record *record)
{
    const struct thresh_fault *fault;
    printf("%s: %s\n", record->path.bytes, thresh_verdict_name(record->verdict));
    for (size_t i = 0; (fault = thresh_record_error(record, i)); i++)
        printf("  line %llu: %s\n", (unsigned long long)fault->line, fault->message.bytes);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: first_bad SCHEMA INPUT...\n");
        return 2;
    }
    struct thresh_error error = {"not enough memory"};
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = NULL;
    int rc = -1;
    if (options && thresh_options_set(options, "schema", argv[1], &error) == 0)
        thresh = thresh_open(options, &error);
    struct search search = {thresh_run_new(thresh), NULL};
    for (int i = 2; i < argc; i++)
        thresh_run_add_path(search.run, argv[i], NULL);
    thresh_run_on_record(search.run, look, &search);
    if (thresh)
        rc = thresh_run(search.run, &error);
    if (search.found)
        print(search.found);
    else if (rc < 0)
        fprintf(stderr, "first_bad: %s\n", error.text);
    int exit_status = search.found ? 1 : rc < 0 ? 2 : 0;
    thresh_record_free(search.found);
    thresh_run_free(search.run);
    thresh_close(thresh);
    thresh_options_free(options);
    return exit_status;
}
