/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "lambda/event/event_items.h"
#include <string.h>

/* A URL may be open to strangers. They choose what they are shown; schemas, limits and outputs
 * are the operator's. */
static bool may_be_asked_for(const char *name)
{
    static const char *const allowed[] = {"format", "fields", "max-errors", "include",
                                          "exclude"};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(name, allowed[i]) == 0)
            return true;
    return false;
}

static int http_job(struct event *event, const json_t *parameters, json_t **job,
                    struct thresh_error *error)
{
    const char *name;
    json_t *value;
    if (!(*job = event_keep(event, json_object(), error)))
        return -1;
    json_object_foreach((json_t *)parameters, name, value)
    {
        if (strcmp(name, "name") == 0)
            continue;
        if (!may_be_asked_for(name))
            return error_set(error,
                             "the query parameter '%.60s' cannot be used here; there are "
                             "format, fields, max-errors, include, exclude and name",
                             name);
        json_object_set(*job, name, value);
    }
    return 0;
}

int event_take_http(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *http = json_object_get(json_object_get(root, "requestContext"), "http");
    const json_t *parameters = json_object_get(root, "queryStringParameters");
    const json_t *body = json_object_get(root, "body");
    const char *method = event_text(http, "method");
    json_t *job;
    event->takes_no_stream = !method;
    if (!method)
        method = event_text(root, "httpMethod"); /* payload format 1.0 */
    if (!method || (strcmp(method, "POST") != 0 && strcmp(method, "PUT") != 0))
        return error_set(error, "only POST and PUT are answered: the archive is the body");
    if (!json_string_length(body))
        return error_set(error, "the request has no body: the archive is the body");
    if (http_job(event, parameters, &job, error) < 0)
        return -1;
    bool is_base64 = json_is_true(json_object_get(root, "isBase64Encoded"));
    return event_add_bytes(event, event_text(parameters, "name"), body, is_base64, job, 0,
                           error);
}
