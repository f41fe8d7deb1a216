/* SPDX-License-Identifier: MIT */
#include "source/libarchive/unarchive.h"

#include "source/libarchive/unarchive_input.h"

#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unarchive {
    struct archive *archive;
    struct archive_entry *entry; /* ours, for libarchive does not miss its own without memory */
    struct unarchive_input input;
    locale_t utf8; /* libarchive drops names that the thread's locale does not know */
    enum unarchive_format format;
    unsigned number;  /* of the member at hand, from 1 */
    char made_up[32]; /* a name for one that has none */
    uint64_t size;    /* of the member, with its holes */
    bool has_size, is_sparse;
    bool is_done;        /* all its data was given */
    uint64_t at;         /* data given so far, with the holes */
    const char *pending; /* the block to be given next, perhaps after a hole */
    size_t pending_len;
    uint64_t pending_at;
    bool is_broken; /* a member's data broke the archive: kept, for libarchive forgets why */
    int reopened;   /* how often a 7z was opened again behind such a member */
    struct entry_fault broken;
};

/* To open a 7z again may mean unpacking once more all that precedes a member, so after this
 * many times members are only listed. */
#define REOPEN_MOST 16

/* False without memory. */
static bool start(struct unarchive *un)
{
    bool is_sevenzip = un->format == UNARCHIVE_SEVENZIP;
    int rc = is_sevenzip                    ? archive_read_support_format_7zip(un->archive)
             : un->format == UNARCHIVE_CPIO ? archive_read_support_format_cpio(un->archive)
                                            : archive_read_support_format_tar(un->archive);
    return rc == ARCHIVE_OK && unarchive_input_open(un->archive, &un->input, is_sevenzip);
}

struct unarchive *unarchive_open(enum unarchive_format format, struct feed *from,
                                 struct slice_feed *slice, struct thresh_error *error)
{
    struct unarchive *un = calloc(1, sizeof *un);
    if (un && (un->archive = archive_read_new()) && (un->entry = archive_entry_new())) {
        un->format = format;
        un->input.from = from;
        un->input.slice = slice;
        un->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        bool has_memory = un->utf8 || errno != ENOMEM; /* a system may be without it */
        if (has_memory && start(un))
            return un;
    }
    unarchive_close(un);
    error_no_memory(error);
    return NULL;
}

void unarchive_close(struct unarchive *un)
{
    if (!un)
        return;
    if (un->archive)
        archive_read_free(un->archive);
    archive_entry_free(un->entry);
    if (un->utf8)
        freelocale(un->utf8);
    free(un);
}

static enum unarchive_type type_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) && archive_entry_size(entry) <= 0)
        return UNARCHIVE_HARD_LINK;
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
        return UNARCHIVE_DIRECTORY;
    case AE_IFLNK:
        return UNARCHIVE_SYMLINK;
    case AE_IFREG:
    case 0:
        return UNARCHIVE_FILE;
    default:
        /* What has bytes is a file whatever its mode says: 7z -si packs one as a pipe. */
        return archive_entry_size(entry) > 0 ? UNARCHIVE_FILE : UNARCHIVE_DEVICE;
    }
}

static void describe(struct unarchive *un, struct unarchive_member *member)
{
    struct archive_entry *entry = un->entry;
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
    /* Those of pax are UTF-8, or so plain that they needed no record. */
    member->is_utf8 = un->format == UNARCHIVE_SEVENZIP ||
                      archive_format(un->archive) == ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE ||
                      archive_format(un->archive) == ARCHIVE_FORMAT_TAR_PAX_RESTRICTED;
    member->is_encrypted = archive_entry_is_encrypted(entry);
    member->has_size = archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0;
    member->size = member->has_size ? (uint64_t)archive_entry_size(entry) : 0;
    member->is_sparse = archive_entry_sparse_count(entry) > 0;
    un->size = member->size;
    un->has_size = member->has_size;
    un->is_sparse = member->is_sparse;
}

/* Opens a 7z again, behind the member that broke it: its list of entries is whole, and what the
 * others are packed in may be, too. 0, 1: it does not lead there, with *fault, or -1. */
