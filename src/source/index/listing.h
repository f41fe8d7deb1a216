/* SPDX-License-Identifier: MIT
 *
 * The flat index behind a source: 48 bytes an entry and its name, so that a million of them
 * stay under 100 MB, and no allocation of its own for any. Entries refer to the container they
 * are in, which is an archive, a directory or the command line, and containers to the file
 * their bytes are in.
 */
#ifndef THRESH_SOURCE_INDEX_LISTING_H
#define THRESH_SOURCE_INDEX_LISTING_H

#include "source/source.h"

/* Where and how a document's stored bytes lie. */
enum storage {
    STORAGE_NONE,
    STORAGE_FILE,       /* a file by its name */
    STORAGE_SLICE,      /* `stored` bytes from `offset` in the container's file */
    STORAGE_SPOOL,      /* the same in the spool */
    STORAGE_ZIP_STORED, /* a ZIP member whose local header is at `offset` in the container's file */
    STORAGE_ZIP_DEFLATED, /* the same, deflated */
};

/* How a document is compressed on top of that: only as a file of its own, as in a.xml.gz. */
enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD, CODEC_BZIP2 };

enum entry_mark {
    ENTRY_MARK_RAW =
        1, /* behind the shown name in the arena: 4 bytes of length, the raw name */
    ENTRY_MARK_UNSAFE = 2,    /* notice "unsafe-name" */
    ENTRY_MARK_DUPLICATE = 4, /* notice "duplicate-name" */
    ENTRY_MARK_XML_NAME =
        8, /* a document because its name says so; its bytes were not looked at */
    ENTRY_MARK_DOUBTED = 16, /* notice "damaged-archive" */
};

struct listing_record {
    uint64_t offset; /* as `how` says; unreadable: its message in the arena */
    uint64_t stored; /* bytes as they lie there */
    uint64_t size;   /* bytes of the document, as stated; 0: not stated */
    uint64_t name;   /* in the arena */
    uint32_t name_len;
    uint32_t container;
    uint32_t crc;
    enum entry_kind kind : 8;
    enum storage storage : 4;
    enum codec codec : 4;
    enum entry_code code : 8;
    unsigned marks : 8; /* enum entry_mark */
};

#define LISTING_NO_FILE UINT32_MAX
#define LISTING_SPOOL   (UINT32_MAX - 1)

struct listing_container {
    uint64_t prefix; /* in the arena: what all its entries' paths begin with */
    uint32_t prefix_len;
    uint32_t input_len; /* of that: the input's own part, "a.zip!/" */
    uint32_t file;
    uint32_t same_as; /* the first container with the same prefix; mostly itself */
    bool is_archive;
};

/* Something to read from. Its name is opened when it is needed, for there may be more archives
 * than descriptors, and compared with what was listed. */
struct listing_file {
    uint64_t path; /* in the arena, NUL-terminated */
    int fd;        /* kept open, or -1 */
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

/* A name, and the bytes it had before it was made fit to be shown, if they differ. */
struct entry_name {
    const char *shown;
    size_t shown_len;
    const char *raw; /* NULL: the same */
    size_t raw_len;
};

/* All return 0, or -1 when there is no memory. */
int listing_add(struct listing *listing, const struct listing_record *record,
                const struct entry_name *name);
int listing_add_container(struct listing *listing, const struct listing_container *container,
                          const char *prefix, size_t len, uint32_t *index);
int listing_add_file(struct listing *listing, const struct listing_file *file, const char *path,
                     uint32_t *index);
/* Marks later entries of an archive whose name was there before, or one that differs from it in
 * letter case, Unicode form or `\` for `/` alone. In duplicates.c. */
int listing_mark_duplicates(struct listing *listing);
void listing_free(struct listing *listing);

/* The raw name; it points into the arena. */
const char *listing_raw_name(const struct listing *listing, const struct listing_record *record,
                             size_t *len);
static inline const char *listing_text(const struct listing *listing, uint64_t at)
{
    return listing->arena.data + at;
}

#endif
