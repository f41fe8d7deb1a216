/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/log.h"

#include "base/clock.h"
#include "base/io.h"
#include "lambda/json_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *const level_names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

void log_init(struct log *log, int fd, const char *format, const char *level)
{
    *log = (struct log){.fd = fd, .level = LOG_INFO};
    log->json = format && strcasecmp(format, "JSON") == 0;
    for (int i = 0; level && i <= LOG_FATAL; i++)
        if (strcasecmp(level, level_names[i]) == 0)
            log->level = (enum log_level)i;
}

static void timestamp(char out[32], int64_t unix_ms)
{
    struct tm utc;
    time_t seconds = unix_ms / 1000;
    gmtime_r(&seconds, &utc);
    size_t len = strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + len, 32 - len, ".%03dZ", (int)(unix_ms % 1000));
}

/* One write a line: lines of several processes do not mix. */
static void write_line(struct log *log, struct buf *out)
{
    if (!out->failed)
        io_write_all(log->fd, out->data, out->len);
    buf_free(out);
}

static int put_json(const json_t *line, struct buf *out)
{
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    int rc = text ? buf_append_format(out, "%s\n", text) : -1;
    free(text);
    return rc;
}

void log_json(struct log *log, json_t *line)
{
    struct buf out = {0};
    if (put_json(line, &out) == 0)
        write_line(log, &out);
    buf_free(&out);
    json_decref(line);
}

static int put_text(const struct log *log, const char *stamp, enum log_level level,
                    const char *message, const json_t *members, struct buf *out)
{
    char *more = json_object_size(members) ? json_dumps(members, JSON_COMPACT) : NULL;
    int rc = buf_append_format(out, "%s %s %s%s%s%s%s%s\n", stamp, level_names[level],
                               *log->request_id ? "RequestId: " : "", log->request_id,
                               *log->request_id ? " " : "", message, more ? " " : "",
                               more ? more : "");
    free(more);
    return rc;
}

int log_put(const struct log *log, int64_t unix_ms, enum log_level level, const char *message,
            json_t *members, struct buf *out)
{
    char stamp[32];
    int rc;
    timestamp(stamp, unix_ms);
    if (level < log->level) {
        rc = -1;
    } else if (!log->json) {
        rc = put_text(log, stamp, level, message, members, out);
    } else {
        json_t *line = json_pack("{s:s, s:s, s:o}", "timestamp", stamp, "level",
                                 level_names[level], "message", json_text(message));
        if (*log->request_id)
            json_object_set_new(line, "requestId", json_string(log->request_id));
        json_object_update(line, members);
        rc = put_json(line, out);
        json_decref(line);
    }
    json_decref(members);
    return rc;
}

void log_members(struct log *log, enum log_level level, const char *message, json_t *members)
{
    struct buf out = {0};
    if (log_put(log, clock_unix_ms(), level, message, members, &out) == 0)
        write_line(log, &out);
    buf_free(&out);
}

const char *log_level_name(const struct log *log, enum log_level level)
{
    return level_names[level > log->level ? level : log->level];
}

void log_line(struct log *log, enum log_level level, const char *format, ...)
{
    char message[1200];
    va_list arguments;
    if (level < log->level)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    log_members(log, level, message, NULL);
}
