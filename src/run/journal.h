/* SPDX-License-Identifier: MIT
 *
 * A file of answers, each under the digest of what it is the answer to. It only grows, and may
 * end anywhere, as it does when a program is killed; whatever in it is not as it was written is
 * passed over. Numbers are as they lie in memory: a file of another kind of machine has nothing
 * that is looked for.
 */
#ifndef THRESH_RUN_JOURNAL_H
#define THRESH_RUN_JOURNAL_H

#include "base/buf.h"
#include "base/digest.h"
#include <stdbool.h>

/* Where an item is, by the beginning of its key; `at` 0: nowhere. */
struct journal_slot {
    uint64_t key;
    uint64_t at;
};

/* Items by their keys: a power of two of slots, more than there are items. All zeros: none. */
struct journal_table {
    struct journal_slot *slots;
    uint64_t n_slots, n;
};

/* 0, or -1 without memory. An item of the same key is replaced. */
int journal_table_add(struct journal_table *table, const uint8_t key[DIGEST_BYTES],
                      uint64_t at);
void journal_table_free(struct journal_table *table);

/* A file that is looked into. It does not change, though the file may grow. */
struct journal {
    int fd;
    uint64_t bytes; /* when it was opened */
    struct journal_table table;
};

/* Takes over the open file. 0; 1 where it is no journal: there are bytes in it, and no item; -1
 * with errno. Close it in any case. */
int journal_open(struct journal *journal, int fd);
void journal_close(struct journal *journal);

/* Whether there is an answer, which is then in `answer`. By any number of threads at once. */
bool journal_find(const struct journal *journal, const uint8_t key[DIGEST_BYTES],
                  struct buf *answer);

/* Append to a buffer what a file begins with, an item, and what a file that will not grow any
 * more may end with: the table of its items, to open it without reading all of it. */
void journal_begin(struct buf *out);
/* False: it is left out, for in it another item would begin, and be found where this one is not
 * whole. No record of a document holds what an item begins with, but a worker may lie. */
bool journal_append(struct buf *out, const uint8_t key[DIGEST_BYTES], const void *answer,
                    size_t len);
void journal_end(struct buf *out, const struct journal_table *table);

#endif
