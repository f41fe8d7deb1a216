/* SPDX-License-Identifier: MIT
 *
 * The central directory of a ZIP archive (APPNOTE 4.3.12), record after record.
 */
#include "base/io.h"
#include "base/swar.h"
#include "source/zip/zip_end.h"

#include <libdeflate.h>
#include <string.h>
#include <sys/stat.h>

/* -- Opening -------------------------------------------------------------------------- */

/* What was put before the archive shifts all offsets, but some writers correct those of the
 * members and not that of the directory. The first member tells. */
static int settle_shift(struct zip *zip)
{
    const struct slice *archive = &zip->archive;
    struct slice record = {archive->origin, archive->file, zip->next, ZIP_RECORD_BYTES};
    const unsigned char *s;
    size_t have;
    if (!zip->shift)
        return 0;
    if (window_get(zip->window, &record, &s, &have) < 0)
        return -1;
    if (have < ZIP_RECORD_BYTES || swar_le32(s + 42) == 0xffffffff)
        return 0;
    uint64_t at = archive->at + swar_le32(s + 42);
    unsigned char signature[4];
    ptrdiff_t got = origin_read(&archive->origin, signature, 4, at + zip->shift);
    if (got == 4 && zip_is_signature(signature, 3, 4))
        return 0;
    if (got >= 0)
        got = origin_read(&archive->origin, signature, 4, at);
    if (got == 4 && zip_is_signature(signature, 3, 4))
        zip->shift = 0;
    return got < 0 ? -1 : 0;
}

/* Whether the end record, NULL if there is none, leads to a directory. 0, 1 with *fault, -1. */
static int check_end(const struct zip *zip, const struct zip_end *end,
                     struct entry_fault *fault)
{
    unsigned char head[4] = {0};
    if (!end && origin_read(&zip->archive.origin, head, sizeof head, zip->archive.at) < 0)
        return -1;
    if (end ? end->is_split : zip_is_signature(head, 7, 8))
        return entry_fault_set(
            fault, ENTRY_CODE_SPLIT,
            "this is one part of a ZIP archive split over several files; join "
            "them first (zip -s 0 parts.zip --out whole.zip)");
    if (!end)
        return entry_fault_set(
            fault, ENTRY_CODE_TRUNCATED,
            "the ZIP archive has no end record: its end, with the list of its "
            "entries, is missing; get it again");
    if (end->rank == ZIP_END_LOST)
        return entry_fault_set(
            fault, ENTRY_CODE_DIRECTORY,
            "the ZIP archive's end record points to a list of %llu entries that "
            "is not there; get it again",
            (unsigned long long)end->records);
    return 0;
}

int zip_open(struct zip *zip, const struct slice *archive, struct window *window,
             struct entry_fault *fault)
{
    struct zip_end end;
    *zip = (struct zip){.archive = *archive, .window = window};
    if (archive->len < ZIP_END_BYTES)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the ZIP archive ends after %zu bytes; get it again",
                               (size_t)archive->len);
    int found = zip_end_find(zip, &end);
    if (found < 0)
        return -1;
    int rc = check_end(zip, found ? &end : NULL, fault);
    if (rc)
        return rc;
    zip->next = end.directory;
    zip->directory_end = end.directory_end;
    zip->shift = end.shift;
    zip->records = end.records;
    zip->records_mod_64k = !end.is_64;
    zip->is_exact = end.is_exact;
    zip->first = end.directory;
    return settle_shift(zip);
}

/* -- Records -------------------------------------------------------------------------- */

/* The ZIP64 extra field (APPNOTE 4.5.3) has, in this order, those values only that the record
 * has no room for: they are due. */
static void read_zip64(const unsigned char *s, size_t len, struct zip_member *member, bool *due)
{
    uint64_t *fields[3] = {&member->size, &member->stored, &member->offset};
    for (int i = 0; i < 3; i++) {
        if (!due[i])
            continue;
        if (len < 8)
            return;
        *fields[i] = swar_load_8(s);
        due[i] = false;
        s += 8;
        len -= 8;
    }
}

static void read_extra(const unsigned char *s, size_t len, struct zip_member *member)
{
    bool due[3] = {member->size == 0xffffffff, member->stored == 0xffffffff,
                   member->offset == 0xffffffff};
    while (len >= 4) {
        unsigned id = swar_le16(s);
        size_t n = swar_le16(s + 2);
        s += 4;
        len -= 4;
        if (n > len)
            break;
        if (id == 0x0001) /* ZIP64 */
            read_zip64(s, n, member, due);
        if (id == 0x7075 && /* Info-ZIP's Unicode path, APPNOTE 4.6.9 */
            n > 5 && s[0] == 1 &&
            swar_le32(s + 1) == libdeflate_crc32(0, member->name, member->name_len)) {
            member->unicode_name = (const char *)s + 5;
            member->unicode_name_len = n - 5;
        }
        if (id == 0x9901) /* AES */
            member->is_encrypted = true;
        s += n;
        len -= n;
    }
    /* A member of exactly 4 GiB - 1 bytes needs no ZIP64 field, so a missing size is no fault.
     * A header at that very offset is so unlikely that a missing offset is one. */
    member->is_cut = due[2];
}

/* Flags (APPNOTE 4.4.4), and the file mode that the system named in "version made by" (4.4.2)
 * puts into the external attributes (4.4.15). */
