/* SPDX-License-Identifier: MIT
 *
 * What the function says while it runs: one line a fact, on standard output, JSON or text as
 * AWS_LAMBDA_LOG_FORMAT asks, and one CloudWatch metric record an invocation. Nobody hands a
 * secret to these functions, and none but the loop's thread calls them. A line that cannot be
 * made or written is lost: no run fails for it.
 */
#ifndef THRESH_LAMBDA_RUNTIME_LOG_H
#define THRESH_LAMBDA_RUNTIME_LOG_H

#include "thresh.h"
#include <jansson.h>

enum log_level { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_FATAL };

struct log {
    int fd;
    bool json;
    enum log_level level;
    char request_id[128]; /* empty between invocations */
};

/* format "JSON" or not, level by name; NULL for both is what Lambda does where it says nothing.
 */
void log_init(struct log *log, int fd, const char *format, const char *level);

__attribute__((format(printf, 3, 4))) void log_line(struct log *log, enum log_level level,
                                                    const char *format, ...);
/* With more members than the message: takes over `members`, an object, or NULL for none. */
void log_members(struct log *log, enum log_level level, const char *message, json_t *members);

/* What an invocation came to, over all its archives. */
struct invocation_sums {
    struct thresh_stats
        stats; /* verdicts, documents and bytes added up; the rest of the last run */
    unsigned archives;
    unsigned failed;
    unsigned incomplete;
    double wall_ms;
    double download_ms;
    bool schema_cached; /* no schema was compiled for this invocation */
};

/* In CloudWatch's embedded metric format; `function` NULL: "local". */
void log_metrics(struct log *log, const char *function, const struct invocation_sums *sums);

#endif
