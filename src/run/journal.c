/* SPDX-License-Identifier: MIT */
#include "run/journal.h"

#include "base/io.h"
#include "source/window.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 8 /* bytes; they are no text, and spoilt by whatever takes them for text */
static const char file_magic[MAGIC] = "\x89THJ\r\n\x1a\n";
static const char item_magic[MAGIC] = "\x8aTHJ\r\n\x1a\n";
static const char table_magic[MAGIC] = "\x8bTHJ\r\n\x1a\n";

enum { SUM = 16, FIRST_SLOTS = 256, READ_FIRST = 4096, SEEK = 4096 };

/* The answer follows. */
struct item {
    char magic[MAGIC];
    uint8_t key[DIGEST_BYTES];
    uint64_t len;
    uint8_t sum[SUM]; /* of the key, the length and the answer */
};
static_assert(sizeof(struct item) == 64, "no padding");

/* The slots precede it, and nothing follows. */
struct table_end {
    char magic[MAGIC];
    uint64_t n_slots, n;
    uint8_t sum[SUM]; /* of the slots */
};
static_assert(sizeof(struct table_end) == 40, "no padding");

static void sum_item(const struct item *item, const void *answer, uint8_t sum[SUM])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, sizeof item->key, item->key);
    sha256_update(&ctx, sizeof item->len, (const uint8_t *)&item->len);
    if (item->len)
        sha256_update(&ctx, (size_t)item->len, answer);
    sha256_digest(&ctx, SUM, sum);
}

/* -- Tables --------------------------------------------------------------------------- */

static uint64_t beginning_of(const uint8_t key[DIGEST_BYTES])
{
    uint64_t beginning;
    memcpy(&beginning, key, sizeof beginning);
    return beginning;
}

/* The slot that has the key, or the empty one where it belongs. */
static struct journal_slot *slot_of(const struct journal_table *table, uint64_t key)
{
    uint64_t i = key & (table->n_slots - 1);
    while (table->slots[i].at && table->slots[i].key != key)
        i = (i + 1) & (table->n_slots - 1);
    return &table->slots[i];
}

static int grow(struct journal_table *table)
{
    struct journal_table larger = {.n_slots = table->n_slots ? 2 * table->n_slots : FIRST_SLOTS,
                                   .n = table->n};
    larger.slots = calloc((size_t)larger.n_slots, sizeof *larger.slots);
    if (!larger.slots)
        return -1;
    for (uint64_t i = 0; i < table->n_slots; i++)
        if (table->slots[i].at)
            *slot_of(&larger, table->slots[i].key) = table->slots[i];
    free(table->slots);
    *table = larger;
    return 0;
}

int journal_table_add(struct journal_table *table, const uint8_t key[DIGEST_BYTES], uint64_t at)
{
    if (2 * table->n >= table->n_slots && grow(table) < 0)
        return -1;
    struct journal_slot *slot = slot_of(table, beginning_of(key));
    table->n += !slot->at;
    *slot = (struct journal_slot){beginning_of(key), at};
    return 0;
}

void journal_table_free(struct journal_table *table)
{
    free(table->slots);
    *table = (struct journal_table){0};
}

/* 0; 1 where the file does not end with a table; -1 with errno. */
static int read_table(struct journal *journal)
{
    struct journal_table *table = &journal->table;
    struct table_end end;
    uint8_t digest[DIGEST_BYTES];
    uint64_t rest = journal->bytes;
    if (rest < sizeof end)
        return 1;
    rest -= sizeof end;
    ptrdiff_t got = io_pread_all(journal->fd, &end, sizeof end, rest);
    if (got < 0)
        return -1;
    if (got != sizeof end || memcmp(end.magic, table_magic, MAGIC) != 0 ||
        end.n_slots > rest / sizeof *table->slots || !end.n_slots ||
        (end.n_slots & (end.n_slots - 1)) || end.n >= end.n_slots)
        return 1;
    size_t bytes = (size_t)end.n_slots * sizeof *table->slots;
    *table = (struct journal_table){malloc(bytes), end.n_slots, end.n};
    if (!table->slots)
        return -1;
    got = io_pread_all(journal->fd, table->slots, bytes, rest - bytes);
    if (got < 0)
        return -1;
    digest_of(table->slots, bytes, digest);
    uint64_t n = 0;
    for (uint64_t i = 0; i < end.n_slots && (size_t)got == bytes; i++)
        n += table->slots[i].at != 0;
    if (n == end.n && memcmp(digest, end.sum, SUM) == 0)
        return 0;
    journal_table_free(table);
    return 1;
}

/* -- Looking for items ---------------------------------------------------------------- */

/* Bytes of the file from `at` on, at most `len`; *have 0: it ends there. 0 or -1. */
static int look(const struct journal *journal, struct window *window, uint64_t at, uint64_t len,
                const unsigned char **bytes, size_t *have)
{
    struct slice slice = {.origin = {.fd = journal->fd}, .at = at, .len = len};
    if (slice.len > journal->bytes - at)
        slice.len = journal->bytes - at;
    *have = 0;
    return slice.len ? window_get(window, &slice, bytes, have) : 0;
}

/* Sets *at to the next place from there on where an item may begin, or to the file's end. */
static int seek(const struct journal *journal, struct window *window, uint64_t *at)
{
    const unsigned char *bytes;
    size_t have;
    while (*at < journal->bytes) {
        if (look(journal, window, *at, SEEK, &bytes, &have) < 0)
            return -1;
        const unsigned char *found = have ? memmem(bytes, have, item_magic, MAGIC) : NULL;
        if (found) {
            *at += (uint64_t)(found - bytes);
            return 0;
        }
        if (have < MAGIC)
            break;
        *at += have - (MAGIC - 1);
    }
    *at = journal->bytes;
    return 0;
}

