/* SPDX-License-Identifier: MIT
 *
 * Items that are not opened: whether one is a document, and the entry for one that is none.
 */
#ifndef THRESH_SOURCE_INDEX_INDEX_LEAF_H
#define THRESH_SOURCE_INDEX_INDEX_LEAF_H

#include "source/index/indexer.h"
#include "source/index/sniff.h"

/* What the first bytes say, as sniff_bytes has it; zeros are a tar if the name says so: an
 * empty one. */
enum sniff index_leaf_sniff(const struct entry_name *name, const void *bytes, size_t len);
/* Whether a member that does not begin as an archive is named as one: there may be a ZIP
 * archive behind something else. */
bool index_leaf_may_be_zip(const struct entry_name *name, enum sniff sniff);
/* Sets *code to ENTRY_CODE_NONE if the item is a document, else to the reason why it is
 * skipped. `name` is the name to judge by: for a compressed a.xml.gz, a.xml. */
int index_leaf_judge(struct indexer *indexer, const struct index_item *item,
                     const struct entry_name *name, enum sniff sniff, enum entry_code *code);

/* Adds an item that is no document: as skipped; or as unreadable if it is a foreign archive
 * (then `foreign` says of which kind, else it is NULL), or if `name` promises one and the
 * bytes, of which `sniff` is what they are, are something else. */
int index_leaf_add(struct indexer *indexer, const struct index_item *item,
                   const struct entry_name *name, enum entry_code code, enum sniff sniff,
                   const char *foreign);

#endif
