/* SPDX-License-Identifier: MIT
 *
 * What the function says while it runs, a line for each event worth telling, as JSON or as text
 * ("Configuring advanced logging controls" in the AWS Lambda Developer Guide). A line that
 * cannot be made or written is lost: no run fails for it. No secret may be handed to these
 * functions. A struct log is for one thread at a time.
 */
#ifndef THRESH_LAMBDA_RUNTIME_LOG_H
#define THRESH_LAMBDA_RUNTIME_LOG_H

#include "base/buf.h"
#include <jansson.h>
#include <stdbool.h>

enum log_level { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_FATAL };

struct log {
    int fd;
    bool json;
    enum log_level level;
    char request_id[128]; /* of the invocation, set by whoever handles it; "" between two */
};

/* `format` and `level` are AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL; NULL or not known:
 * text, and LOG_INFO. The descriptor stays the caller's. */
void log_init(struct log *log, int fd, const char *format, const char *level);

__attribute__((format(printf, 3, 4))) void log_line(struct log *log, enum log_level level,
                                                    const char *format, ...);
/* A message with members of its own beside it. Takes over `members`, an object; NULL: none. */
void log_members(struct log *log, enum log_level level, const char *message, json_t *members);
/* Appends the line to `out` instead, as of this unix time. 0; -1: the level is left out, or
 * there is no memory. */
int log_put(const struct log *log, int64_t unix_ms, enum log_level level, const char *message,
            json_t *members, struct buf *out);
/* The name of the level, or of the lowest one that is let through if that is higher. */
const char *log_level_name(const struct log *log, enum log_level level);
/* A line of nothing but this JSON, whatever the format and level are. Takes over `line`. */
void log_json(struct log *log, json_t *line);

#endif
