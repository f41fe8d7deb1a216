/* Records into a struct of one's own: records SCHEMA INPUT... keeps of each invoice what the
 * program wants of it, and prints the sum. Nothing is formatted, nothing is parsed again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <thresh/thresh.h>

struct invoice {
    char path[256];
    double total;
    bool valid;
};

struct invoices {
    struct invoice *items;
    size_t n, cap;
};

static int keep(void *context, const struct thresh_record *record, struct thresh_error *error)
{
    struct invoices *invoices = context;
    const struct thresh_field *total = thresh_record_field_named(record, "total");
    if (record->verdict == THRESH_SKIPPED)
        return 0;
    if (invoices->n == invoices->cap) {
        size_t cap = invoices->cap ? invoices->cap * 2 : 64;
        struct invoice *items = realloc(invoices->items, cap * sizeof *items);
        if (!items)
            return snprintf(error->text, sizeof error->text, "not enough memory"), -1;
        invoices->items = items;
        invoices->cap = cap;
    }
    struct invoice *invoice = &invoices->items[invoices->n++];
    snprintf(invoice->path, sizeof invoice->path, "%s", record->path.bytes);
    invoice->total = total ? strtod(total->values[0].bytes, NULL) : 0;
    invoice->valid = record->verdict == THRESH_VALID;
    return 0;
}

static int set_all(struct thresh_options *options, const char *schema,
                   struct thresh_error *error)
{
    int rc = thresh_options_set(options, "schema", schema, error);
    return rc < 0 ? rc : thresh_options_set(options, "extract", "total=sum(//@n)", error);
}

int main(int argc, char **argv)
{
    struct thresh_error error = {"usage: records SCHEMA INPUT..."};
    struct thresh_options *options = argc > 2 ? thresh_options_new() : NULL;
    struct thresh *thresh = NULL;
    struct invoices invoices = {0};
    int rc = -1;
    if (options && set_all(options, argv[1], &error) == 0)
        thresh = thresh_open(options, &error);
    struct thresh_run *run = thresh_run_new(thresh);
    for (int i = 2; i < argc; i++)
        thresh_run_add_path(run, argv[i], NULL);
    thresh_run_on_record(run, keep, &invoices);
    if (thresh)
        rc = thresh_run(run, &error);
    double sum = 0;
    size_t valid = 0;
    for (size_t i = 0; i < invoices.n; i++) {
        sum += invoices.items[i].valid ? invoices.items[i].total : 0;
        valid += invoices.items[i].valid;
    }
    if (rc < 0)
        fprintf(stderr, "records: %s\n", error.text);
    else
        printf("%zu of %zu are valid, %g in all\n", valid, invoices.n, sum);
    free(invoices.items);
    thresh_run_free(run);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc < 0 ? 2 : 0;
}
