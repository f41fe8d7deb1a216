/* SPDX-License-Identifier: MIT */
#include "source/zip/zip_end.h"

#include "base/io.h"
#include "base/swar.h"

#include <stdlib.h>
#include <string.h>

#define LOCATOR_BYTES 20u /* the locator of the ZIP64 end record, APPNOTE 4.3.15 */
#define END64_BYTES   56u /* the ZIP64 end record, APPNOTE 4.3.14 */
#define TAIL_BYTES    (ZIP_END_BYTES + 65535u)

/* The ZIP64 end record before the end record at `at`: 1 with its bytes and its place, 0 if
 * there is none, -1 with errno. */
static int find_end64(const struct slice *archive, uint64_t at, unsigned char *end64,
                      uint64_t *place)
{
    unsigned char locator[LOCATOR_BYTES];
    if (at - archive->at < LOCATOR_BYTES + END64_BYTES)
        return 0;
    ptrdiff_t got = origin_read(&archive->origin, locator, sizeof locator, at - LOCATOR_BYTES);
    if (got < (ptrdiff_t)sizeof locator)
        return got < 0 ? -1 : 0;
    if (!zip_is_signature(locator, 6, 7))
        return 0;
    uint64_t stated = swar_load_8(locator + 8), last = at - LOCATOR_BYTES - END64_BYTES;
    for (int i = 0; i < 2; i++) {
        /* Where the locator says, or, if something was put before the archive, right before the
         * locator. */
        *place = last;
        if (i == 0 && stated > last - archive->at)
            continue;
        if (i == 0)
            *place = archive->at + stated;
        got = origin_read(&archive->origin, end64, END64_BYTES, *place);
        if (got < 0)
            return -1;
        if (got == END64_BYTES && zip_is_signature(end64, 6, 6))
            return 1;
    }
    return 0;
}

static int is_record_at(const struct slice *archive, uint64_t at)
{
    unsigned char signature[4];
    ptrdiff_t got = origin_read(&archive->origin, signature, sizeof signature, at);
    if (got < 0)
        return -1;
    return got == sizeof signature && zip_is_signature(signature, 1, 2);
}

/* Looks for a directory of `size` bytes right before `behind`, where the end records begin, and
 * if it is not there, where the end record says, at `offset`. */
static int place_directory(const struct slice *archive, struct zip_end *end, uint64_t behind,
                           uint64_t offset, uint64_t size)
{
    if (size <= behind - archive->at && (size == 0) == (end->records == 0)) {
        uint64_t start = behind - size, from_start = start - archive->at;
        int is_there = size ? is_record_at(archive, start) : offset <= from_start;
        if (is_there < 0)
            return -1;
        if (is_there && offset <= from_start) {
            end->rank = size ? ZIP_END_RECORDS : ZIP_END_EMPTY;
            end->directory = start;
            end->directory_end = behind;
            end->shift = from_start - offset;
            return 0;
        }
    }
    if (!size || offset > behind - archive->at || size > behind - archive->at - offset)
        return 0;
    int is_there = is_record_at(archive, archive->at + offset);
    if (is_there > 0) {
        end->rank = ZIP_END_RECORDS;
        end->directory = archive->at + offset;
        end->directory_end = end->directory + size;
        end->shift = 0;
    }
    return is_there < 0 ? -1 : 0;
}

/* What the end record `s`, which lies at `at`, is worth. */
static int judge(const struct slice *archive, const unsigned char *s, uint64_t at,
                 struct zip_end *end)
{
    unsigned char end64[END64_BYTES];
    uint64_t behind = at, size = swar_le32(s + 12), offset = swar_le32(s + 16);
    unsigned disk = swar_le16(s + 4), directory_disk = swar_le16(s + 6);
    uint64_t archive_end = archive->at + archive->len;
    memset(end, 0, sizeof *end);
    end->records = swar_le16(s + 10);
    end->comment_end = at + ZIP_END_BYTES + swar_le16(s + 20);
    end->is_exact = end->comment_end == archive_end;
    end->is_cut = end->comment_end > archive_end;
    int found = find_end64(archive, at, end64, &behind);
    if (found < 0)
        return -1;
    if (!found)
        behind = at;
    if (found && end->records == 0xffff)
        end->records = swar_load_8(end64 + 32);
    if (found && size == 0xffffffff)
        size = swar_load_8(end64 + 40);
    if (found && offset == 0xffffffff)
        offset = swar_load_8(end64 + 48);
    end->is_64 = found;
    end->is_split = (disk && disk != 0xffff) || (directory_disk && directory_disk != 0xffff);
    return place_directory(archive, end, behind, offset, size);
}

/* A better end record has a comment that ends exactly where the archive ends. Of two such the
 * earlier is better, because the later lies in its comment; the later is looked at first. */
static bool is_better(const struct zip_end *a, const struct zip_end *b)
{
    if ((a->rank == ZIP_END_RECORDS) != (b->rank == ZIP_END_RECORDS))
        return a->rank == ZIP_END_RECORDS;
    if (a->is_exact != b->is_exact)
        return a->is_exact;
    if (a->rank != b->rank)
        return a->rank > b->rank;
    return a->is_exact;
}

static int choose(struct zip *zip, const unsigned char *tail, size_t len, struct zip_end *best)
{
    const struct slice *archive = &zip->archive;
    int found = 0;
    for (size_t i = len - ZIP_END_BYTES + 1; i-- > 0;) {
        struct zip_end end;
        if (!zip_is_signature(tail + i, 5, 6))
            continue;
        if (judge(archive, tail + i, archive->at + archive->len - len + i, &end) < 0)
            return -1;
        if (found && end.rank == ZIP_END_RECORDS && end.is_exact &&
            best->rank == ZIP_END_RECORDS && best->is_exact)
            zip->doubt = "it has two directories, each with an end record that fits";
        if (!found || is_better(&end, best))
            *best = end;
        found = 1;
    }
    return found;
}

/* Behind the end record and its comment padding does no harm; of anything else nobody knows
 * what it is. */
static void judge_rest(struct zip *zip, const struct zip_end *end, const unsigned char *tail,
                       size_t len)
{
    if (end->is_cut)
        zip->doubt = "its comment is cut off";
    if (end->is_exact || end->is_cut)
        return;
    size_t rest = (size_t)(zip->archive.at + zip->archive.len - end->comment_end);
    for (size_t i = len - rest; i < len; i++)
        if (tail[i] && tail[i] != '\n' && tail[i] != '\r')
            zip->doubt = "there are other bytes behind its end";
}

int zip_end_find(struct zip *zip, struct zip_end *end)
{
    const struct slice *archive = &zip->archive;
    size_t len = archive->len < TAIL_BYTES ? (size_t)archive->len : TAIL_BYTES;
    unsigned char *tail = malloc(len);
    if (!tail)
        return -1;
    int found = 0;
    ptrdiff_t got = origin_read(&archive->origin, tail, len, archive->at + archive->len - len);
    if (got == (ptrdiff_t)len)
        found = choose(zip, tail, len, end);
    else if (got < 0)
        found = -1;
    if (found > 0)
        judge_rest(zip, end, tail, len);
    free(tail);
    return found;
}
