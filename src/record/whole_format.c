/* SPDX-License-Identifier: MIT */
#include "record/whole_format.h"

#include "record/junit.h"

bool whole_format_is(enum format format)
{
    return format == FORMAT_JUNIT || format == FORMAT_SARIF || format == FORMAT_GITHUB;
}

void whole_format_begin(struct buf *out, enum format format, const struct thresh_stats *stats)
{
    if (format == FORMAT_JUNIT)
        junit_begin(out, stats->entries);
    else if (format == FORMAT_SARIF)
        sarif_begin(out);
}

void whole_format_write(struct whole_format *whole, struct buf *out, enum format format,
                        const struct record_view *view)
{
    if (format == FORMAT_JUNIT)
        junit_write(out, view);
    else if (format == FORMAT_SARIF)
        sarif_write(&whole->sarif, out, view);
    else
        github_write(&whole->github, out, view);
}

void whole_format_end(const struct whole_format *whole, struct buf *out, enum format format,
                      const struct thresh_stats *stats, const char *why)
{
    if (format == FORMAT_JUNIT)
        junit_end(out, why);
    else if (format == FORMAT_SARIF)
        sarif_end(&whole->sarif, out, stats, why);
    else
        github_end(&whole->github, out, stats, why);
}

void whole_format_free(struct whole_format *whole)
{
    buf_free(&whole->sarif.rules);
}
