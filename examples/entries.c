/* A handler of one's own for every entry of archives: entries INPUT... counts the lines of
 * each, whatever is in it, on every vCPU, and prints them in order. The library unpacks and
 * checks; what is parsed how is the program's affair. */
#include <stdio.h>
#include <string.h>
#include <thresh/thresh.h>

struct answer {
    size_t lines, bytes;
    char path[240], why[32];
};

/* In a worker. */
static int count(void *state, const struct thresh_entry *entry, struct thresh_result *result,
                 struct thresh_error *error)
{
    (void)state, (void)error;
    struct answer answer = {.bytes = entry->len};
    snprintf(answer.path, sizeof answer.path, "%s", entry->path.bytes);
    if (!entry->bytes)
        snprintf(answer.why, sizeof answer.why, "%s", entry->code);
    const char *at = entry->bytes, *end = entry->bytes ? at + entry->len : at;
    for (; at && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        answer.lines++;
    return thresh_result_append(result, &answer, sizeof answer);
}

/* In the program, in order. */
static int print(void *sink, uint64_t item, const void *bytes, size_t len,
                 struct thresh_error *error)
{
    struct answer answer;
    (void)sink, (void)item, (void)error;
    if (len != sizeof answer)
        return snprintf(error->text, sizeof error->text, "no answer"), -1;
    memcpy(&answer, bytes, sizeof answer);
    if (answer.why[0])
        printf("%s: %s\n", answer.path, answer.why);
    else
        printf("%s: %zu lines, %zu bytes\n", answer.path, answer.lines, answer.bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct thresh_error error = {"not enough memory"};
    struct thresh_work work = {.size = sizeof work, .entry = count, .emit = print};
    struct thresh_options *options = thresh_options_new();
    struct thresh *thresh = options ? thresh_open(options, &error) : NULL;
    struct thresh_run *run = thresh_run_new(thresh);
    for (int i = 1; i < argc; i++)
        thresh_run_add_path(run, argv[i], NULL);
    int rc = thresh ? thresh_entries(run, &work, &error) : -1;
    if (rc < 0)
        fprintf(stderr, "entries: %s\n", error.text);
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc < 0 ? 2 : 0;
}
