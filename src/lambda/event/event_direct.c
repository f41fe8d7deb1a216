/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "base/near_name.h"
#include "lambda/event/event_items.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- How an archive is named ---------------------------------------------------------- */

static const char *const uri_members[] = {"uri", "version", "versionId", NULL};
static const char *const key_members[] = {"bucket", "key", "version", "versionId", NULL};
static const char *const bytes_members[] = {"archive_base64", "name", NULL};

/* What S3 tells of an object: in a listing (ListObjectsV2 in the Amazon S3 API Reference), and
 * in an inventory ("Amazon S3 Inventory list" in the User Guide), which a Distributed Map can
 * read as well; and what has to be added to a listing. */
static const char *const listed_members[] = {
    "bucket",
    "version",
    "versionId",
    "Bucket",
    "BucketKeyStatus",
    "ChecksumAlgorithm",
    "ChecksumType",
    "ETag",
    "EncryptionStatus",
    "Etag",
    "IntelligentTieringAccessTier",
    "IsDeleteMarker",
    "IsLatest",
    "IsMultipartUploaded",
    "Key",
    "LastModified",
    "LastModifiedDate",
    "LifecycleExpirationDate",
    "ObjectAccessControlList",
    "ObjectLockLegalHoldStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ObjectOwner",
    "Owner",
    "ReplicationStatus",
    "RestoreStatus",
    "Size",
    "StorageClass",
    "VersionId",
    NULL,
};

/* A member that names an archive, and all that may be said beside it: the rest would go
 * unread. */
static const struct way {
    const char *name;
    const char *const *members;
} ways[] = {{"uri", uri_members},
            {"key", key_members},
            {"archive_base64", bytes_members},
            {"Key", listed_members}};
enum { WAYS = sizeof ways / sizeof *ways };

bool event_names_archive(const json_t *root)
{
    for (size_t i = 0; i < WAYS; i++)
        if (json_object_get(root, ways[i].name))
            return true;
    return false;
}

/* NULL: it names none. */
static int find_way(const json_t *object, const char *what, const struct way **way,
                    struct thresh_error *error)
{
    *way = NULL;
    for (size_t i = 0; i < WAYS; i++) {
        if (!json_object_get(object, ways[i].name))
            continue;
        if (*way)
            return error_set(error, "%s names an archive twice, by \"%s\" and by \"%s\"", what,
                             (*way)->name, ways[i].name);
        *way = &ways[i];
    }
    return 0;
}

/* That what names the archive is text: a version that is passed over is another object. Where
 * an inventory has no version, it has an empty one. */
static int check_texts(const json_t *object, const char *what, struct thresh_error *error)
{
    static const char *const names[] = {"uri",       "bucket", "Bucket",
                                        "key",       "Key",    "version",
                                        "versionId", "name",   "archive_base64"};
    const json_t *listed = json_object_get(object, "VersionId");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_object_get(object, names[i]) && !event_text(object, names[i]))
            return error_set(error,
                             "%s: \"%s\" is not a text, or is empty; give one, or leave it out",
                             what, names[i]);
    if (listed && !json_is_string(listed) && !json_is_null(listed))
        return error_set(error, "%s: \"VersionId\" is not a text", what);
    return 0;
}

/* The one of `names` that is there; NULL: none. */
static int take_one(const json_t *object, const char *what, const char *thing,
                    const char *const *names, const char **taken, struct thresh_error *error)
{
    const char *first = NULL;
    for (; *names; names++) {
        const char *text = event_text(object, *names);
        if (first && text)
            return error_set(error, "%s names %s twice, by \"%s\" and by \"%s\"", what, thing,
                             first, *names);
        if (!text)
            continue;
        first = *names;
        *taken = text;
    }
    return 0;
}

/* -- What it names -------------------------------------------------------------------- */

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

/* An inventory lists what was deleted, too. */
static bool is_delete_marker(const json_t *object)
{
    return json_is_true(json_object_get(object, "IsDeleteMarker")) ||
           event_text_is(object, "IsDeleteMarker", "true");
}

