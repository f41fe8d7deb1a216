/* SPDX-License-Identifier: MIT */
#include "source/zip/zip.h"
#include "base/io.h"
#include "source/index/listing.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define END_BYTES     22u
#define RECORD_BYTES  46u
#define LOCAL_BYTES   30u
#define LOCATOR_BYTES 20u
#define END64_BYTES   56u
#define TAIL_BYTES    (END_BYTES + 65535u)

static uint16_t le16(const unsigned char *s)
{
    return (uint16_t)(s[0] | s[1] << 8);
}

static uint32_t le32(const unsigned char *s)
{
    return le16(s) | (uint32_t)le16(s + 2) << 16;
}

static uint64_t le64(const unsigned char *s)
{
    return le32(s) | (uint64_t)le32(s + 4) << 32;
}

static bool is_signature(const unsigned char *s, unsigned char a, unsigned char b)
{
    return s[0] == 'P' && s[1] == 'K' && s[2] == a && s[3] == b;
}

/* One end record that may be the archive's, and where its directory would be. */
struct candidate {
    int rank;   /* 0: no directory there; 1: an empty one; 2: one with records */
    bool exact; /* its comment reaches exactly to the end of the archive */
    bool cut;   /* its comment would reach farther */
    bool split;
    uint64_t directory, directory_end;
    uint64_t shift, records;
    bool is_64;
    uint64_t comment_end;
};

/* The ZIP64 end record before `at`, if a locator says that there is one: 1 and its place. */
static int find_end64(const struct zip *zip, uint64_t at, unsigned char *end64, uint64_t *place)
{
    unsigned char locator[LOCATOR_BYTES];
    if (at - zip->at < LOCATOR_BYTES + END64_BYTES)
        return 0;
    ptrdiff_t got = io_pread_all(zip->fd, locator, sizeof locator, at - LOCATOR_BYTES);
    if (got < (ptrdiff_t)sizeof locator)
        return got < 0 ? -1 : 0;
    if (!is_signature(locator, 6, 7))
        return 0;
    uint64_t stated = le64(locator + 8), last = at - LOCATOR_BYTES - END64_BYTES;
    for (int i = 0; i < 2; i++) {
        /* Where the locator says, or right before it: a prefix moves the first. */
        *place = last;
        if (i == 0 && stated > last - zip->at)
            continue;
        if (i == 0)
            *place = zip->at + stated;
        got = io_pread_all(zip->fd, end64, END64_BYTES, *place);
        if (got < 0)
            return -1;
        if (got == END64_BYTES && is_signature(end64, 6, 6))
            return 1;
    }
    return 0;
}

static int is_record_at(const struct zip *zip, uint64_t at)
{
    unsigned char signature[4];
    ptrdiff_t got = io_pread_all(zip->fd, signature, sizeof signature, at);
    if (got < 0)
        return -1;
    return got == sizeof signature && is_signature(signature, 1, 2);
}

/* Looks for the directory right before the end record, and else where the end record says. */
static int place_directory(const struct zip *zip, struct candidate *c, uint64_t end,
                           uint64_t offset, uint64_t size)
{
    if (size <= end - zip->at && (size == 0) == (c->records == 0)) {
        uint64_t start = end - size, from_start = start - zip->at;
        int is_there = size ? is_record_at(zip, start) : offset <= from_start;
        if (is_there < 0)
            return -1;
        if (is_there && offset <= from_start) {
            c->rank = size ? 2 : 1;
            c->directory = start;
            c->directory_end = end;
            c->shift = from_start - offset;
            return 0;
        }
    }
    if (!size || offset > end - zip->at || size > end - zip->at - offset)
        return 0;
    int is_there = is_record_at(zip, zip->at + offset);
    if (is_there > 0) {
        c->rank = 2;
        c->directory = zip->at + offset;
        c->directory_end = c->directory + size;
        c->shift = 0;
    }
    return is_there < 0 ? -1 : 0;
}

static int judge(const struct zip *zip, const unsigned char *end, uint64_t at,
                 struct candidate *c)
{
    unsigned char end64[END64_BYTES];
    uint64_t directory_end = at, size = le32(end + 12), offset = le32(end + 16);
    unsigned disk = le16(end + 4), directory_disk = le16(end + 6);
    memset(c, 0, sizeof *c);
    c->records = le16(end + 10);
    c->comment_end = at + END_BYTES + le16(end + 20);
    c->exact = c->comment_end == zip->end;
    c->cut = c->comment_end > zip->end;
    int found = find_end64(zip, at, end64, &directory_end);
    if (found < 0)
        return -1;
    if (!found)
        directory_end = at;
    if (found && c->records == 0xffff)
        c->records = le64(end64 + 32);
    if (found && size == 0xffffffff)
        size = le64(end64 + 40);
    if (found && offset == 0xffffffff)
        offset = le64(end64 + 48);
    c->is_64 = found;
    c->split = (disk && disk != 0xffff) || (directory_disk && directory_disk != 0xffff);
    return place_directory(zip, c, directory_end, offset, size);
}

