/* SPDX-License-Identifier: MIT */
#include "source/unarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAR_BLOCK 512u

/* libarchive's way to a feed, and what the feed had to say when it stopped. */
struct pull {
    struct feed *from;
    struct slice_feed *slice;
    const char *block;
    size_t len;
    uint64_t zeros; /* zero bytes in a row up to the end of what was handed out */
    int rc;
    struct entry_fault fault;
    struct thresh_error error;
};

static int pull_block(struct pull *pull)
{
    if (!pull->rc)
        pull->rc =
            pull->from->next(pull->from, &pull->block, &pull->len, &pull->fault, &pull->error);
    if (pull->rc)
        return -1;
    size_t i = pull->len;
    while (i && !pull->block[i - 1])
        i--;
    pull->zeros = i ? pull->len - i : pull->zeros + pull->len;
    return 0;
}

static la_ssize_t on_read(struct archive *archive, void *data, const void **block)
{
    struct pull *pull = data;
    if (pull_block(pull) < 0) {
        archive_set_error(archive, EIO, "cannot read");
        return ARCHIVE_FATAL;
    }
    *block = pull->block;
    return (la_ssize_t)pull->len;
}

static la_int64_t on_skip(struct archive *archive, void *data, la_int64_t request)
{
    struct slice_feed *slice = ((struct pull *)data)->slice;
    (void)archive;
    if (!slice || request <= 0)
        return 0;
    uint64_t left = slice->end - slice->at;
    uint64_t step = (uint64_t)request < left ? (uint64_t)request : left;
    slice->at += step;
    return (la_int64_t)step;
}

static la_int64_t on_seek(struct archive *archive, void *data, la_int64_t offset, int whence)
{
    struct slice_feed *slice = ((struct pull *)data)->slice;
    la_int64_t len = (la_int64_t)(slice->end - slice->start), base = 0;
    (void)archive;
    if (whence == SEEK_CUR)
        base = (la_int64_t)(slice->at - slice->start);
    if (whence == SEEK_END)
        base = len;
    if (offset > len - base)
        offset = len - base;
    if (offset < -base)
        return ARCHIVE_FATAL;
    slice->at = slice->start + (uint64_t)(base + offset);
    return base + offset;
}

/* Reads on to the end of the feed: are there only zero bytes from `position` on? A slice is
 * read again from one block before, so that the end mark is seen. */
static int drain(struct pull *pull, uint64_t position, bool *is_zero)
{
    struct slice_feed *slice = pull->slice;
    if (slice) {
        uint64_t len = slice->end - slice->start;
        position = position < len ? position : len;
        slice->at = slice->start + (position < TAR_BLOCK ? 0 : position - TAR_BLOCK);
        pull->zeros = 0;
    }
    do {
        if (pull_block(pull) < 0)
            return -1;
    } while (pull->len);
    uint64_t end = slice ? slice->end - slice->start : pull->from->given;
    *is_zero = end <= position || end - position <= pull->zeros;
    return 0;
}

/* The feed's own words if it was the feed, else libarchive's under the code they amount to. */
static int explain(struct archive *archive, const struct pull *pull, struct entry_fault *fault,
                   struct thresh_error *error)
{
    static const struct {
        const char *word;
        enum entry_code code;
    } words[] = {
        {"ncrypt", ENTRY_CODE_ENCRYPTED},     {"Crypto", ENTRY_CODE_ENCRYPTED},
        {"assphrase", ENTRY_CODE_ENCRYPTED},  {"CRC", ENTRY_CODE_CRC},
        {"hecksum", ENTRY_CODE_CRC},          {"runcated", ENTRY_CODE_TRUNCATED},
        {"remature", ENTRY_CODE_TRUNCATED},   {"nexpected end", ENTRY_CODE_TRUNCATED},
        {"not supported", ENTRY_CODE_METHOD}, {"nsupported", ENTRY_CODE_METHOD},
        {"nknown codec", ENTRY_CODE_METHOD},
    };
    if (pull->rc > 0)
        *fault = pull->fault;
    if (pull->rc < 0)
        *error = pull->error;
    if (pull->rc)
        return pull->rc;
    const char *text = archive_error_string(archive);
    if (archive_errno(archive) == ENOMEM)
        return error_no_memory(error);
    enum entry_code code = ENTRY_CODE_DAMAGED;
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i].word)) {
            code = words[i].code;
            break;
        }
    const char *remedy = code == ENTRY_CODE_ENCRYPTED ? "decrypt it first"
                         : code == ENTRY_CODE_METHOD  ? "pack it again with a common method"
                                                        : "get it again";
    return entry_fault_set(fault, code, "%s; %s", text ? text : "the data is damaged", remedy);
}

