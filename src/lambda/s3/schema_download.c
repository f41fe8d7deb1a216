/* SPDX-License-Identifier: MIT */
#include "lambda/s3/schema_download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 5000 };

int schema_download_open(struct schema_download *schemas, struct scratch *scratch)
{
    *schemas = (struct schema_download){.scratch = scratch, .copied = json_object()};
    return schemas->copied ? 0 : -1;
}

void schema_download_close(struct schema_download *schemas)
{
    json_decref(schemas->copied);
}

/* -- Copying -------------------------------------------------------------------------- */

struct copying {
    struct schema_download *schemas;
    const char *bucket;
    size_t prefix_len;
    json_t *files;
};

static int copy_object(struct copying *copying, const char *key, struct lambda_error *error)
{
    char path[4400], name[1400];
    uint64_t size;
    struct s3_object object = {.bucket = copying->bucket, .key = key};
    snprintf(name, sizeof name, "%s/%s", copying->bucket, key);
    int fd =
        scratch_schema(copying->schemas->scratch, name, path, sizeof path, &error->message);
    if (fd < 0) {
        snprintf(error->type, sizeof error->type, "Thresh.Storage");
        return -1;
    }
    int rc = s3_get(copying->schemas->s3, &object, fd, &size, error);
    close(fd);
    return rc;
}

static int copy_listed(void *context, const char *key, struct lambda_error *error)
{
    struct copying *copying = context;
    size_t len = strlen(key);
    if (len <= copying->prefix_len || key[len - 1] == '/')
        return 0;
    if (json_array_size(copying->files) == FILES_MAX)
        return lambda_error_set(
            error, "Runtime.ConfigInvalid", false,
            "s3://%s/%.*s: more than %d objects lie below it; give schemas a "
            "prefix of their own",
            copying->bucket, (int)copying->prefix_len, key, FILES_MAX);
    if (copy_object(copying, key, error) < 0)
        return -1;
    return json_array_append_new(copying->files, json_string(key + copying->prefix_len)) < 0
               ? lambda_error_no_memory(error)
               : 0;
}

/* The names of all files below the prefix, which the first call copies; owned by `schemas`.
 * NULL: it has failed. */
static const json_t *copy_prefix(struct schema_download *schemas, const char *bucket,
                                 const char *prefix, struct lambda_error *error)
{
    char name[1400];
    snprintf(name, sizeof name, "%s/%s", bucket, prefix);
    const json_t *known = json_object_get(schemas->copied, name);
    if (known)
        return known;
    struct copying copying = {.schemas = schemas,
                              .bucket = bucket,
                              .prefix_len = strlen(prefix),
                              .files = json_array()};
    if (!copying.files) {
        lambda_error_no_memory(error);
        return NULL;
    }
    if (s3_list(schemas->s3, bucket, prefix, copy_listed, &copying, error) < 0) {
        json_decref(copying.files);
        return NULL;
    }
    json_object_set_new(schemas->copied, name, copying.files);
    return json_object_get(schemas->copied, name);
}

static void forget_prefix(struct schema_download *schemas, const char *bucket,
                          const char *prefix)
{
    char name[1400];
    snprintf(name, sizeof name, "%s/%s", bucket, prefix);
    json_object_del(schemas->copied, name);
}

/* -- Which file ----------------------------------------------------------------------- */

static bool is_schema_at_top(const char *name)
{
    size_t len = strlen(name);
    return !strchr(name, '/') && len > 4 &&
           (strcmp(name + len - 4, ".xsd") == 0 || strcmp(name + len - 4, ".rng") == 0);
}