/* Of two end records, the one whose comment ends where the archive ends; among such the first,
 * for the others lie inside its comment. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if ((a->rank == 2) != (b->rank == 2))
        return a->rank == 2;
    if (a->exact != b->exact)
        return a->exact;
    if (a->rank != b->rank)
        return a->rank > b->rank;
    return a->exact;
}

static int choose_end(struct zip *zip, const unsigned char *tail, size_t len,
                      struct candidate *best, bool *found)
{
    *found = false;
    for (size_t i = len - END_BYTES + 1; i-- > 0;) {
        struct candidate c;
        if (!is_signature(tail + i, 5, 6))
            continue;
        if (judge(zip, tail + i, zip->end - len + i, &c) < 0)
            return -1;
        if (*found && c.rank == 2 && c.exact && best->rank == 2 && best->exact)
            zip->doubt = "it has two directories, each with an end record that fits";
        if (!*found || is_better(&c, best))
            *best = c;
        *found = true;
    }
    return 0;
}

/* Some writers shift only the directory's offset, not the members': the first local header
 * tells. */
static int settle_shift(struct zip *zip)
{
    const unsigned char *bytes;
    size_t have;
    if (!zip->shift)
        return 0;
    if (window_get(zip->window, zip->fd, zip->file, zip->next, RECORD_BYTES, &bytes, &have) < 0)
        return -1;
    if (have < RECORD_BYTES || le32(bytes + 42) == 0xffffffff)
        return 0;
    uint64_t offset = le32(bytes + 42);
    unsigned char signature[4];
    ptrdiff_t got = io_pread_all(zip->fd, signature, 4, zip->at + offset + zip->shift);
    if (got == 4 && is_signature(signature, 3, 4))
        return 0;
    if (got >= 0)
        got = io_pread_all(zip->fd, signature, 4, zip->at + offset);
    if (got == 4 && is_signature(signature, 3, 4))
        zip->shift = 0;
    return got < 0 ? -1 : 0;
}

/* After the end record and its comment: padding is harmless, anything else is not ours to pass.
 */
static void judge_rest(struct zip *zip, const struct candidate *best, const unsigned char *tail,
                       size_t len)
{
    if (best->cut)
        zip->doubt = "its comment is cut off";
    if (best->exact || best->cut)
        return;
    size_t rest = (size_t)(zip->end - best->comment_end);
    for (size_t i = len - rest; i < len; i++)
        if (tail[i] && tail[i] != '\n' && tail[i] != '\r')
            zip->doubt = "there are other bytes behind its end";
}

/* The end record, NULL if there is none, that leads nowhere: 0 if it is none of these. */
static int refuse(const struct zip *zip, const struct candidate *end, struct entry_fault *fault)
{
    unsigned char head[4] = {0};
    if (!end && io_pread_all(zip->fd, head, sizeof head, zip->at) < 0)
        return -1;
    if (end ? end->split : is_signature(head, 7, 8))
        return entry_fault_set(
            fault, ENTRY_CODE_SPLIT,
            "this is one part of a ZIP archive split over several files; join "
            "them first (zip -s 0 parts.zip --out whole.zip)");
    if (!end)
        return entry_fault_set(
            fault, ENTRY_CODE_TRUNCATED,
            "the ZIP archive has no end record: its end, with the list of its "
            "entries, is missing; get it again");
    if (end->rank == 0)
        return entry_fault_set(
            fault, ENTRY_CODE_DIRECTORY,
            "the ZIP archive's end record points to a list of %llu entries that "
            "is not there; get it again",
            (unsigned long long)end->records);
    return 0;
}

