/* SPDX-License-Identifier: MIT */
#include "lambda/s3/schema_download.h"

#include "base/array.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FILES_MAX  5000
#define FILE_BYTES 4096 /* that a file or a directory takes beside what it holds, at most */

/* Of the room in the temporary directory, for what no job has. */
#define ROOM_FRACTION 4

/* What was copied of "bucket/prefix/". */
struct schema_copy {
    char *name; /* NULL: not to be found again */
    struct scratch scratch;
    json_t *files; /* as paths below the prefix */
    uint64_t bytes;
    unsigned users; /* these two and `name` within the lock */
    uint64_t used;
    struct schema_copy *next;
};

void schema_download_open(struct schema_download *schemas, const struct scratch *scratch,
                          void (*gone)(void *context, const char *directory), void *context)
{
    struct statvfs room;
    *schemas = (struct schema_download){
        .scratch = scratch, .gone = gone, .context = context, .lock = KEYED_LOCK_INITIALIZER};
    if (statvfs(scratch->root, &room) == 0)
        schemas->max_bytes = (uint64_t)room.f_blocks * room.f_frsize / ROOM_FRACTION;
}

static void free_copy(struct schema_copy *copy)
{
    scratch_close(&copy->scratch);
    json_decref(copy->files);
    free(copy->name);
    free(copy);
}

/* -- Giving back ---------------------------------------------------------------------- */

/* What no job has: first what cannot be found, then the oldest. */
static struct schema_copy **find_oldest(struct schema_download *schemas)
{
    struct schema_copy **oldest = NULL;
    for (struct schema_copy **at = &schemas->copies; *at; at = &(*at)->next)
        if (!(*at)->users &&
            (!oldest || !(*at)->name || ((*oldest)->name && (*at)->used < (*oldest)->used)))
            oldest = at;
    return oldest;
}

/* Removes copies that no job has until all take no more than this. True: there was one. */
static bool give_back(struct schema_download *schemas, uint64_t max_bytes)
{
    struct schema_copy **oldest, *out = NULL;
    keyed_lock_begin(&schemas->lock);
    while ((oldest = find_oldest(schemas)) &&
           (schemas->bytes > max_bytes || !(*oldest)->name)) {
        struct schema_copy *copy = *oldest;
        *oldest = copy->next;
        schemas->bytes -= copy->bytes;
        copy->next = out;
        out = copy;
    }
    keyed_lock_end(&schemas->lock);
    bool any = out;
    for (struct schema_copy *copy; (copy = out);) {
        out = copy->next;
        schemas->gone(schemas->context, copy->scratch.root);
        free_copy(copy);
    }
    return any;
}

void schema_download_release(struct schema_download *schemas, struct schema_use *use)
{
    keyed_lock_begin(&schemas->lock);
    for (size_t i = 0; i < use->n; i++) {
        use->copies[i]->users--;
        use->copies[i]->used = ++schemas->uses;
    }
    keyed_lock_end(&schemas->lock);
    free(use->copies);
    *use = (struct schema_use){0};
    give_back(schemas, schemas->max_bytes);
}

void schema_download_close(struct schema_download *schemas)
{
    if (schemas->gone)
        give_back(schemas, 0);
}

/* -- Copying -------------------------------------------------------------------------- */

/* For one job. */
struct call {
    struct schema_download *schemas;
    struct s3 *s3;
    int64_t until_ms;
    struct schema_use *use;
    struct lambda_error *error;
};

struct copying {
    struct call *call;
    const char *bucket;
    size_t prefix_len;
    struct schema_copy *copy;
};

