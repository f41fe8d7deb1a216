/* SPDX-License-Identifier: MIT
 *
 * Many schemas, each with its instances, by the public library alone, as a user's program would
 * hold them against each other. A line of standard input is a schema and its instances, names
 * of files with tabs between. For each, a line of standard output:
 *
 *     schema VERDICT    valid; warned: breaks a rule, and is used nevertheless; refused
 *     instance VERDICT  as a record has it; "refused" where its schema is
 *
 * and, behind a tab, what was said of it.
 */
#include "thresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 2000 };

static void answer(const char *what, const char *verdict, const char *said)
{
    printf("%s %s\t", what, verdict);
    for (int i = 0; said[i] && i < LINE_MAX_BYTES; i++)
        putchar((unsigned char)said[i] < ' ' ? ' ' : said[i]);
    putchar('\n');
}

static void set(struct thresh_options *options, const char *name, const char *value)
{
    struct thresh_error error;
    if (thresh_options_set(options, name, value, &error) == 0)
        return;
    fprintf(stderr, "assess: %s\n", error.text);
    exit(2);
}

/* -- A schema ------------------------------------------------------------------------- */

struct compiled {
    struct thresh_options *options;
    struct thresh *thresh; /* NULL: refused */
    struct thresh_error error;
};

static void compile(struct compiled *compiled, const char *schema, const char *strict)
{
    struct thresh_options *options = thresh_options_new();
    compiled->options = options;
    set(options, "schema", schema);
    set(options, "strict-schema", strict);
    set(options, "backend", "sequential");
    set(options, "fields", "verdict,errors");
    set(options, "max-errors", "1");
    compiled->error.text[0] = '\0';
    compiled->thresh = thresh_open(options, &compiled->error);
}

static void discard(struct compiled *compiled)
{
    thresh_close(compiled->thresh);
    thresh_options_free(compiled->options);
}

/* What a strict reader refuses a lenient one may use. */
static void compile_and_answer(struct compiled *compiled, const char *schema)
{
    compile(compiled, schema, "true");
    if (compiled->thresh) {
        answer("schema", "valid", "");
        return;
    }
    struct compiled strict = *compiled;
    compile(compiled, schema, "false");
    answer("schema", compiled->thresh ? "warned" : "refused", strict.error.text);
    discard(&strict);
}

/* -- Its instances -------------------------------------------------------------------- */

static int keep(void *context, const void *record, size_t len, struct thresh_error *error)
{
    char *kept = context;
    (void)error;
    if (len > LINE_MAX_BYTES)
        len = LINE_MAX_BYTES;
    memcpy(kept, record, len);
    kept[len] = '\0';
    return 0;
}

static void assess(struct thresh *thresh, const char *instance)
{
    char record[LINE_MAX_BYTES + 1] = "";
    struct thresh_error error;
    const char *verdict = "lost";
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_path(run, instance, NULL);
    thresh_run_on_text(run, keep, record);
    int rc = thresh_run(run, &error);
    for (int i = 0; i < THRESH_VERDICTS && rc == 0; i++)
        if (thresh_run_stats(run)->verdicts[i])
            verdict = thresh_verdict_name(i);
    answer("instance", verdict, rc == 0 ? record : error.text);
    thresh_run_free(run);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        char *rest = NULL;
        struct compiled compiled;
        line[strcspn(line, "\n")] = '\0';
        compile_and_answer(&compiled, strtok_r(line, "\t", &rest));
        for (char *name; (name = strtok_r(NULL, "\t", &rest));) {
            if (compiled.thresh)
                assess(compiled.thresh, name);
            else
                answer("instance", "refused", compiled.error.text);
        }
        discard(&compiled);
        fflush(stdout);
    }
    free(line);
    return 0;
}
