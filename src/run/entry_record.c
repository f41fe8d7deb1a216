/* SPDX-License-Identifier: MIT */
#include "run/entry_record.h"

#include <string.h>

void entry_record_unreadable(struct record *record, const char *code, const char *message)
{
    record->verdict = VERDICT_UNREADABLE;
    record_add_fault(record, 1, strncmp(code, "limit-", 6) == 0 ? "limit" : "archive", code,
                     message, strlen(message));
}

int entry_record_begin(struct record *record, const struct source *source, uint64_t index,
                       struct buf *path, struct entry *entry)
{
    if (source_entry(source, index, path, entry) < 0)
        return -1;
    record_clear(record);
    record->index = index;
    record->path = record_add_text(record, entry->path, entry->path_len);
    if (entry->kind == ENTRY_SKIPPED) {
        record->verdict = VERDICT_SKIPPED;
        record->reason = entry_code_word(entry->code);
    } else if (entry->kind == ENTRY_UNREADABLE) {
        entry_record_unreadable(record, entry_code_word(entry->code), entry->message);
    }
    return 0;
}

static const struct {
    enum entry_notice notice;
    const char *code, *message;
} notices[] = {
    {ENTRY_NOTICE_DAMAGED_ARCHIVE, "damaged-archive",
     "the archive fails the checksum that it has over all its entries: this one may not be "
     "what was packed; get it again"},
    {ENTRY_NOTICE_UNSAFE_NAME, "unsafe-name",
     "the name would lead out of the archive, or holds control characters; it is only "
     "shown, never opened"},
    {ENTRY_NOTICE_DUPLICATE_NAME, "duplicate-name",
     "an earlier entry of this archive has the same name, or one that differs only in case, "
     "slashes or Unicode form"},
};

int entry_record_end(struct record *record, const struct record_layout *layout,
                     const struct entry *entry, const struct record_memo *memo, struct buf *out)
{
    for (size_t i = 0; i < sizeof notices / sizeof *notices; i++)
        if (entry->notices & notices[i].notice)
            record_add_fault(record, SIZE_MAX, "archive", notices[i].code, notices[i].message,
                             strlen(notices[i].message));
    return record_encode(out, record, layout, memo);
}