static void read_attributes(const unsigned char *s, struct zip_member *member)
{
    unsigned flags = swar_le16(s + 8), made_by = s[5], mode = swar_le32(s + 38) >> 16;
    member->is_utf8 = flags & 1u << 11;
    member->is_encrypted |= (flags & (1u | 1u << 6 | 1u << 13)) || member->method == 99;
    if (made_by == 3 || made_by == 19) { /* Unix, macOS */
        /* What has more bytes than a path can have is a file whatever the mode says. */
        member->is_symlink = S_ISLNK(mode) && member->size <= 4096;
        member->is_special = !member->size && (S_ISCHR(mode) || S_ISBLK(mode) ||
                                               S_ISFIFO(mode) || S_ISSOCK(mode));
    }
}

/* Makes the offset be one in the file, and says whether the member can lie there. */
static void place_member(struct zip *zip, struct zip_member *member)
{
    const struct slice *archive = &zip->archive;
    if (member->offset > archive->len || zip->shift > archive->len - member->offset) {
        member->is_cut = true;
        member->offset = 0;
    }
    member->offset += archive->at + zip->shift;
    uint64_t end = archive->at + archive->len;
    uint64_t left = end > member->offset ? end - member->offset : 0;
    if (left < ZIP_LOCAL_BYTES + member->name_len ||
        member->stored > left - ZIP_LOCAL_BYTES - member->name_len)
        member->is_cut = true;
    if (!member->is_cut && member->offset < zip->first)
        zip->first = member->offset;
}

int zip_next(struct zip *zip, struct zip_member *member)
{
    struct slice record = {zip->archive.origin, zip->archive.file, zip->next, ZIP_RECORD_BYTES};
    const unsigned char *s;
    size_t have;
    if (zip->directory_end - zip->next < ZIP_RECORD_BYTES)
        return 0;
    if (window_get(zip->window, &record, &s, &have) < 0)
        return -1;
    if (have < ZIP_RECORD_BYTES || !zip_is_signature(s, 1, 2))
        return 0;
    size_t name_len = swar_le16(s + 28), extra_len = swar_le16(s + 30);
    record.len += name_len + extra_len + swar_le16(s + 32);
    if (record.len > zip->directory_end - zip->next)
        return 0;
    if (window_get(zip->window, &record, &s, &have) < 0)
        return -1;
    if (have < record.len)
        return 0;
    memset(member, 0, sizeof *member);
    member->name = (const char *)s + ZIP_RECORD_BYTES;
    member->name_len = name_len;
    member->method = swar_le16(s + 10);
    member->crc = swar_le32(s + 16);
    member->stored = swar_le32(s + 20);
    member->size = swar_le32(s + 24);
    member->offset = swar_le32(s + 42);
    read_extra(s + ZIP_RECORD_BYTES + name_len, extra_len, member);
    read_attributes(s, member);
    place_member(zip, member);
    zip->next += record.len;
    zip->seen++;
    return 1;
}

/* -- The end -------------------------------------------------------------------------- */

/* Whether the bytes before the first member are an archive with an end record of its own. What
 * a deleted entry has left there is a gap, and no harm. 1, 0, or -1 with errno. */
static int is_behind_another(const struct zip *zip)
{
    const struct slice *archive = &zip->archive;
    struct zip before = {.archive = *archive};
    struct zip_end end;
    unsigned char head[4];
    before.archive.len = zip->first - archive->at;
    if (before.archive.len < ZIP_END_BYTES)
        return 0;
    ptrdiff_t got = origin_read(&archive->origin, head, sizeof head, archive->at);
    if (got < (ptrdiff_t)sizeof head || !zip_is_signature(head, 3, 4))
        return got < 0 ? -1 : 0;
    int found = zip_end_find(&before, &end);
    return found > 0 && end.rank == ZIP_END_RECORDS && end.is_exact && !end.shift ? 1
           : found < 0                                                            ? -1
                                                                                  : 0;
}

int zip_verify(struct zip *zip, struct entry_fault *fault)
{
    unsigned char head[6] = {0};
    ptrdiff_t got = origin_read(&zip->archive.origin, head, sizeof head, zip->next);
    if (got < 0)
        return -1;
    if (zip->directory_end - zip->next >= sizeof head && zip_is_signature(head, 5, 5) &&
        zip->directory_end - zip->next - sizeof head == swar_le16(head + 4))
        zip->next = zip->directory_end; /* a digital signature, APPNOTE 4.3.13 */
    uint64_t mask = zip->records_mod_64k ? 0xffff : UINT64_MAX;
    if (zip->next != zip->directory_end || (zip->seen & mask) != (zip->records & mask))
        return entry_fault_set(fault, ENTRY_CODE_DIRECTORY,
                               "the ZIP archive's list of entries is damaged: "
                               "%llu could be read, its end record states %llu; get it again",
                               (unsigned long long)zip->seen, (unsigned long long)zip->records);
    if (zip->doubt)
        return entry_fault_set(fault, ENTRY_CODE_DIRECTORY,
                               "the ZIP archive cannot be trusted: %s", zip->doubt);
    int behind = is_behind_another(zip);
    if (behind > 0)
        return entry_fault_set(
            fault, ENTRY_CODE_DIRECTORY,
            "another ZIP archive lies before the one whose list of entries was "
            "read; cut them apart, or pack them again");
    return behind;
}