int zip_open(struct zip *zip, int fd, uint64_t file, uint64_t at, uint64_t len,
             struct window *window, struct entry_fault *fault)
{
    struct candidate best = {0};
    bool found = false;
    memset(zip, 0, sizeof *zip);
    zip->fd = fd;
    zip->file = file;
    zip->at = at;
    zip->end = at + len;
    zip->window = window;
    size_t tail_len = len < TAIL_BYTES ? (size_t)len : TAIL_BYTES;
    if (tail_len < END_BYTES)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the ZIP archive ends after %zu bytes; get it "
                               "again",
                               tail_len);
    unsigned char *tail = malloc(tail_len);
    if (!tail)
        return -1;
    ptrdiff_t got = io_pread_all(fd, tail, tail_len, zip->end - tail_len);
    if (got == (ptrdiff_t)tail_len)
        got = choose_end(zip, tail, tail_len, &best, &found);
    else if (got >= 0)
        got = 0;
    if (got == 0 && found)
        judge_rest(zip, &best, tail, tail_len);
    free(tail);
    if (got < 0)
        return -1;
    int refused = refuse(zip, found ? &best : NULL, fault);
    if (refused)
        return refused;
    zip->next = best.directory;
    zip->directory_end = best.directory_end;
    zip->shift = best.shift;
    zip->records = best.records;
    zip->records_mod_64k = !best.is_64;
    zip->is_exact = best.exact;
    return settle_shift(zip);
}

/* Takes the ZIP64 values from an extra field, in their fixed order, those only that are due. */
static void read_zip64(const unsigned char *s, size_t len, struct zip_member *member, bool *due)
{
    uint64_t *fields[3] = {&member->size, &member->stored, &member->offset};
    for (int i = 0; i < 3; i++) {
        if (!due[i])
            continue;
        if (len < 8)
            return;
        *fields[i] = le64(s);
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
        unsigned id = le16(s);
        size_t n = le16(s + 2);
        s += 4;
        len -= 4;
        if (n > len)
            break;
        if (id == 1)
            read_zip64(s, n, member, due);
        if (id == 0x7075 && n > 5 && s[0] == 1 &&
            le32(s + 1) == libdeflate_crc32(0, member->name, member->name_len)) {
            member->unicode_name = (const char *)s + 5;
            member->unicode_name_len = n - 5;
        }
        if (id == 0x9901)
            member->is_encrypted = true;
        s += n;
        len -= n;
    }
    /* An entry of exactly 4 GiB - 1 needs no ZIP64 field; a local header cannot start there
     * without one in an archive of our sizes, so only that is an error. */
    member->is_cut = due[2];
}

static void read_attributes(const unsigned char *s, struct zip_member *member)
{
    unsigned flags = le16(s + 8), made_by = s[5], mode = le32(s + 38) >> 16;
    member->is_utf8 = flags & 1u << 11;
    member->is_encrypted |= (flags & (1u | 1u << 6 | 1u << 13)) || member->method == 99;
    if (made_by == 3 || made_by == 19) { /* Unix, macOS */
        /* What has more bytes than a path can have is a file whatever the mode says. */
        member->is_symlink = S_ISLNK(mode) && member->size <= 4096;
        member->is_special = !member->size && (S_ISCHR(mode) || S_ISBLK(mode) ||
                                               S_ISFIFO(mode) || S_ISSOCK(mode));
    }
}

int zip_next(struct zip *zip, struct zip_member *member)
{
    const unsigned char *s;
    size_t have;
    if (zip->directory_end - zip->next < RECORD_BYTES)
        return 0;
    if (window_get(zip->window, zip->fd, zip->file, zip->next, RECORD_BYTES, &s, &have) < 0)
        return -1;
    if (have < RECORD_BYTES || !is_signature(s, 1, 2))
        return 0;
    size_t name_len = le16(s + 28), extra_len = le16(s + 30);
    size_t len = RECORD_BYTES + name_len + extra_len + le16(s + 32);
    if (len > zip->directory_end - zip->next)
        return 0;
    if (window_get(zip->window, zip->fd, zip->file, zip->next, len, &s, &have) < 0)
        return -1;
    if (have < len)
        return 0;
    memset(member, 0, sizeof *member);
    member->name = (const char *)s + RECORD_BYTES;
    member->name_len = name_len;
    member->method = le16(s + 10);
    member->crc = le32(s + 16);
    member->stored = le32(s + 20);
    member->size = le32(s + 24);
    member->offset = le32(s + 42);
    read_extra(s + RECORD_BYTES + name_len, extra_len, member);
    read_attributes(s, member);
    uint64_t room = zip->end - zip->at;
    if (member->offset > room || zip->shift > room - member->offset) {
        member->is_cut = true;
        member->offset = 0;
    }
    member->offset += zip->at + zip->shift;
    uint64_t left = zip->end > member->offset ? zip->end - member->offset : 0;
    if (left < LOCAL_BYTES + name_len || member->stored > left - LOCAL_BYTES - name_len)
        member->is_cut = true;
    zip->starts_here |= !member->is_cut && member->offset == zip->at;
    zip->next += len;
    zip->seen++;
    return 1;
}

