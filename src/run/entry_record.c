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

static void add_notice(struct record *record, const char *notice)
{
    const char *message =
        strcmp(notice, "duplicate-name") == 0
            ? "an earlier entry of this archive has the same name, or one that "
              "differs only in case, slashes or Unicode form"
        : strcmp(notice, "damaged-archive") == 0
            ? "the archive fails the checksum that it has over all its "
              "entries: this one may not be what was packed; get it again"
            : "the name would lead out of the archive, or holds control "
              "characters; it is only shown, never opened";
    record_add_fault(record, SIZE_MAX, "archive", notice, message, strlen(message));
}

int entry_record_end(struct record *record, const struct record_layout *layout,
                     const struct entry *entry, struct buf *out)
{
    for (const char *const *notice = entry->notices; *notice; notice++)
        add_notice(record, *notice);
    return record_encode(out, record, layout);
}
