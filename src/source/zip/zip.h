/* SPDX-License-Identifier: MIT
 *
 * Reads ZIP archives by their central directory, one record after the other: nothing is kept of
 * a member but what the caller keeps. Every record is checked against its bounds, the directory
 * against the end record, and local headers against the directory, so that whatever does not
 * add up is told.
 *
 * The format is that of APPNOTE.TXT 6.3.10; numbers behind "APPNOTE" are its sections.
 *
 * All offsets that are handed out are from the start of the file: what lies in it before the
 * archive (an outer archive, or the program of a self-extracting one) is added already.
 *
 * A struct zip belongs to one thread, and so does its window.
 */
#ifndef THRESH_SOURCE_ZIP_ZIP_H
#define THRESH_SOURCE_ZIP_ZIP_H

#include "source/codec.h"
#include "source/entry_fault.h"
#include "source/window.h"

#include <stdbool.h>

enum zip_lengths {                       /* in bytes, without what is of variable length */
                   ZIP_LOCAL_BYTES = 30, /* a local header, APPNOTE 4.3.7 */
                   ZIP_RECORD_BYTES =
                       46, /* a record of the central directory, APPNOTE 4.3.12 */
};

enum zip_method { ZIP_STORED = 0, ZIP_DEFLATED = 8 }; /* APPNOTE 4.4.5 */

/* What a member of another method is compressed with; CODEC_NONE if that is unknown here. */
enum codec zip_method_codec(unsigned method);

/* -- The directory -------------------------------------------------------------------- */

/* An archive that is being listed. */
struct zip {
    struct slice archive;
    struct window *window;
    uint64_t next;          /* the record to read next */
    uint64_t directory_end; /* one byte behind the last record */
    uint64_t shift;         /* to be added to stated offsets, besides the archive's own */
    uint64_t records;       /* how many the end record states */
    bool records_mod_64k;   /* it states only their low 16 bits */
    uint64_t seen;          /* how many were read */
    uint64_t first;         /* the least offset of a member */
    bool is_exact;          /* the end record's comment ends where the archive does */
    const char *doubt;      /* what speaks against an end record that is good enough; or NULL */
};

struct zip_member {
    const char *name; /* as it is stored, in the window: valid until that moves */
    size_t name_len;
    const char *unicode_name; /* of the Info-ZIP extra field (APPNOTE 4.6.9), if it belongs to
                                 `name`; else NULL */
    size_t unicode_name_len;
    uint64_t offset;       /* of its local header */
    uint64_t stored, size; /* in bytes */
    uint32_t crc;
    unsigned method;
    bool is_utf8, is_encrypted, is_symlink, is_special;
    bool is_cut; /* it lacks a ZIP64 field that it needs, or lies outside the archive */
};

/* Finds the directory of an archive. 0, 1 with *fault, -1 with errno. The window must outlive
 * *zip; others may use it, too. */
int zip_open(struct zip *zip, const struct slice *archive, struct window *window,
             struct entry_fault *fault);
/* 1 with the next member, 0 at the end of what is there, -1 with errno. */
int zip_next(struct zip *zip, struct zip_member *member);
/* After the last member: 0; 1 with the reason why the directory cannot be the whole truth; -1
 * with errno. */
int zip_verify(struct zip *zip, struct entry_fault *fault);

/* -- A member ------------------------------------------------------------------------- */

/* What the directory says of a member, to be compared with its local header. */
struct zip_claim {
    const char *name; /* as it is stored */
    size_t name_len;
    uint64_t size;
    uint32_t crc;
    unsigned method;
};

/* Checks the local header at member->at against *claim, and moves member->at behind it, to the
 * member's bytes, of which there are member->len. Afterwards the window is at the header, with
 * up to `want` bytes of data if they fit. 0, 1 with *fault, -1 with errno. */
int zip_locate(struct window *window, const struct zip_claim *claim, size_t want,
               struct slice *member, struct entry_fault *fault);

const char *zip_method_name(unsigned method); /* for people; "" if it has none */

#endif