static int copy_object(struct copying *copying, const char *key, struct lambda_error *error)
{
    char path[4400], name[1400];
    uint64_t size = 0;
    struct s3_object object = {.bucket = copying->bucket, .key = key};
    snprintf(name, sizeof name, "%s/%s", copying->bucket, key);
    int fd = scratch_schema(&copying->copy->scratch, name, path, sizeof path, &error->message);
    if (fd < 0) {
        snprintf(error->type, sizeof error->type, "Thresh.Storage");
        return -1;
    }
    int rc = s3_get(copying->call->s3, &object, fd, &size, error);
    close(fd);
    copying->copy->bytes += size + FILE_BYTES;
    return rc;
}

static int copy_listed(void *context, const char *key, struct lambda_error *error)
{
    struct copying *copying = context;
    json_t *files = copying->copy->files;
    size_t len = strlen(key);
    if (len <= copying->prefix_len || key[len - 1] == '/')
        return 0;
    if (json_array_size(files) == FILES_MAX)
        return lambda_error_set(
            error, "Runtime.ConfigInvalid", false,
            "s3://%s/%.*s: more than %d objects lie below it; give schemas a "
            "prefix of their own",
            copying->bucket, (int)copying->prefix_len, key, FILES_MAX);
    if (copy_object(copying, key, error) < 0)
        return -1;
    return json_array_append_new(files, json_string(key + copying->prefix_len)) < 0
               ? lambda_error_no_memory(error)
               : 0;
}

/* NULL: it has failed, and nothing is left of it. */
static struct schema_copy *make_copy(struct call *call, const char *name, const char *bucket,
                                     const char *prefix)
{
    struct schema_copy *copy = calloc(1, sizeof *copy);
    struct copying copying = {call, bucket, strlen(prefix), copy};
    int rc = -1;
    if (!copy || !(copy->name = strdup(name)) || !(copy->files = json_array()))
        lambda_error_no_memory(call->error);
    else if (scratch_part(call->schemas->scratch, &copy->scratch, &call->error->message) < 0)
        snprintf(call->error->type, sizeof call->error->type, "Thresh.Storage");
    else
        rc = s3_list(call->s3, bucket, prefix, copy_listed, &copying, call->error);
    if (rc == 0)
        return copy;
    if (copy)
        free_copy(copy);
    return NULL;
}

/* The same, with the room that copies take which no job has. */
static struct schema_copy *make_room_and_copy(struct call *call, const char *name,
                                              const char *bucket, const char *prefix)
{
    struct schema_copy *copy = make_copy(call, name, bucket, prefix);
    if (!copy && strcmp(call->error->type, "Thresh.Storage") == 0 &&
        give_back(call->schemas, 0))
        copy = make_copy(call, name, bucket, prefix);
    return copy;
}

static struct schema_copy *find(struct schema_download *schemas, const char *name)
{
    keyed_lock_begin(&schemas->lock);
    struct schema_copy *copy = schemas->copies;
    while (copy && (!copy->name || strcmp(copy->name, name) != 0))
        copy = copy->next;
    if (copy)
        copy->users++;
    keyed_lock_end(&schemas->lock);
    return copy;
}

static void add(struct schema_download *schemas, struct schema_copy *copy)
{
    keyed_lock_begin(&schemas->lock);
    copy->users = 1;
    copy->bytes += FILE_BYTES;
    copy->next = schemas->copies;
    schemas->copies = copy;
    schemas->bytes += copy->bytes;
    keyed_lock_end(&schemas->lock);
}

/* All files below the prefix, which the first call copies; the job has them from now on. NULL:
 * it has failed. */
