/* SPDX-License-Identifier: MIT
 *
 * Which bytes of an input that is still arriving its entries take.
 */
#include "source/source_private.h"
#include "source/zip/zip.h"

/* A local header's name and extra field (APPNOTE 4.3.7), which need not be the directory's. */
#define LOCAL_MOST (ZIP_LOCAL_BYTES + 2u * 65535u)
/* What is mostly between two entries that follow each other: a data descriptor (4.3.9), and
 * the extra field of the first one's header. */
#define BETWEEN_MOST 4096u

/* Where in the input the entry's bytes are, with `more` for what a ZIP archive has before them.
 * False: it is not read, or not from there. */
static bool place(const struct source *source, uint64_t index, uint64_t more, uint64_t *offset,
                  uint64_t *len)
{
    const struct listing_record *record = &source->listing.records[index];
    if (record->storage == STORAGE_NONE || record->storage == STORAGE_SPOOL ||
        (record->storage != STORAGE_FILE &&
         source->listing.containers[record->container].file == LISTING_SPOOL))
        return false;
    *offset = record->storage == STORAGE_FILE ? 0 : record->offset;
    *len = record->stored;
    if (record->storage >= STORAGE_ZIP_STORED)
        *len += more;
    return true;
}

/* What follows each other is asked for at once, or who fetches it would begin with crumbs. */
void source_want(const struct source *source, uint64_t first, uint64_t end)
{
    const struct arrival *arrival = source->options.arrival;
    uint64_t from = 0, to = 0, offset, len;
    for (uint64_t i = first; arrival && i < end; i++) {
        if (!place(source, i, ZIP_LOCAL_BYTES + source->listing.records[i].name_len, &offset,
                   &len))
            continue;
        if (offset < from || offset > to + BETWEEN_MOST) {
            arrival->want(arrival->context, from, to - from);
            from = to = offset;
        }
        if (offset + len > to)
            to = offset + len;
    }
    if (arrival)
        arrival->want(arrival->context, from, to - from);
}

int source_await(const struct source *source, uint64_t first, uint64_t end,
                 struct thresh_error *error)
{
    const struct arrival *arrival = source->options.arrival;
    uint64_t offset, len;
    source_want(source, first, end);
    for (uint64_t i = first; arrival && i < end; i++)
        if (place(source, i, LOCAL_MOST, &offset, &len) &&
            !arrival->await(arrival->context, offset, len, &len))
            return error_set(error, "the rest of the archive did not arrive");
    return 0;
}
