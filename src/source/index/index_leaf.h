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
/* Whether a member has the name of an archive, or begins as a program or a message, although
 * its first bytes are not those of an archive: a ZIP archive may follow something else. Files
 * are looked at for one whatever they begin with; members would have to be unpacked for it. */
bool index_leaf_may_be_zip(const struct entry_name *name, enum sniff sniff, const void *bytes,
                           size_t len);
/* Sets *code to ENTRY_CODE_NONE if the item is a document, else to the reason why it is
 * skipped. `name` is the name to judge by: for a compressed a.xml.gz, a.xml. */
int index_leaf_judge(struct indexer *indexer, const struct index_item *item,
                     const struct entry_name *name, enum sniff sniff, enum entry_code *code);

/* Adds an item that is no document. It is unreadable if it is a foreign archive (`foreign`
 * names the kind; NULL: it is none), or if `name` promises an archive and its bytes, of kind
 * `sniff`, are something else. Otherwise it is skipped. */
int index_leaf_add(struct indexer *indexer, const struct index_item *item,
                   const struct entry_name *name, enum entry_code code, enum sniff sniff,
                   const char *foreign);

#endif
