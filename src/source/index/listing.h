/* SPDX-License-Identifier: MIT
 *
 * The list of entries behind a source: 48 bytes and the name for each, and no allocation of its
 * own, so that a million entries take less than 100 MB. An entry refers to the container that
 * it is in (an archive, a directory, or the command line), and a container to the file that has
 * its bytes.
 *
 * All text is in one arena, and is referred to by its offset there: the arena moves as it
 * grows.
 */
#ifndef THRESH_SOURCE_INDEX_LISTING_H
#define THRESH_SOURCE_INDEX_LISTING_H

#include "source/codec.h"
#include "source/index/entry_name.h"
#include "source/slice.h"
#include "source/source.h"

#include <sys/stat.h>

/* How to read a document. */
enum storage {
    STORAGE_NONE,       /* it is none */
    STORAGE_FILE,       /* a whole file, opened by its name */
    STORAGE_SLICE,      /* `stored` bytes at `offset` in the container's file */
    STORAGE_SPOOL,      /* the same in the spool */
    STORAGE_ZIP_STORED, /* the member of a ZIP archive whose local header is at `offset` in the
                             container's file */
    STORAGE_ZIP_DEFLATED, /* the same, deflated */
};

struct listing_record {
    uint64_t offset; /* as the storage says; of an unreadable entry, its message in the arena */
    uint64_t stored; /* bytes, as they lie there */
    uint64_t size;   /* bytes, unpacked, as stated; 0: not stated */
    uint64_t name;   /* in the arena */
    uint32_t name_len;
    uint32_t container;
    uint32_t crc; /* CRC-32 of the member of a ZIP archive */
    enum entry_kind kind : 8;
    enum storage storage : 4;
    enum codec codec : 4; /* of a document that is a compressed file */
    enum entry_code code : 8;
    unsigned notices : 6;  /* enum entry_notice */
    bool has_raw_name : 1; /* in the arena behind the name: its length in 4 bytes, and itself */
    bool
        is_unseen : 1; /* a document because its name says so: nobody has looked at its bytes */
};

/* Instead of the number of a file. */
#define LISTING_NO_FILE UINT32_MAX
#define LISTING_SPOOL   (UINT32_MAX - 1)

struct listing_container {
    uint64_t prefix; /* in the arena: what the paths of its entries begin with, "a.zip!/b/" */
    uint32_t prefix_len;
    uint32_t input_len; /* how much of the prefix is the input's own part, "a.zip!/" */
    uint32_t file;
    uint32_t same_as; /* the first container with the same prefix; nearly always itself */
    bool is_archive;
};

/* A file to read from, memory, or a directory. There may be more files than descriptors, so one
 * is opened when it is needed and compared with what was listed. */
struct listing_file {
    uint64_t path;        /* in the arena, NUL-terminated */
    struct origin origin; /* if it is memory, or kept open */
    bool is_directory;
    uint64_t size;
    uint64_t inode;
    int64_t modified_s;
    int64_t modified_ns;
};

struct listing {
    struct listing_record *records;
    size_t count, cap;
    struct listing_container *containers;
    size_t n_containers, cap_containers;
    struct listing_file *files;
    size_t n_files, cap_files;
    struct buf arena;
};

/* These return 0, or -1 without memory. */

int listing_add(struct listing *listing, const struct listing_record *record,
                const struct entry_name *name);
int listing_add_container(struct listing *listing, const struct listing_container *container,
                          const char *prefix, size_t len, uint32_t *index);
int listing_add_file(struct listing *listing, const struct listing_file *file, const char *path,
                     uint32_t *index);
/* Marks each entry of an archive that has the name of an earlier one, or one that differs from
 * it only in letter case, in Unicode normal form, or by `\` for `/`. */
int listing_mark_duplicates(struct listing *listing);

void listing_free(struct listing *listing);

/* Notes the facts of a file, by which listing_file_is tells whether it is still the same. A
 * file that is still being written may have been modified since. */
void listing_file_note(struct listing_file *file, const struct stat *facts);
static inline bool listing_file_is_open(const struct listing_file *file)
{
    return file->origin.fd >= 0 || file->origin.memory;
}
bool listing_file_is(const struct listing_file *file, const struct stat *facts,
                     bool is_being_written);

/* Pointers into the arena, valid until something is added. The raw name is the shown one where
 * they do not differ. */
const char *listing_raw_name(const struct listing *listing, const struct listing_record *record,
                             size_t *len);
static inline const char *listing_text(const struct listing *listing, uint64_t at)
{
    return listing->arena.data + at;
}

#endif