struct unarchive {
    struct archive *archive;
    struct pull pull;
    locale_t utf8; /* libarchive drops names that the thread's locale does not know */
    bool is_sevenzip;
    unsigned number;
    char made_up[32];
    uint64_t size; /* the member's, with its holes */
    bool has_size, is_sparse, is_done;
    uint64_t at;         /* data given so far, with the holes */
    const char *pending; /* a block behind a hole */
    size_t pending_len;
    uint64_t pending_at;
    bool is_broken; /* by what a member's data said; libarchive itself forgets the reason */
    struct entry_fault broken;
};

struct unarchive *unarchive_open(bool is_sevenzip, struct feed *from, struct slice_feed *slice,
                                 struct thresh_error *error)
{
    struct unarchive *un = calloc(1, sizeof *un);
    if (un)
        un->archive = archive_read_new();
    if (!un || !un->archive) {
        free(un);
        error_no_memory(error);
        return NULL;
    }
    un->is_sevenzip = is_sevenzip;
    un->pull.from = from;
    un->pull.slice = slice;
    un->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (is_sevenzip)
        archive_read_support_format_7zip(un->archive);
    else
        archive_read_support_format_tar(un->archive);
    archive_read_set_read_callback(un->archive, on_read);
    archive_read_set_callback_data(un->archive, &un->pull);
    if (slice)
        archive_read_set_skip_callback(un->archive, on_skip);
    if (is_sevenzip)
        archive_read_set_seek_callback(un->archive, on_seek);
    /* A failure to open is met again, with its reason, at the first header. */
    archive_read_open1(un->archive);
    return un;
}

void unarchive_close(struct unarchive *un)
{
    if (!un)
        return;
    archive_read_free(un->archive);
    if (un->utf8)
        freelocale(un->utf8);
    free(un);
}

static enum member_type type_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) && archive_entry_size(entry) <= 0)
        return MEMBER_HARD_LINK;
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
        return MEMBER_DIRECTORY;
    case AE_IFLNK:
        return MEMBER_SYMLINK;
    case AE_IFREG:
    case 0:
        return MEMBER_FILE;
    default:
        /* What has bytes is a file whatever its mode says: 7z -si packs one as a pipe. */
        return archive_entry_size(entry) > 0 ? MEMBER_FILE : MEMBER_DEVICE;
    }
}

static void describe(struct unarchive *un, struct archive_entry *entry,
                     struct archive_member *member)
{
    const char *name = archive_entry_pathname(entry);
    if (!name)
        name = archive_entry_pathname_utf8(entry);
    if (!name) {
        snprintf(un->made_up, sizeof un->made_up, "entry-%u", un->number);
        name = un->made_up;
    }
    memset(member, 0, sizeof *member);
    member->type = type_of(entry);
    member->name = name;
    member->name_len = strlen(name);
    member->is_encrypted = archive_entry_is_encrypted(entry);
    member->has_size = archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0;
    member->size = member->has_size ? (uint64_t)archive_entry_size(entry) : 0;
    member->is_sparse = archive_entry_sparse_count(entry) > 0;
    un->size = member->size;
    un->has_size = member->has_size;
    un->is_sparse = member->is_sparse;
}

int unarchive_next(struct unarchive *un, struct archive_member *member, bool *more,
                   struct entry_fault *fault, struct thresh_error *error)
{
    struct archive_entry *entry;
    *more = false;
    if (un->is_broken) {
        *fault = un->broken;
        return 1;
    }
    locale_t before = un->utf8 ? uselocale(un->utf8) : (locale_t)0;
    int status = archive_read_next_header(un->archive, &entry);
    *more = status == ARCHIVE_OK || status == ARCHIVE_WARN;
    if (*more) {
        un->number++;
        describe(un, entry, member);
        un->at = 0;
        un->pending_len = 0;
        un->is_done = false;
    }
    if (before)
        uselocale(before);
    if (*more || status == ARCHIVE_EOF)
        return 0;
    return explain(un->archive, &un->pull, fault, error);
}

static const char hole[16u << 10];

/* The next block as libarchive has it: into `pending`, with its place. */
static int next_block(struct unarchive *un, struct entry_fault *fault,
                      struct thresh_error *error)
{
    const void *block = NULL;
    size_t len = 0;
    la_int64_t at = 0;
    int status = archive_read_data_block(un->archive, &block, &len, &at);
    if (status == ARCHIVE_EOF) {
        un->is_done = true;
        un->pending_len = 0;
        un->pending_at = un->is_sparse && un->has_size ? un->size : un->at;
        return 0;
    }
    if (status != ARCHIVE_OK) {
        int rc = explain(un->archive, &un->pull, fault, error);
        un->is_broken = status == ARCHIVE_FATAL && rc > 0;
        if (un->is_broken)
            un->broken = *fault;
        return rc;
    }
    if (at < 0 || (uint64_t)at < un->at)
        return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                               "parts of the entry lie over each other; get it "
                               "again");
    un->pending = block;
    un->pending_len = len;
    un->pending_at = (uint64_t)at;
    return 0;
}

