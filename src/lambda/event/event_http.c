/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "base/near_name.h"
#include "lambda/event/event_items.h"
#include <string.h>

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

static int http_job(struct event *event, const json_t *parameters, json_t **job,
                    struct thresh_error *error)
{
    const char *name;
    json_t *value;
    if (!(*job = event_keep(event, json_object(), error)))
        return -1;
    json_object_foreach((json_t *)parameters, name, value)
    {
        if (check_parameter(name, error) < 0)
            return -1;
        if (strcmp(name, "name") == 0)
            continue;
        if (json_array_size(value) == 1) /* payload format 1.0 has a list of each */
            value = json_array_get(value, 0);
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
    const json_t *all = json_object_get(root, "multiValueQueryStringParameters");
    if (!method)
        method = event_text(root, "httpMethod"); /* payload format 1.0 */
    if (!method || (strcmp(method, "POST") != 0 && strcmp(method, "PUT") != 0))
        return error_set(error, "only POST and PUT are answered: the archive is the body");
    if (!json_string_length(body))
        return error_set(error, "the request has no body: the archive is the body");
    if (http_job(event, json_is_object(all) ? all : parameters, &job, error) < 0)
        return -1;
    bool is_base64 = json_is_true(json_object_get(root, "isBase64Encoded"));
    return event_add_bytes(event, event_text(parameters, "name"), body, is_base64, job, 0,
                           error);
}
