/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "base/near_name.h"
#include "lambda/event/event_items.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Direct --------------------------------------------------------------------------- */

static const char *const direct_members[] = {
    "uri", "bucket", "key", "version", "versionId", "etag", "name", "archive_base64", NULL};

/* Says which members the event has: one of them may be misspelt. */
static int unknown(const json_t *root, struct thresh_error *error)
{
    struct buf seen = {0};
    const char *key, *meant = NULL, *service = event_other_service(root);
    json_t *value;
    if (service)
        return error_set(error,
                         "the event is %s, which names no archive; have S3 tell of archives in "
                         "a bucket (by itself, EventBridge, SNS or SQS), or give {\"uri\": "
                         "\"s3://bucket/key\"}",
                         service);
    json_object_foreach((json_t *)root, key, value)
    {
        (void)value;
        buf_append_format(&seen, "%s\"%.40s\"", seen.len ? ", " : "", key);
        struct near_name near = near_name_of(key, strlen(key));
        for (const char *const *name = direct_members; *name; name++)
            near_name_offer(&near, *name);
        if (!meant && near.best && strcmp(near.best, key) != 0)
            meant = near.best;
        if (seen.len > 400)
            break;
    }
    error_set(
        error,
        "the event is of no kind that is known here: it has %s%s%s%s; give {\"uri\": "
        "\"s3://bucket/key\"}, {\"bucket\", \"key\"} or {\"archive_base64\"}, or have S3, "
        "EventBridge, SQS, SNS, S3 Batch, Step Functions or a function URL send it",
        seen.len && buf_string(&seen) ? seen.data : "no members",
        meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    buf_free(&seen);
    return -1;
}

static int add_uri(struct event *event, const char *uri, const struct event_object *rest,
                   const json_t *job, size_t message, struct thresh_error *error)
{
    const char *bucket = strncmp(uri, "s3://", 5) == 0 ? uri + 5 : NULL;
    const char *slash = bucket ? strchr(bucket, '/') : NULL;
    if (!slash || slash == bucket || !slash[1])
        return error_set(error, "uri: '%s' is not of the form s3://bucket/key", uri);
    struct event_object object = *rest;
    char *name = strndup(bucket, (size_t)(slash - bucket));
    if (!name)
        return error_no_memory(error);
    object.bucket = name;
    object.key = slash + 1;
    int rc = event_add_object(event, &object, job, message, error);
    free(name);
    return rc;
}

bool event_names_archive(const json_t *root)
{
    return json_object_get(root, "uri") || json_object_get(root, "archive_base64") ||
           json_object_get(root, "key") || json_object_get(root, "Key");
}

/* That only one archive is named, and no folder, which would go unread. */
static int check_names(const json_t *root, struct thresh_error *error)
{
    /* S3's listings, which say "Key", have folders among the archives. */
    static const struct {
        const char *name;
        bool may_be_folder;
    } ways[] = {{"uri", false}, {"archive_base64", true}, {"key", false}, {"Key", true}};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!json_object_get(root, ways[i].name))
            continue;
        if (first)
            return error_set(error, "the event names an archive twice, by \"%s\" and by \"%s\"",
                             first, ways[i].name);
        first = ways[i].name;
        const char *text = event_text(root, first);
        if (!ways[i].may_be_folder && text && text[strlen(text) - 1] == '/')
            return error_set(error, "%s: '%s' is a folder; name an archive in it", first, text);
    }
    return 0;
}

/* That what names the archive is text: a version that is passed over is another object. */
static int check_texts(const json_t *root, struct thresh_error *error)
{
    static const char *const names[] = {"uri",  "bucket",  "Bucket",    "key",
                                        "Key",  "version", "versionId", "VersionId",
                                        "etag", "Etag",    "name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_object_get(root, names[i]) && !event_text(root, names[i]))
            return error_set(error,
                             "the event's \"%s\" is not a text, or is empty; give one, or "
                             "leave it out",
                             names[i]);
    return 0;
}

/* NULL: the newest. */
static int take_version(const json_t *root, const char **version, struct thresh_error *error)
{
    static const char *const names[] = {"version", "versionId", "VersionId"};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = event_text(root, names[i]);
        if (first && text)
            return error_set(error, "the event names a version twice, by \"%s\" and by \"%s\"",
                             first, names[i]);
        if (!text)
            continue;
        first = names[i];
        *version = text;
    }
    return 0;
}