int unarchive_data(struct unarchive *un, const char **block, size_t *len,
                   struct entry_fault *fault, struct thresh_error *error)
{
    *len = 0;
    *block = hole;
    while (!un->is_done && !un->pending_len) {
        int rc = next_block(un, fault, error);
        if (rc)
            return rc;
    }
    if (un->pending_at > un->at) {
        uint64_t gap = un->pending_at - un->at;
        *len = gap < sizeof hole ? (size_t)gap : sizeof hole;
    } else {
        *block = un->pending;
        *len = un->pending_len;
        un->pending_len = 0;
    }
    un->at += *len;
    if (!*len && un->has_size && un->at != un->size)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the entry is %llu bytes long, the archive says %llu; "
                               "get it again",
                               (unsigned long long)un->at, (unsigned long long)un->size);
    return 0;
}

uint64_t unarchive_position(struct unarchive *un)
{
    la_int64_t at = archive_filter_bytes(un->archive, 0);
    return at < 0 ? UINT64_MAX : (uint64_t)at;
}

int unarchive_verify_end(struct unarchive *un, struct entry_fault *fault,
                         struct thresh_error *error)
{
    bool is_zero;
    if (drain(&un->pull, unarchive_position(un), &is_zero) < 0)
        return explain(un->archive, &un->pull, fault, error);
    if (!is_zero)
        return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                               "other bytes follow the tar archive's end mark, "
                               "perhaps a second archive; unpack it with tar --ignore-zeros");
    if (un->pull.zeros < TAR_BLOCK)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the tar archive has no end mark: it may be cut "
                               "off, with entries missing; get it again");
    return 0;
}

struct filter_feed {
    struct feed feed;
    struct archive *archive;
    struct pull pull;
    bool is_begun;
};

/* The bzip2 filter takes no notice of what follows. */
static int verify_rest(struct filter_feed *filter, struct entry_fault *fault,
                       struct thresh_error *error)
{
    la_int64_t taken = archive_filter_bytes(filter->archive, -1);
    bool is_zero = true;
    if (taken >= 0 && drain(&filter->pull, (uint64_t)taken, &is_zero) < 0)
        return explain(filter->archive, &filter->pull, fault, error);
    if (is_zero)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                           "other bytes follow the compressed data; what they "
                           "are is unknown, cut them off");
}

static int filter_next(struct feed *feed, const char **block, size_t *len,
                       struct entry_fault *fault, struct thresh_error *error)
{
    struct filter_feed *filter = (struct filter_feed *)feed;
    struct archive_entry *entry;
    const void *bytes = NULL;
    la_int64_t at;
    int status = ARCHIVE_OK;
    *len = 0;
    *block = hole;
    if (!filter->is_begun)
        status = archive_read_next_header(filter->archive, &entry);
    filter->is_begun = true;
    while (!*len && (status == ARCHIVE_OK || status == ARCHIVE_WARN))
        status = archive_read_data_block(filter->archive, &bytes, len, &at);
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) {
        *len = 0;
        return explain(filter->archive, &filter->pull, fault, error);
    }
    if (*len)
        *block = bytes;
    feed->given += *len;
    return *len ? 0 : verify_rest(filter, fault, error);
}

struct filter_feed *filter_feed_open(enum codec codec, struct feed *from)
{
    struct filter_feed *filter = calloc(1, sizeof *filter);
    if (filter)
        filter->archive = archive_read_new();
    if (!filter || !filter->archive) {
        free(filter);
        return NULL;
    }
    filter->feed.next = filter_next;
    filter->pull.from = from;
    if (codec == CODEC_XZ)
        archive_read_support_filter_xz(filter->archive);
    else if (codec == CODEC_ZSTD)
        archive_read_support_filter_zstd(filter->archive);
    else
        archive_read_support_filter_bzip2(filter->archive);
    archive_read_support_format_raw(filter->archive);
    archive_read_support_format_empty(filter->archive);
    archive_read_set_read_callback(filter->archive, on_read);
    archive_read_set_callback_data(filter->archive, &filter->pull);
    archive_read_open1(filter->archive);
    return filter;
}

struct feed *filter_feed_feed(struct filter_feed *filter)
{
    return &filter->feed;
}

void filter_feed_close(struct filter_feed *filter)
{
    if (!filter)
        return;
    archive_read_free(filter->archive);
    free(filter);
}
