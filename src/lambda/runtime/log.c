/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/log.h"

#include "base/buf.h"
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

static void timestamp(char out[32])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + len, 32 - len, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* One write a line: lines of several processes do not mix. */
void log_json(struct log *log, json_t *line)
{
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    struct buf out = {0};
    if (text)
        buf_append_format(&out, "%s\n", text);
    if (text && !out.failed)
        io_write_all(log->fd, out.data, out.len);
    free(text);
    buf_free(&out);
    json_decref(line);
}

static void put_text(struct log *log, const char *stamp, enum log_level level,
                     const char *message, const json_t *members)
{
    struct buf out = {0};
    char *more = json_object_size(members) ? json_dumps(members, JSON_COMPACT) : NULL;
    buf_append_format(&out, "%s %s %s%s%s%s%s%s\n", stamp, level_names[level],
                      *log->request_id ? "RequestId: " : "", log->request_id,
                      *log->request_id ? " " : "", message, more ? " " : "", more ? more : "");
    if (!out.failed)
        io_write_all(log->fd, out.data, out.len);
    free(more);
    buf_free(&out);
}

void log_members(struct log *log, enum log_level level, const char *message, json_t *members)
{
    char stamp[32];
    if (level < log->level) {
        json_decref(members);
        return;
    }
    timestamp(stamp);
    if (!log->json) {
        put_text(log, stamp, level, message, members);
        json_decref(members);
        return;
    }
    json_t *line = json_pack("{s:s, s:s, s:o}", "timestamp", stamp, "level", level_names[level],
                             "message", json_text(message));
    if (*log->request_id)
        json_object_set_new(line, "requestId", json_string(log->request_id));
    json_object_update(line, members);
    json_decref(members);
    log_json(log, line);
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