/* An address that ends in a slash means the one schema right below that prefix. */
static const char *only_schema(const json_t *files, const char *uri, struct lambda_error *error)
{
    const char *found = NULL;
    size_t i, n = 0;
    json_t *file;
    json_array_foreach((json_t *)files, i, file)
    {
        if (!is_schema_at_top(json_string_value(file)))
            continue;
        found = json_string_value(file);
        n++;
    }
    if (n == 1)
        return found;
    lambda_error_set(
        error, "Runtime.ConfigInvalid", false,
        "schema %s: %zu files .xsd or .rng lie right below it; name the one to begin "
        "with, %sNAME.xsd",
        uri, n, uri);
    return NULL;
}

static const char *listed(const json_t *files, const char *name, const char *uri,
                          struct lambda_error *error)
{
    size_t i;
    json_t *file;
    json_array_foreach((json_t *)files, i, file)
    {
        if (strcmp(json_string_value(file), name) == 0)
            return name;
    }
    lambda_error_set(error, "S3.NoSuchKey", false, "schema %s: no such object", uri);
    return NULL;
}

/* The local file that s3://bucket/prefix/name has become; the caller's to free. */
static char *local_file(struct schema_download *schemas, const char *uri,
                        struct lambda_error *error)
{
    char *local = NULL;
    char *bucket = strdup(uri + strlen("s3://"));
    char *key = bucket ? strchr(bucket, '/') : NULL;
    if (!key || key == bucket || strlen(uri) > 1200) {
        lambda_error_set(error, "Runtime.ConfigInvalid", false,
                         "schema '%.200s' is not of the form s3://bucket/prefix/name.xsd", uri);
        free(bucket);
        return NULL;
    }
    *key++ = '\0';
    char *slash = strrchr(key, '/');
    char *prefix = strndup(key, slash ? (size_t)(slash + 1 - key) : 0);
    const char *name = slash ? slash + 1 : key;
    const json_t *files = NULL;
    if (prefix)
        files = copy_prefix(schemas, bucket, prefix, error);
    else
        lambda_error_no_memory(error);
    if (files)
        name = *name ? listed(files, name, uri, error) : only_schema(files, uri, error);
    if (files && !name)
        forget_prefix(schemas, bucket, prefix); /* it may be there the next time */
    if (files && name &&
        asprintf(&local, "%s/schemas/%s/%s%s", schemas->scratch->root, bucket, prefix, name) <
            0) {
        local = NULL;
        lambda_error_no_memory(error);
    }
    free(prefix);
    free(bucket);
    return local;
}

/* "s3://..." and "NAMESPACE=s3://..." have the local file in place of the address. */
static int replace_text(struct schema_download *schemas, json_t *value,
                        struct lambda_error *error)
{
    const char *text = json_string_value(value);
    const char *uri = strstr(text, "s3://");
    struct buf whole = {0};
    if (!uri || (uri != text && uri[-1] != '='))
        return 0;
    char *file = local_file(schemas, uri, error);
    if (!file)
        return -1;
    buf_append(&whole, text, (size_t)(uri - text));
    buf_append_string(&whole, file);
    int rc = buf_string(&whole) ? json_string_set(value, whole.data) : -1;
    buf_free(&whole);
    free(file);
    return rc < 0 ? lambda_error_no_memory(error) : 0;
}

static int replace_value(struct schema_download *schemas, json_t *value,
                         struct lambda_error *error)
{
    size_t i;
    const char *name;
    json_t *member;
    if (json_is_string(value))
        return replace_text(schemas, value, error);
    if (json_is_array(value))
        json_array_foreach(value, i, member)
        {
            if (replace_value(schemas, member, error) < 0)
                return -1;
        }
    json_object_foreach(value, name, member)
    {
        (void)name;
        if (replace_value(schemas, member, error) < 0)
            return -1;
    }
    return 0;
}

int schema_download_job(struct schema_download *schemas, struct s3 *s3, json_t *job,
                        struct lambda_error *error)
{
    static const char *const names[] = {"schema", "catalog"};
    schemas->s3 = s3;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(job, names[i]);
        if (value && replace_value(schemas, value, error) < 0)
            return -1;
    }
    return 0;
}