/* Adds what `object` names in that way; `job` is what was said around it. */
static int take_archive(struct event *event, const json_t *object, const struct way *way,
                        const char *what, const char *bucket, const json_t *job, size_t message,
                        struct thresh_error *error)
{
    static const char *const versions[] = {"version", "versionId", "VersionId", NULL};
    static const char *const buckets[] = {"bucket", "Bucket", NULL};
    struct event_object named = {.bucket = bucket,
                                 .key = event_text(object, way->name),
                                 .is_gone = is_delete_marker(object)};
    if (check_texts(object, what, error) < 0 ||
        event_take_job(event, object, what, way->members, &job, error) < 0 ||
        take_one(object, what, "a version", versions, &named.version, error) < 0 ||
        take_one(object, what, "a bucket", buckets, &named.bucket, error) < 0)
        return -1;
    if (way->members == uri_members)
        return add_uri(event, named.key, &named, job, message, error);
    if (way->members == bytes_members)
        return event_add_bytes(event, event_text(object, "name"),
                               json_object_get(object, way->name), true, job, message, error);
    if (!named.bucket)
        return error_set(error,
                         "%s names the key '%s' and no bucket; add \"bucket\" (in Step "
                         "Functions by ItemSelector or ItemBatcher's BatchInput: S3's listing "
                         "has none)",
                         what, named.key);
    return event_add_object(event, &named, job, message, error);
}

/* -- Direct --------------------------------------------------------------------------- */

/* A member that was meant by what the event has. */
static const char *near_member(const char *key)
{
    static const char *const others[] = {"bucket", "version", "versionId", "name",
                                         "Items",  "warmup",  "warmer"};
    struct near_name near = near_name_of(key, strlen(key));
    for (size_t i = 0; i < WAYS; i++)
        near_name_offer(&near, ways[i].name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        near_name_offer(&near, others[i]);
    return near.best && strcmp(near.best, key) != 0 ? near.best : NULL;
}

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
        if (strcmp(key, "warmup") == 0 || strcmp(key, "warmer") == 0)
            return error_set(error, "the event's \"%s\" is not true, and it names no archive",
                             key);
        buf_append_format(&seen, "%s\"%.40s\"", seen.len ? ", " : "", key);
        meant = meant ? meant : near_member(key);
        if (seen.len > 400)
            break;
    }
    const char *members = seen.len ? buf_string(&seen) : "no members";
    if (seen.failed) {
        buf_free(&seen);
        return error_no_memory(error);
    }
    error_set(
        error,
        "the event is of no kind that is known here: it has %s%s%s%s; give {\"uri\": "
        "\"s3://bucket/key\"}, {\"bucket\", \"key\"} or {\"archive_base64\"}, or have S3, "
        "EventBridge, SQS, SNS, S3 Batch, Step Functions or a function URL send it",
        members, meant ? " (did you mean \"" : "", meant ? meant : "", meant ? "\"?)" : "");
    buf_free(&seen);
    return -1;
}

/* Without an ItemBatcher, a Distributed Map hands over each item as S3 listed it. There are
 * folders among them; where people name one, what is in it would go unread. */
int event_take_direct(struct event *event, const json_t *root, size_t message,
                      struct thresh_error *error)
{
    const struct way *way;
    if (find_way(root, "the event", &way, error) < 0)
        return -1;
    if (!way)
        return unknown(root, error);
    const char *text = event_text(root, way->name);
    if (text && text[strlen(text) - 1] == '/' &&
        (way->members == uri_members || way->members == key_members))
        return error_set(error, "%s: '%s' is a folder; name an archive in it", way->name, text);
    return take_archive(event, root, way, "the event", NULL, NULL, message, error);
}

/* -- Step Functions ------------------------------------------------------------------- */

static const char *const map_members[] = {"Items", "BatchInput", "bucket", NULL};
static const char *const input_members[] = {"bucket", NULL};

static int take_listed(struct event *event, const json_t *listed, size_t i, const char *bucket,
                       const json_t *job, struct thresh_error *error)
{
    char what[32];
    const struct way *way;
    snprintf(what, sizeof what, "Items[%zu]", i);
    if (find_way(listed, what, &way, error) < 0)
        return -1;
    if (!way)
        return error_set(error,
                         "%s names no archive; an item has \"Key\", as S3 lists it, \"key\", "
                         "\"uri\" or \"archive_base64\"",
                         what);
    return take_archive(event, listed, way, what, bucket, job, i, error);
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
    if (check_texts(root, "the event", error) < 0 ||
        check_texts(input, "BatchInput", error) < 0 ||
        event_take_job(event, root, "the event", map_members, &job, error) < 0 ||
        event_take_job(event, input, "BatchInput", input_members, &job, error) < 0)
        return -1;
    json_array_foreach(json_object_get(root, "Items"), i, listed)
    {
        if (take_listed(event, listed, i, bucket, job, error) < 0)
            return -1;
    }
    return 0;
}
