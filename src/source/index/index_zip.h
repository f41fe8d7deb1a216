/* SPDX-License-Identifier: MIT
 *
 * What the three files that list a ZIP archive share: index_zip.c goes through its members,
 * index_zip_member.c gets at the bytes of one, index_zip_overlap.c tells members that lie over
 * each other.
 */
#ifndef THRESH_SOURCE_INDEX_INDEX_ZIP_H
#define THRESH_SOURCE_INDEX_INDEX_ZIP_H

#include "source/index/indexer.h"
#include "source/zip/zip.h"

struct zip_walk {
    struct indexer *indexer;
    const struct index_item *archive;
    struct zip zip;
    uint32_t container;
    uint64_t directory;  /* where the directory begins: no member may reach into it */
    uint64_t reach;      /* the farthest end of a member so far */
    bool may_overlap;    /* a member begins before that, or reaches into the directory */
    struct buf unpacked; /* the extents of the members that were unpacked, in order of offset */
};

/* -- A member's bytes (index_zip_member.c). These return 0, 1 with *fault, or -1. ----- */

/* The first bytes of a member, unpacked: up to SNIFF_BYTES into `head`. Moves item->bytes from
 * the local header to the data. */
int index_zip_peek(struct zip_walk *walk, const struct zip_member *member,
                   struct index_item *item, char *head, size_t *len, struct entry_fault *fault);
/* Moves item->bytes from the local header, which is checked, to the data. */
int index_zip_locate(struct zip_walk *walk, const struct zip_member *member, size_t want,
                     struct index_item *item, struct entry_fault *fault);
/* Makes *item be the member's unpacked bytes: they stay where they are if the member is stored,
 * and are unpacked into the spool if not. To be called after index_zip_peek or
 * index_zip_locate. */
int index_zip_unpack(struct zip_walk *walk, const struct zip_member *member,
                     struct index_item *item, struct entry_fault *fault);

/* -- Members that lie over each other (index_zip_overlap.c) --------------------------- */

/* The least that the member takes of its archive ends here. */
uint64_t index_zip_member_end(uint64_t offset, size_t name_len, uint64_t stored);
/* Whether the member may be unpacked: what was unpacked once is not unpacked again under
 * another name. 0, 1 with *fault, or -1. */
int index_zip_claim(struct zip_walk *walk, const struct zip_member *member,
                    struct entry_fault *fault);
/* Makes those documents unreadable, of the records from `first` on, that share bytes with
 * another one or with the directory. */
int index_zip_refuse_overlaps(struct zip_walk *walk, size_t first);

#endif