static struct schema_copy *copy_prefix(struct call *call, const char *bucket,
                                       const char *prefix)
{
    struct schema_download *schemas = call->schemas;
    struct schema_use *use = call->use;
    struct schema_copy **copies =
        array_room(use->copies, &use->cap, use->n + 1, sizeof *copies);
    char name[1400];
    snprintf(name, sizeof name, "%s/%s", bucket, prefix);
    if (copies)
        use->copies = copies;
    int held = copies ? keyed_lock_hold(&schemas->lock, name, call->until_ms) : -1;
    if (held > 0)
        lambda_error_set(call->error, "Thresh.Deadline", true,
                         "s3://%s: the time was up while the schemas there were being fetched "
                         "for another invocation; raise the function's timeout",
                         name);
    else if (held < 0)
        lambda_error_no_memory(call->error);
    if (held != 0)
        return NULL;
    struct schema_copy *copy = find(schemas, name);
    if (!copy && (copy = make_room_and_copy(call, name, bucket, prefix)))
        add(schemas, copy);
    keyed_lock_drop(&schemas->lock, name);
    if (copy)
        use->copies[use->n++] = copy;
    return copy;
}

static void forget(struct schema_download *schemas, struct schema_copy *copy)
{
    keyed_lock_begin(&schemas->lock);
    free(copy->name);
    copy->name = NULL;
    keyed_lock_end(&schemas->lock);
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
static char *local_file(struct call *call, const char *uri)
{
    char *local = NULL;
    char *bucket = strdup(uri + strlen("s3://"));
    char *key = bucket ? strchr(bucket, '/') : NULL;
    if (!bucket) {
        lambda_error_no_memory(call->error);
        return NULL;
    }
    if (!key || key == bucket || strlen(uri) > 1200) {
        lambda_error_set(call->error, "Runtime.ConfigInvalid", false,
                         "schema '%.200s' is not of the form s3://bucket/prefix/name.xsd", uri);
        free(bucket);
        return NULL;
    }
    *key++ = '\0';
    char *slash = strrchr(key, '/');
    char *prefix = strndup(key, slash ? (size_t)(slash + 1 - key) : 0);
    const char *name = slash ? slash + 1 : key;
    struct schema_copy *copy = NULL;
    if (prefix)
        copy = copy_prefix(call, bucket, prefix);
    else
        lambda_error_no_memory(call->error);
    if (copy)
        name = *name ? listed(copy->files, name, uri, call->error)
                     : only_schema(copy->files, uri, call->error);
    if (copy && !name)
        forget(call->schemas, copy); /* it may be there the next time */
    if (copy && name &&
        asprintf(&local, "%s/schemas/%s/%s%s", copy->scratch.root, bucket, prefix, name) < 0) {
        local = NULL;
        lambda_error_no_memory(call->error);
    }
    free(prefix);
    free(bucket);
    return local;
}

/* "s3://..." and "NAMESPACE=s3://..." have the local file in place of the address. */
static int replace_text(struct call *call, json_t *value)
{
    const char *text = json_string_value(value);
    const char *uri = strstr(text, "s3://");
    struct buf whole = {0};
    if (!uri || (uri != text && uri[-1] != '='))
        return 0;
    char *file = local_file(call, uri);
    if (!file)
        return -1;
    buf_append(&whole, text, (size_t)(uri - text));
    buf_append_string(&whole, file);
    int rc = buf_string(&whole) ? json_string_set(value, whole.data) : -1;
    buf_free(&whole);
    free(file);
    return rc < 0 ? lambda_error_no_memory(call->error) : 0;
}

static int replace_value(struct call *call, json_t *value)
{
    size_t i;
    const char *name;
    json_t *member;
    if (json_is_string(value))
        return replace_text(call, value);
    if (json_is_array(value))
        json_array_foreach(value, i, member)
        {
            if (replace_value(call, member) < 0)
                return -1;
        }
    json_object_foreach(value, name, member)
    {
        (void)name;
        if (replace_value(call, member) < 0)
            return -1;
    }
    return 0;
}

int schema_download_job(struct schema_download *schemas, struct s3 *s3, json_t *job,
                        int64_t until_ms, struct schema_use *use, struct lambda_error *error)
{
    static const char *const names[] = {"schema", "catalog"};
    struct call call = {schemas, s3, until_ms, use, error};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(job, names[i]);
        if (value && replace_value(&call, value) < 0)
            return -1;
    }
    return 0;
}
