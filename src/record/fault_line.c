/* SPDX-License-Identifier: MIT */
#include "record/fault_line.h"

#include "record/record.h"
#include <string.h>

bool fault_line_is_bad(const struct thresh_record *record)
{
    return record->is_unread || !verdict_is_good((enum verdict)record->verdict);
}

bool fault_line_is_error(const struct thresh_record *record, const struct thresh_fault *fault)
{
    return fault_line_is_bad(record) &&
           (strcmp(fault->kind, "archive") != 0 || record->verdict == THRESH_UNREADABLE);
}

void fault_line_append(struct buf *out, const struct thresh_fault *fault)
{
    if (fault->line)
        buf_append_format(out, "line %llu", (unsigned long long)fault->line);
    if (fault->line && fault->column)
        buf_append_format(out, ", column %llu", (unsigned long long)fault->column);
    if (fault->line)
        buf_append_string(out, ": ");
    buf_append(out, fault->message.bytes, fault->message.len);
}

void fault_line_append_none(struct buf *out, const struct thresh_record *record)
{
    if (record->verdict == THRESH_UNMAPPED)
        buf_append_format(out, "none of the schemas is for its root, %s%s%s%s",
                          *record->root_namespace ? "{" : "", record->root_namespace,
                          *record->root_namespace ? "}" : "", record->root_name);
    else
        buf_append_format(out, "%llu errors, of which --max-errors lets none be told",
                          (unsigned long long)record->errors_total);
}
