/* SPDX-License-Identifier: MIT */
#include "options/job_file.h"

#include "base/buf.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

json_t *job_read(const char *file, struct thresh_error *error)
{
    json_error_t trouble;
    if (access(file, R_OK) < 0) {
        error_set(error, "%s: cannot be read: %m", file);
        return NULL;
    }
    json_t *job = json_load_file(file, JSON_REJECT_DUPLICATES, &trouble);
    if (!job)
        error_set(error, "%s:%d:%d: is not a job in JSON: %s", file, trouble.line,
                  trouble.column, trouble.text);
    else if (!json_is_object(job))
        error_set(error, "%s: a job is a JSON object, {\"schema\": \"a.xsd\"}", file);
    else
        return job;
    json_decref(job);
    return NULL;
}

static bool is_file_option(const char *name)
{
    return strcmp(name, "schema") == 0 || strcmp(name, "catalog") == 0;
}

/* A relative file with its directory before it, behind a NAMESPACE= if there is one. */
static int add_path(struct buf *out, const char *directory, const char *value)
{
    const char *equals = strrchr(value, '=');
    const char *file = equals ? equals + 1 : value;
    buf_append(out, value, (size_t)(file - value));
    if (directory && *file != '/' && *file)
        buf_append_format(out, "%s/", directory);
    return buf_append_string(out, file);
}

static int set_text(const char *name, const char *value, const char *directory,
                    struct thresh_options *options, struct thresh_error *error)
{
    struct buf path = {0};
    if (strcmp(name, "output") == 0 && strstr(value, "://"))
        return 0;
    if (!is_file_option(name))
        return thresh_options_set(options, name, value, error);
    add_path(&path, directory, value);
    const char *full = buf_string(&path);
    int rc = full ? thresh_options_set(options, name, full, error) : error_no_memory(error);
    buf_free(&path);
    return rc;
}

static int set_scalar(const char *name, const json_t *value, const char *directory,
                      struct thresh_options *options, struct thresh_error *error)
{
    char number[64];
    if (json_is_null(value))
        return 0;
    if (json_is_string(value))
        return set_text(name, json_string_value(value), directory, options, error);
    if (json_is_boolean(value))
        return thresh_options_set(options, name, json_is_true(value) ? "true" : "false", error);
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
    else
        return error_set(error,
                         "job: '%s' takes a string, a number, true, false or a list of "
                         "strings",
                         name);
    return thresh_options_set(options, name, number, error);
}

/* {"a": "b"} says what "a=b" says. */
static int set_pairs(const char *name, const json_t *pairs, const char *directory,
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
            rc = error_set(error, "job: '%s' of '%s' is not a string", key, name);
        } else {
            buf_append_format(&pair, "%s=%s", key, json_string_value(value));
            rc = buf_string(&pair) ? set_text(name, pair.data, directory, options, error)
                                   : error_no_memory(error);
        }
        if (rc < 0)
            break;
    }
    buf_free(&pair);
    return rc;
}

static int set_value(const char *name, const json_t *value, const char *directory,
                     struct thresh_options *options, struct thresh_error *error)
{
    size_t i;
    json_t *item;
    if (json_is_object(value))
        return set_pairs(name, value, directory, options, error);
    if (!json_is_array(value))
        return set_scalar(name, value, directory, options, error);
    json_array_foreach((json_t *)value, i, item)
    {
        if (json_is_array(item))
            return error_set(error, "job: '%s' is a list in a list", name);
        if (set_value(name, item, directory, options, error) < 0)
            return -1;
    }
    return 0;
}

int job_apply(const json_t *job, const char *directory, struct thresh_options *options,
              struct thresh_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)job, name, value)
    {
        if (strcmp(name, "job") == 0)
            return error_set(error, "job: a job cannot name another");
        if (set_value(name, value, directory, options, error) < 0)
            return -1;
    }
    return 0;
}

int job_load(const char *file, struct thresh_options *options, struct thresh_error *error)
{
    json_t *job = job_read(file, error);
    const char *slash = strrchr(file, '/');
    char *directory = slash ? strndup(file, slash == file ? 1 : (size_t)(slash - file)) : NULL;
    int rc = -1;
    if (job && slash && !directory)
        error_no_memory(error);
    else if (job)
        rc = job_apply(job, directory, options, error);
    free(directory);
    json_decref(job);
    return rc;
}
