/* Stops a run: first_bad SCHEMA INPUT... prints what is wrong with the first document that is
 * not good, and leaves the rest of the input unread. Records come in the order of the input,
 * however many workers make them, so it is always the same one. */
#include <stdio.h>
#include <thresh/thresh.h>

struct search {
    bool found;
};

/* With these options there are records only of what is not good. A few may follow the first
 * before the run stops. */
static const char *const settings[][2] = {{"format", "text"}, {"quiet", NULL}};

static int take(void *context, const void *record, size_t len, struct thresh_error *error)
{
    struct search *search = context;
    (void)error;
    if (!search->found)
        fwrite(record, 1, len, stdout);
    search->found = true;
    return 0;
}

static bool is_found(void *context, uint64_t done, uint64_t entries, uint64_t bytes)
{
    const struct search *search = context;
    (void)done, (void)entries, (void)bytes;
    return search->found;
}

static int set_all(struct thresh_options *options, const char *schema,
                   struct thresh_error *error)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (thresh_options_set(options, settings[i][0], settings[i][1], error) < 0)
            return -1;
    return thresh_options_set(options, "schema", schema, error);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: first_bad SCHEMA INPUT...\n");
        return 2;
    }
    struct search search = {false};
    struct thresh_error error = {"not enough memory"};
    struct thresh_stats stats;
    struct thresh_output output = {take, is_found, &search};
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = NULL;
    int rc = -1;
    if (options && set_all(options, argv[1], &error) == 0)
        thresh = thresh_open(options, &error);
    if (thresh)
        rc = thresh_run(thresh, (const char *const *)argv + 2, (size_t)(argc - 2), &output,
                        &stats, &error);
    if (rc < 0)
        fprintf(stderr, "first_bad: %s\n", error.text);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc < 0 ? 2 : search.found ? 1 : 0;
}
