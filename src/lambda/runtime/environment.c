/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/environment.h"

#include "base/near_name.h"
#include "options/job_file.h"
#include "options/option_row.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

const char *environment_text(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

void environment_set_trace(const char *trace_id)
{
    if (*trace_id)
        setenv("_X_AMZN_TRACE_ID", trace_id, 1);
    else
        unsetenv("_X_AMZN_TRACE_ID");
}

void environment_s3(struct s3_settings *settings)
{
    const char *region = environment_text("AWS_REGION");
    const char *ignored = environment_text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    const char *endpoint = environment_text("AWS_ENDPOINT_URL_S3");
    *settings = (struct s3_settings){
        .region = region ? region : environment_text("AWS_DEFAULT_REGION"),
        .endpoint = endpoint ? endpoint : environment_text("AWS_ENDPOINT_URL"),
        .key_id = environment_text("AWS_ACCESS_KEY_ID"),
        .secret = environment_text("AWS_SECRET_ACCESS_KEY"),
        .token = environment_text("AWS_SESSION_TOKEN"),
        .container = {.relative_uri =
                          environment_text("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
                      .full_uri = environment_text("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
                      .token_file = environment_text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
                      .token = environment_text("AWS_CONTAINER_AUTHORIZATION_TOKEN")},
        .requester_pays = environment_text("THRESH_REQUEST_PAYER") != NULL,
        .ca_file = environment_text("AWS_CA_BUNDLE"),
    };
    if (ignored && strcmp(ignored, "true") == 0)
        settings->endpoint = NULL;
}

static int set_option(json_t *job, const char *name, const char *variable, const char *text,
                      struct thresh_error *error)
{
    json_error_t json_error;
    bool is_json = *text == '[' || *text == '{';
    json_t *value =
        is_json ? json_loads(text, JSON_REJECT_DUPLICATES, &json_error) : json_string(text);
    if (!value)
        return error_set(error, "%s: %s%s", variable,
                         is_json ? "begins as JSON and is not: " : "is not UTF-8",
                         is_json ? json_error.text : "");
    json_t *alone = json_pack("{s:O}", name, value);
    int rc = alone ? job_file_check(alone, variable, error) : error_no_memory(error);
    json_decref(alone);
    if (json_object_set_new(job, name, value) < 0)
        rc = error_no_memory(error);
    return rc;
}

enum { NAME_MAX_BYTES = 64 };

/* "max-errors" is THRESH_MAX_ERRORS. */
static void name_variable(char variable[NAME_MAX_BYTES], const char *option)
{
    snprintf(variable, NAME_MAX_BYTES, "THRESH_%s", option);
    for (char *c = variable; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

int environment_job(json_t *job, struct thresh_error *error)
{
    char variable[NAME_MAX_BYTES];
    for (const struct option_row *row = option_rows; row->name; row++) {
        name_variable(variable, row->name);
        const char *text = environment_text(variable);
        /* THRESH_JOB names the job's file. */
        if (text && row->kind != &option_kind_job &&
            set_option(job, row->name, variable, text, error) < 0)
            return -1;
    }
    return 0;
}

/* Variables of ours that are no options. */
static const char *const settings[] = {"response", "metrics", "request-payer", NULL};

static int check_variable(const char *variable, struct thresh_error *error)
{
    char option[NAME_MAX_BYTES], meant[NAME_MAX_BYTES];
    snprintf(option, sizeof option, "%s", variable + strlen("THRESH_"));
    for (char *c = option; *c; c++)
        *c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
    struct near_name near = near_name_of(option, strlen(option));
    for (size_t i = 0; settings[i]; i++)
        near_name_offer(&near, settings[i]);
    for (const struct option_row *row = option_rows; row->name; row++)
        near_name_offer(&near, row->name);
    if (near.best) {
        name_variable(meant, near.best);
        if (strcmp(meant, variable) == 0)
            return 0;
        return error_set(error, "the variable %s is not known; did you mean %s?", variable,
                         meant);
    }
    return error_set(error,
                     "the variable %s is not known; THRESH_ is followed by an option, "
                     "THRESH_MAX_ERRORS",
                     variable);
}

int environment_check(struct thresh_error *error)
{
    for (char *const *setting = environ; *setting; setting++) {
        char variable[NAME_MAX_BYTES];
        int len = (int)strcspn(*setting, "=");
        snprintf(variable, sizeof variable, "%.*s", len, *setting);
        if (strncasecmp(variable, "THRESH_", 7) == 0 && check_variable(variable, error) < 0)
            return -1;
    }
    return 0;
}