static int reopen(struct unarchive *un, struct entry_fault *fault, struct thresh_error *error)
{
    struct archive *again = archive_read_new();
    if (!again)
        return error_no_memory(error);
    archive_read_free(un->archive);
    un->archive = again;
    un->input = (struct unarchive_input){.from = un->input.from, .slice = un->input.slice};
    un->input.slice->at = un->input.slice->start;
    if (!start(un))
        return error_no_memory(error);
    for (unsigned i = 0; i < un->number; i++) {
        errno = 0;
        int rc = archive_read_next_header2(un->archive, un->entry);
        if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN)
            continue;
        rc = unarchive_input_explain(un->archive, &un->input, fault, error);
        *fault = un->broken;
        return rc;
    }
    un->reopened++;
    un->is_broken = false;
    return 0;
}

/* Behind a member that broke the archive. */
static int go_on(struct unarchive *un, struct entry_fault *fault, struct thresh_error *error)
{
    if (un->format == UNARCHIVE_SEVENZIP)
        return reopen(un, fault, error);
    *fault = un->broken;
    return 1;
}

static int read_header(struct unarchive *un, struct unarchive_member *member, bool *more,
                       struct entry_fault *fault, struct thresh_error *error)
{
    errno = 0;
    int rc = archive_read_next_header2(un->archive, un->entry);
    *more = rc == ARCHIVE_OK || rc == ARCHIVE_WARN;
    if (*more) {
        un->number++;
        describe(un, member);
        un->at = 0;
        un->pending_len = 0;
        un->is_done = false;
    }
    return *more || rc == ARCHIVE_EOF
               ? 0
               : unarchive_input_explain(un->archive, &un->input, fault, error);
}

int unarchive_next(struct unarchive *un, struct unarchive_member *member, bool *more,
                   struct entry_fault *fault, struct thresh_error *error)
{
    *more = false;
    locale_t before = un->utf8 ? uselocale(un->utf8) : (locale_t)0;
    int rc = un->is_broken ? go_on(un, fault, error) : 0;
    if (!rc)
        rc = read_header(un, member, more, fault, error);
    if (before)
        uselocale(before);
    return rc;
}

static const char hole[16u << 10];

/* Makes the next block of libarchive's the pending one, with where it belongs. */
static int next_block(struct unarchive *un, struct entry_fault *fault,
                      struct thresh_error *error)
{
    const void *block = NULL;
    size_t len = 0;
    la_int64_t at = 0;
    errno = 0;
    int rc = archive_read_data_block(un->archive, &block, &len, &at);
    if (rc == ARCHIVE_EOF) {
        un->is_done = true;
        un->pending_len = 0;
        un->pending_at = un->is_sparse && un->has_size ? un->size : un->at;
        return 0;
    }
    if (rc != ARCHIVE_OK) {
        bool is_fatal = rc == ARCHIVE_FATAL;
        rc = unarchive_input_explain(un->archive, &un->input, fault, error);
        un->is_broken = is_fatal && rc > 0;
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
    if (un->is_broken || un->reopened > REOPEN_MOST) {
        *fault = un->broken;
        return 1;
    }
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

bool unarchive_is_broken(const struct unarchive *un)
{
    return un->is_broken;
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
    if (unarchive_input_drain(&un->input, unarchive_position(un), &is_zero) < 0)
        return unarchive_input_explain(un->archive, &un->input, fault, error);
    if (!is_zero && (un->format == UNARCHIVE_CPIO ||
                     !unarchive_input_is_padding(&un->input, unarchive_position(un))))
        return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                               "other bytes follow the archive's end mark, perhaps a second "
                               "archive; cut them off (of a tar, unpack it with "
                               "tar --ignore-zeros)");
    if (un->format == UNARCHIVE_TAR && is_zero && un->input.zeros < UNARCHIVE_TAR_BLOCK)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the tar archive has no end mark: it may be cut "
                               "off, with entries missing; get it again");
    return 0;
}
