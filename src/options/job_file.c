/* SPDX-License-Identifier: MIT */
#include "options/job_file.h"

#include "base/buf.h"
#include "options/option_row.h"
#include "options/options.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int job_file_check(const json_t *job, const char *source, struct thresh_error *error)
{
    struct thresh_error wrong;
    struct thresh_options *options = thresh_options_new();
    int rc = options ? job_file_apply(job, NULL, options, &wrong) : error_no_memory(error);
    if (options && rc < 0)
        error_set(error, "%s: %s", source, wrong.text);
    thresh_options_free(options);
    return rc;
}

json_t *job_file_read(const char *file, struct thresh_error *error)
{
    json_error_t fault;
    if (access(file, R_OK) < 0) {
        error_set(error, "%s: cannot be read: %m", file);
        return NULL;
    }
    json_t *job = json_load_file(file, JSON_REJECT_DUPLICATES, &fault);
    if (!job)
        error_set(error, "%s:%d:%d: is not a job in JSON: %s", file, fault.line, fault.column,
                  fault.text);
    else if (!json_is_object(job))
        error_set(error, "%s: a job is a JSON object, {\"schema\": \"a.xsd\"}", file);
    else if (job_file_check(job, file, error) == 0)
        return job;
    json_decref(job);
    return NULL;
}

/* A relative file with its directory before it. */
static void add_file(struct buf *out, const char *directory, const char *file, size_t len)
{
    if (directory && *file != '/' && *file)
        buf_append_format(out, "%s/", directory);
    buf_append(out, file, len);
}

/* Behind a NAMESPACE= if there is one; of a+b, each. */
static int add_path(struct buf *out, const char *directory, const char *value)
{
    const char *equals = strrchr(value, '=');
    const char *file = equals ? equals + 1 : value;
    size_t begin = (size_t)(file - value);
    buf_append(out, value, begin);
    add_file(out, directory, file, strlen(file));
    const char *whole = buf_string(out);
    if (!whole || !strchr(file, '+') || access(whole + begin, F_OK) == 0)
        return whole ? 0 : -1;
    out->len = begin;
    for (size_t len; *file; file += len) {
        len = strcspn(file, "+");
        len += file[len] == '+';
        add_file(out, directory, file, len);
    }
    return out->failed ? -1 : 0;
}

static int set_text(const struct option_row *row, const char *value, const char *directory,
                    struct thresh_options *options, struct thresh_error *error)
{
    struct buf path = {0};
    if (strcmp(row->name, "output") == 0 && strstr(value, "://"))
        return 0;
    if (!row->kind->is_file)
        return option_row_set(row, options, value, error);
    add_path(&path, directory, value);
    const char *full = buf_string(&path);
    int rc = full ? option_row_set(row, options, full, error) : error_no_memory(error);
    buf_free(&path);
    return rc;
}

/* A whole number without a point, so that 2.0 jobs are 2; others as JSON writes them, whatever
 * the locale. */
static int set_number(const struct option_row *row, const json_t *value,
                      struct thresh_options *options, struct thresh_error *error)
{
    double real = json_real_value(value);
    char whole[32];
    if (json_is_real(value) && fabs(real) < 1e15 && real == trunc(real)) {
        snprintf(whole, sizeof whole, "%.0f", real);
        return option_row_set(row, options, whole, error);
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    int rc = text ? option_row_set(row, options, text, error) : error_no_memory(error);
    free(text);
    return rc;
}

static int set_scalar(const struct option_row *row, const json_t *value, const char *directory,
                      struct thresh_options *options, struct thresh_error *error)
{
    if (json_is_null(value))
        return 0;
    if (json_is_string(value))
        return set_text(row, json_string_value(value), directory, options, error);
    if (json_is_boolean(value))
        return option_row_set(row, options, json_is_true(value) ? "true" : "false", error);
    return set_number(row, value, options, error);
}

/* {"a": "b"} says what "a=b" says. */
static int set_pairs(const struct option_row *row, const json_t *pairs, const char *directory,
                     struct thresh_options *options, struct thresh_error *error)
{
    const char *key;
    json_t *value;
    struct buf pair = {0};
    int rc = 0;
    json_object_foreach((json_t *)pairs, key, value)
    {
        buf_clear(&pair);
        if (!json_is_string(value)) {
            rc = error_set(error, "job: '%s' of '%s' is not a string", key, row->name);
        } else {
            buf_append_format(&pair, "%s=%s", key, json_string_value(value));
            rc = buf_string(&pair) ? set_text(row, pair.data, directory, options, error)
                                   : error_no_memory(error);
        }
        if (rc < 0)
            break;
    }
    buf_free(&pair);
    return rc;
}

static int set_value(const struct option_row *row, const json_t *value, const char *directory,
                     struct thresh_options *options, struct thresh_error *error)
{
    size_t i;
    json_t *item;
    bool has_names = row->kind == &option_kind_pairs || row->kind == &option_kind_schemas;
    if (json_is_object(value) && !has_names)
        return error_set(error, "job: '%s' takes a value, not an object", row->name);
    if (json_is_object(value))
        return set_pairs(row, value, directory, options, error);
    if (!json_is_array(value))
        return set_scalar(row, value, directory, options, error);
    if (!row->kind->repeats && json_array_size(value) != 1)
        return error_set(error, "job: '%s' takes one value, not a list of %zu", row->name,
                         json_array_size(value));
    json_array_foreach((json_t *)value, i, item)
    {
        if (json_is_array(item))
            return error_set(error, "job: '%s' is a list in a list", row->name);
        if (set_value(row, item, directory, options, error) < 0)
            return -1;
    }
    return 0;
}

int job_file_apply(const json_t *job, const char *directory, struct thresh_options *options,
                   struct thresh_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)job, name, value)
    {
        const struct option_row *row = option_row_find(option_rows, name);
        int rc = row ? set_value(row, value, directory, options, error)
                     : option_row_unknown(name, option_rows, NULL, error);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int job_file_load(const char *file, struct thresh_options *options, struct thresh_error *error)
{
    json_t *job = job_file_read(file, error);
    const char *slash = strrchr(file, '/');
    char *directory = slash ? strndup(file, slash == file ? 1 : (size_t)(slash - file)) : NULL;
    int rc = -1;
    if (job && slash && !directory)
        error_no_memory(error);
    else if (job)
        rc = job_file_apply(job, directory, options, error);
    free(directory);
    json_decref(job);
    return rc;
}
