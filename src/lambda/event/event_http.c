/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "base/near_name.h"
#include "base/utf8.h"
#include "lambda/event/event_items.h"
#include "lambda/percent.h"
#include <string.h>

/* -- The query ------------------------------------------------------------------------ */

/* What is URL-encoded, as a JSON string; NULL with the error filled in. */
static json_t *decode(const char *text, size_t len, struct thresh_error *error)
{
    struct buf bytes = {0};
    json_t *decoded = NULL;
    bool is_text = percent_decode_form(text, len, &bytes) == 0 && buf_string(&bytes) &&
                   utf8_is_valid(bytes.data, bytes.len);
    if (is_text)
        decoded = json_string(bytes.data);
    if (is_text ? !decoded : bytes.failed)
        error_no_memory(error);
    else if (!is_text)
        error_set(error, "the query is not URL-encoded UTF-8");
    buf_free(&bytes);
    return decoded;
}

/* A query is an object with the list of values of each name. Takes `value` over; where it is
 * NULL, the error is filled in already. */
static int add_value(json_t *query, const char *name, json_t *value, struct thresh_error *error)
{
    json_t *values = json_object_get(query, name);
    if (!value)
        return -1;
    if (!values && json_object_set_new(query, name, values = json_array()) < 0) {
        json_decref(value);
        return error_no_memory(error);
    }
    return json_array_append_new(values, value) < 0 ? error_no_memory(error) : 0;
}

/* The query as the client wrote it: a=1&b=2. */
static int read_raw(json_t *query, const char *raw, struct thresh_error *error)
{
    int rc = 0;
    for (size_t len; rc == 0 && *raw; raw += len + (raw[len] == '&')) {
        len = strcspn(raw, "&");
        size_t name_len = strcspn(raw, "&=");
        size_t value_at = name_len + (raw[name_len] == '=');
        json_t *name = len ? decode(raw, name_len, error) : NULL;
        if (name)
            rc = add_value(query, json_string_value(name),
                           decode(raw + value_at, len - value_at, error), error);
        else if (len)
            rc = -1;
        json_decref(name);
    }
    return rc;
}

/* One value, or one of a list. */
static int read_value(json_t *query, const char *name, json_t *value, bool is_encoded,
                      struct thresh_error *error)
{
    const char *text = json_string_value(value);
    return add_value(
        query, name,
        is_encoded && text ? decode(text, strlen(text), error) : json_incref(value), error);
}

/* An object with a value, or a list of values, of each name. */
static int read_object(json_t *query, const json_t *object, bool is_encoded,
                       struct thresh_error *error)
{
    const char *name;
    json_t *said, *value;
    size_t i;
    json_object_foreach((json_t *)object, name, said)
    {
        if (!json_is_array(said) && read_value(query, name, said, is_encoded, error) < 0)
            return -1;
        json_array_foreach(said, i, value)
        {
            if (read_value(query, name, value, is_encoded, error) < 0)
                return -1;
        }
    }
    return 0;
}

/* Payload format 2.0 joins the values of a name with commas, and has the query as it was beside
 * that; format 1.0 has lists ("Create AWS Lambda proxy integrations for HTTP APIs" in the API
 * Gateway Developer Guide). A load balancer decodes nothing ("Use Lambda functions as targets"
 * in its User Guide). */
static int read_query(json_t *query, const json_t *root, struct thresh_error *error)
{
    const char *raw = event_text(root, "rawQueryString");
    const json_t *lists = json_object_get(root, "multiValueQueryStringParameters");
    const json_t *plain = json_object_get(root, "queryStringParameters");
    bool is_encoded = json_object_get(json_object_get(root, "requestContext"), "elb");
    if ((lists && !json_is_object(lists) && !json_is_null(lists)) ||
        (plain && !json_is_object(plain) && !json_is_null(plain)))
        return error_set(error, "the query is not an object of parameters");
    return raw ? read_raw(query, raw, error)
               : read_object(query, json_is_object(lists) ? lists : plain, is_encoded, error);
}

/* -- The request ---------------------------------------------------------------------- */

/* A URL may be open to strangers. They choose what they are shown; schemas, limits and outputs
 * are the operator's. */
static const char *const parameters_allowed[] = {"format",  "fields",  "max-errors",
                                                 "include", "exclude", "name"};

static int check_parameter(const char *name, struct thresh_error *error)
{
    struct near_name near = near_name_of(name, strlen(name));
    for (size_t i = 0; i < sizeof parameters_allowed / sizeof *parameters_allowed; i++) {
        if (strcmp(name, parameters_allowed[i]) == 0)
            return 0;
        near_name_offer(&near, parameters_allowed[i]);
    }
    return error_set(error,
                     "the query parameter '%.60s' cannot be used here%s%s%s; there are format, "
                     "fields, max-errors, include, exclude and name",
                     name, near.best ? " (did you mean '" : "", near.best ? near.best : "",
                     near.best ? "'?)" : "");
}

/* From the query to the job, and to the archive's name; NULL: it says none. */
static int take_query(json_t *query, json_t *job, const char **archive,
                      struct thresh_error *error)
{
    const char *name;
    json_t *values;
    *archive = NULL;
    json_object_foreach(query, name, values)
    {
        json_t *only = json_array_size(values) == 1 ? json_array_get(values, 0) : NULL;
        if (check_parameter(name, error) < 0)
            return -1;
        if (strcmp(name, "name") != 0) {
            if (json_object_set(job, name, only ? only : values) < 0)
                return error_no_memory(error);
            continue;
        }
        if (!only)
            return error_set(error, "the query names the archive more than once");
        *archive = json_string_length(only) ? json_string_value(only) : NULL;
    }
    return 0;
}

int event_take_http(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *http = json_object_get(json_object_get(root, "requestContext"), "http");
    const json_t *body = json_object_get(root, "body");
    const char *method = event_text(http, "method"), *name;
    json_t *query, *job;
    event->takes_no_stream = !method;
    if (!method)
        method = event_text(root, "httpMethod"); /* payload format 1.0 */
    if (!method || (strcmp(method, "POST") != 0 && strcmp(method, "PUT") != 0))
        return error_set(error, "only POST and PUT are answered: the archive is the body");
    if (!json_string_length(body))
        return error_set(error, "the request has no body: the archive is the body");
    if (!(query = event_keep(event, json_object(), error)) ||
        !(job = event_keep(event, json_object(), error)) ||
        read_query(query, root, error) < 0 || take_query(query, job, &name, error) < 0)
        return -1;
    bool is_base64 = json_is_true(json_object_get(root, "isBase64Encoded"));
    return event_add_bytes(event, name, body, is_base64, job, 0, error);
}
