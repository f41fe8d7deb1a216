/* SPDX-License-Identifier: MIT
 *
 * From inputs to entries.
 *
 *     index_inputs       what the user named: files, directories, standard input
 *       index_directory  the files in a directory
 *         index_item     decides by the first bytes what an item is, and hands it to one of
 *           index_zip         ZIP archives
 *           index_serial      tar and cpio archives, compressed or not
 *           index_sevenzip    7z archives
 *           index_compressed  one compressed file, with whatever is in it
 *           index_leaf.h      anything else: a document, or an entry that says why it is none
 *
 * The functions for archives hand each member that is packed itself to index_item again. So the
 * files of this room call each other in a circle, on purpose: an archive may be in an archive.
 * max_nesting bounds it.
 */
#ifndef THRESH_SOURCE_INDEX_INDEX_H
#define THRESH_SOURCE_INDEX_INDEX_H

#include "source/index/indexer.h"

int index_inputs(struct indexer *indexer, const struct source_input *inputs, size_t n);
/* The entries of the directory `path`, all in `container`. */
int index_directory(struct indexer *indexer, const char *path, uint32_t container);
int index_item(struct indexer *indexer, const struct index_item *item);

int index_zip(struct indexer *indexer, const struct index_item *item);
/* A tar or a cpio. */
int index_serial(struct indexer *indexer, const struct index_item *item, enum codec codec,
                 bool is_cpio);
int index_sevenzip(struct indexer *indexer, const struct index_item *item);
int index_compressed(struct indexer *indexer, const struct index_item *item, enum codec codec);

#endif