/* Whether an item ends where its length says: another follows, or the file's end. 1, 0, -1. */
static int is_whole(const struct journal *journal, struct window *window, uint64_t end,
                    const struct item *item)
{
    const unsigned char *bytes;
    size_t have;
    if (item->len >= journal->bytes - end)
        return item->len == journal->bytes - end;
    if (look(journal, window, end + item->len, MAGIC, &bytes, &have) < 0)
        return -1;
    return have == MAGIC && memcmp(bytes, item_magic, MAGIC) == 0;
}

/* Goes through all items. Behind one that is not whole the next is looked for from its own
 * beginning on: a program may have been killed while it wrote it, wherever it was. */
static int read_items(struct journal *journal, struct window *window)
{
    const unsigned char *bytes;
    struct item item;
    size_t have;
    for (uint64_t at = MAGIC; at < journal->bytes;) {
        if (look(journal, window, at, sizeof item, &bytes, &have) < 0)
            return -1;
        int rc = 0;
        if (have == sizeof item && memcmp(bytes, item_magic, MAGIC) == 0) {
            memcpy(&item, bytes, sizeof item);
            rc = journal_table_add(&journal->table, item.key, at);
            if (rc == 0)
                rc = is_whole(journal, window, at + sizeof item, &item);
        }
        if (rc > 0)
            at += sizeof item + item.len;
        else if (rc < 0 || (at++, seek(journal, window, &at)) < 0)
            return -1;
    }
    return 0;
}

/* Whether the file begins as a journal does, as far as it goes. */
static bool is_begun(const struct journal *journal)
{
    char begin[MAGIC];
    ptrdiff_t got = io_pread_all(journal->fd, begin, sizeof begin, 0);
    return got >= 0 && memcmp(begin, file_magic, (size_t)got) == 0;
}

int journal_open(struct journal *journal, int fd)
{
    struct stat facts;
    struct window window;
    *journal = (struct journal){.fd = fd};
    if (fstat(fd, &facts) < 0)
        return -1;
    journal->bytes = (uint64_t)facts.st_size;
    int rc = read_table(journal);
    if (rc <= 0)
        return rc;
    rc = window_open(&window);
    if (rc == 0)
        rc = read_items(journal, &window);
    window_close(&window);
    return rc < 0 ? -1 : journal->table.n || is_begun(journal) ? 0 : 1;
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    journal_table_free(&journal->table);
}

bool journal_find(const struct journal *journal, const uint8_t key[DIGEST_BYTES],
                  struct buf *answer)
{
    const struct journal_table *table = &journal->table;
    struct item item;
    uint8_t sum[SUM];
    uint64_t at = table->n ? slot_of(table, beginning_of(key))->at : 0;
    buf_clear(answer);
    if (!at || at > journal->bytes || journal->bytes - at < sizeof item ||
        buf_reserve(answer, READ_FIRST) < 0)
        return false;
    ptrdiff_t got = io_pread_all(journal->fd, answer->data, READ_FIRST, at);
    if (got < (ptrdiff_t)sizeof item)
        return false;
    memcpy(&item, answer->data, sizeof item);
    if (memcmp(item.magic, item_magic, MAGIC) != 0 ||
        memcmp(item.key, key, sizeof item.key) != 0 ||
        item.len > journal->bytes - at - sizeof item)
        return false;
    size_t all = sizeof item + (size_t)item.len;
    if (all > READ_FIRST) {
        answer->len = READ_FIRST;
        if (buf_reserve(answer, all - READ_FIRST) < 0 ||
            io_pread_all(journal->fd, answer->data + READ_FIRST, all - READ_FIRST,
                         at + READ_FIRST) != (ptrdiff_t)(all - READ_FIRST))
            return false;
    } else if ((size_t)got < all) {
        return false;
    }
    answer->len = (size_t)item.len;
    memmove(answer->data, answer->data + sizeof item, answer->len);
    sum_item(&item, answer->data, sum);
    return memcmp(sum, item.sum, SUM) == 0;
}

/* -- Writing -------------------------------------------------------------------------- */

void journal_begin(struct buf *out)
{
    buf_append(out, file_magic, MAGIC);
}

bool journal_append(struct buf *out, const uint8_t key[DIGEST_BYTES], const void *answer,
                    size_t len)
{
    struct item item = {.len = len};
    size_t at = out->len;
    memcpy(item.magic, item_magic, MAGIC);
    memcpy(item.key, key, sizeof item.key);
    sum_item(&item, answer, item.sum);
    buf_append(out, &item, sizeof item);
    buf_append(out, answer, len);
    if (!out->failed && memmem(out->data + at + 1, out->len - at - 1, item_magic, MAGIC))
        out->len = at;
    return out->failed || out->len > at;
}

void journal_end(struct buf *out, const struct journal_table *table)
{
    struct table_end end = {.n_slots = table->n_slots, .n = table->n};
    size_t bytes = (size_t)table->n_slots * sizeof *table->slots;
    uint8_t digest[DIGEST_BYTES];
    digest_of(table->slots, bytes, digest);
    memcpy(end.magic, table_magic, MAGIC);
    memcpy(end.sum, digest, SUM);
    buf_append(out, table->slots, bytes);
    buf_append(out, &end, sizeof end);
}