int event_take_direct(struct event *event, const json_t *root, size_t message,
                      struct thresh_error *error)
{
    const json_t *job = NULL;
    const json_t *inlined = json_object_get(root, "archive_base64");
    struct event_object object = {.bucket = event_text(root, "bucket"),
                                  .key = event_text(root, "key"),
                                  .etag = event_text(root, "etag")};
    /* Without an ItemBatcher, a Distributed Map hands over each item as S3 listed it. */
    if (!object.key)
        object.key = event_text(root, "Key");
    if (!object.bucket)
        object.bucket = event_text(root, "Bucket");
    if (!object.etag)
        object.etag = event_text(root, "Etag");
    if (!event_text(root, "uri") && !json_is_string(inlined) && !object.key)
        return unknown(root, error);
    if (check_names(root, error) < 0 || check_texts(root, error) < 0 ||
        take_version(root, &object.version, error) < 0 ||
        event_take_job(event, root, "the event", direct_members, &job, error) < 0)
        return -1;
    if (event_text(root, "uri"))
        return add_uri(event, event_text(root, "uri"), &object, job, message, error);
    if (json_is_string(inlined))
        return event_add_bytes(event, event_text(root, "name"), inlined, true, job, message,
                               error);
    if (!object.bucket)
        return error_set(error,
                         "the event names the key '%s' and no bucket; add \"bucket\" (in "
                         "Step Functions by ItemSelector or BatchInput)",
                         object.key);
    return event_add_object(event, &object, job, message, error);
}

/* -- Step Functions ------------------------------------------------------------------- */

static const char *const map_members[] = {"Items", "BatchInput", "bucket", NULL};
static const char *const input_members[] = {"bucket", NULL};
static const char *const item_members[] = {"bucket", "key", NULL};

static int add_listed(struct event *event, const json_t *listed, size_t i, const char *bucket,
                      const json_t *job, struct thresh_error *error)
{
    char what[32];
    struct event_object object = {.bucket = event_text(listed, "Bucket"),
                                  .key = event_text(listed, "Key"),
                                  .version = event_text(listed, "VersionId"),
                                  .etag = event_text(listed, "Etag")};
    /* A list that the user made, not S3's. */
    if (!object.key)
        object.key = event_text(listed, "key");
    if (!object.bucket)
        object.bucket = event_text(listed, "bucket");
    if (!object.bucket)
        object.bucket = bucket;
    if (!object.key || !object.bucket)
        return error_set(error,
                         "Items[%zu] names no %s; add \"bucket\" to ItemBatcher's "
                         "BatchInput: S3's listing has none",
                         i, object.key ? "bucket" : "Key");
    snprintf(what, sizeof what, "Items[%zu]", i);
    if (event_take_job(event, listed, what, item_members, &job, error) < 0)
        return -1;
    return event_add_object(event, &object, job, i, error);
}

int event_take_map(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *input = json_object_get(root, "BatchInput");
    const json_t *job = NULL;
    size_t i;
    json_t *listed;
    const char *bucket = event_text(input, "bucket");
    if (input && !json_is_object(input))
        return error_set(error, "BatchInput is not a JSON object");
    if (!bucket)
        bucket = event_text(root, "bucket");
    if (event_take_job(event, root, "the event", map_members, &job, error) < 0 ||
        event_take_job(event, input, "BatchInput", input_members, &job, error) < 0)
        return -1;
    json_array_foreach(json_object_get(root, "Items"), i, listed)
    {
        if (add_listed(event, listed, i, bucket, job, error) < 0)
            return -1;
    }
    return 0;
}