int zip_verify(struct zip *zip, struct entry_fault *fault)
{
    unsigned char head[6] = {0};
    ptrdiff_t got = io_pread_all(zip->fd, head, sizeof head, zip->next);
    if (got < 0)
        return -1;
    if (zip->directory_end - zip->next >= sizeof head && is_signature(head, 5, 5) &&
        zip->directory_end - zip->next - sizeof head == le16(head + 4))
        zip->next = zip->directory_end; /* a digital signature */
    uint64_t mask = zip->records_mod_64k ? 0xffff : UINT64_MAX;
    if (zip->next != zip->directory_end || (zip->seen & mask) != (zip->records & mask))
        return entry_fault_set(fault, ENTRY_CODE_DIRECTORY,
                               "the ZIP archive's list of entries is damaged: "
                               "%llu could be read, its end record states %llu; get it again",
                               (unsigned long long)zip->seen, (unsigned long long)zip->records);
    if (zip->doubt)
        return entry_fault_set(fault, ENTRY_CODE_DIRECTORY, "the ZIP archive cannot be trusted: %s",
                               zip->doubt);
    got = io_pread_all(zip->fd, head, 4, zip->at);
    if (got == 4 && is_signature(head, 3, 4) && !zip->starts_here)
        return entry_fault_set(fault, ENTRY_CODE_DIRECTORY,
                               "the ZIP archive begins with an entry that its "
                               "list of entries does not have; pack it again");
    return got < 0 ? -1 : 0;
}

static int mismatch(struct entry_fault *fault, const char *what)
{
    return entry_fault_set(fault, ENTRY_CODE_MISMATCH,
                           "the archive's list of entries and the entry itself "
                           "disagree about its %s; pack it again",
                           what);
}

/* Zero means that the sizes and the CRC follow the data, all ones that they are in ZIP64
 * fields. */
static bool agrees(uint64_t local, uint64_t claimed)
{
    return local == 0 || local == 0xffffffff || local == claimed;
}

int zip_locate(struct window *window, int fd, uint64_t file, const struct zip_claim *claim,
               size_t want, uint64_t *data, struct entry_fault *fault)
{
    const unsigned char *s;
    size_t have, need = LOCAL_BYTES + claim->name_len;
    /* With the data and a usual extra field, so that a small entry is read at one go. */
    size_t hope = need + 64 + want;
    if (window_get(window, fd, file, claim->offset, hope < WINDOW_BYTES ? hope : need, &s,
                   &have) < 0)
        return -1;
    if (have < LOCAL_BYTES)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the archive ends before this entry does; get "
                               "it again");
    if (!is_signature(s, 3, 4))
        return mismatch(fault, "place");
    if (have < need)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the archive ends in this entry's name; get it "
                               "again");
    if (le16(s + 26) != claim->name_len ||
        memcmp(s + LOCAL_BYTES, claim->name, claim->name_len))
        return mismatch(fault, "name");
    if (le16(s + 6) & 1)
        return entry_fault_set(fault, ENTRY_CODE_ENCRYPTED,
                               "the entry is encrypted; decrypt the archive "
                               "first");
    if (le16(s + 8) != claim->method)
        return mismatch(fault, "method of compression");
    if (!agrees(le32(s + 18), claim->stored) || !agrees(le32(s + 22), claim->size))
        return mismatch(fault, "size");
    if (le32(s + 14) && le32(s + 14) != claim->crc)
        return mismatch(fault, "CRC-32");
    *data = claim->offset + LOCAL_BYTES + claim->name_len + le16(s + 28);
    return 0;
}

const char *zip_method_name(unsigned method)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {
        {1, "Shrunk"},   {2, "Reduced"},   {3, "Reduced"}, {4, "Reduced"},    {5, "Reduced"},
        {6, "Imploded"}, {9, "Deflate64"}, {10, "DCL"},    {12, "bzip2"},     {14, "LZMA"},
        {16, "CMPSC"},   {18, "TERSE"},    {19, "LZ77"},   {20, "Zstandard"}, {93, "Zstandard"},
        {94, "MP3"},     {95, "XZ"},       {96, "JPEG"},   {97, "WavPack"},   {98, "PPMd"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].method == method)
            return names[i].name;
    return "";
}
