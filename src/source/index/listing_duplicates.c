/* SPDX-License-Identifier: MIT
 *
 * Names that an archive has twice, as caseless.h folds them. Nearly all names are ASCII: those
 * are folded here, eight bytes at a time, with the same hash as if caseless.h had done it.
 */
#include "base/swar.h"
#include "source/index/caseless.h"
#include "source/index/listing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* A set of indices, with open addressing. */
struct name_set {
    uint32_t *slots;       /* index + 1, and in the bits above it some of the hash; 0: free */
    size_t mask;           /* number of slots - 1 */
    uint32_t index_mask;   /* the bits of a slot that are the index */
    uint64_t key;          /* of the hash, at random */
    struct buf one, other; /* folded names */
};

static int set_open(struct name_set *set, size_t count)
{
    *set = (struct name_set){.mask = 15, .index_mask = 15};
    while (set->mask < count + count / 2)
        set->mask = set->mask * 2 + 1;
    while (set->index_mask < count)
        set->index_mask = set->index_mask * 2 + 1;
    set->slots = calloc(set->mask + 1, sizeof *set->slots);
    if (getrandom(&set->key, sizeof set->key, GRND_NONBLOCK) < 0)
        set->key = (uint64_t)(uintptr_t)set->slots ^ (uint64_t)getpid() << 32;
    return set->slots ? 0 : -1;
}

static void set_close(struct name_set *set)
{
    free(set->slots);
    buf_free(&set->one);
    buf_free(&set->other);
}

/* 8 bytes of ASCII as caseless.h folds them. */
static uint64_t fold(uint64_t bytes)
{
    uint64_t capital = swar_at_least(bytes, 'A') & ~swar_at_least(bytes, 'Z' + 1);
    return (bytes | capital >> 2) ^ (swar_is(bytes, '\\') >> 7) * ('\\' ^ '/');
}

static uint64_t mix(uint64_t h, uint64_t bytes)
{
    h = (h ^ bytes) * 0x9fb21c651e98df25u;
    return h ^ h >> 29;
}

/* Up to 8 code points. Where they are ASCII, the same as mix() of them as 8 bytes. */
static uint64_t mix_points(uint64_t h, const uint32_t *points, size_t n)
{
    uint64_t low = 0;
    for (size_t i = 0; i < n; i++)
        low |= (uint64_t)(points[i] & 0xff) << 8 * i;
    h = mix(h, low);
    for (size_t i = 0; i < n; i++)
        if (points[i] > 0xff)
            h = mix(h, (uint64_t)points[i] << 8 | i);
    return h;
}

/* With a key, for whoever made the archive could otherwise choose names that collide, and make
 * the set take quadratic time. */
static int hash(struct name_set *set, uint64_t key, const char *name, size_t len,
                uint64_t *hashed)
{
    uint64_t h = key, any = 0;
    for (size_t i = 0; i < len; i += 8) {
        uint64_t bytes = swar_load(name + i, len - i, 0);
        any |= bytes;
        h = mix(h, fold(bytes));
    }
    if (any & SWAR_EACH(0x80)) {
        if (caseless_fold(&set->one, name, len) < 0)
            return -1;
        const uint32_t *folded = (const uint32_t *)(const void *)set->one.data;
        size_t n = set->one.len / sizeof *folded;
        h = key;
        for (size_t i = 0; i < n; i += 8)
            h = mix_points(h, folded + i, n - i < 8 ? n - i : 8);
    }
    h ^= key >> 32 | key << 32;
    h *= 0xd6e8feb86659fd93u;
    *hashed = h ^ h >> 32;
    return 0;
}

static int same_name(struct name_set *set, const char *a, size_t a_len, const char *b,
                     size_t b_len)
{
    /* The last bytes are filled up with 0, which no name has. */
    uint64_t any = 0, differ = 0;
    for (size_t i = 0; i < a_len || i < b_len; i += 8) {
        uint64_t x = i < a_len ? swar_load(a + i, a_len - i, 0) : 0;
        uint64_t y = i < b_len ? swar_load(b + i, b_len - i, 0) : 0;
        any |= x | y;
        differ |= fold(x) ^ fold(y);
    }
    if (!(any & SWAR_EACH(0x80)))
        return differ == 0;
    if (caseless_fold(&set->one, a, a_len) < 0 || caseless_fold(&set->other, b, b_len) < 0)
        return -1;
    return set->one.len == set->other.len &&
           memcmp(set->one.data, set->other.data, set->one.len) == 0;
}

/* Puts the index in: 0; 1 if one was there before that is the `same`, and sets *first to it; -1
 * without memory. */
static int
set_put(struct name_set *set, const struct listing *listing, size_t index, uint64_t h,
        int (*same)(struct name_set *set, const struct listing *listing, size_t a, size_t b),
        size_t *first)
{
    uint32_t tag = (uint32_t)(h >> 32) & ~set->index_mask;
    size_t slot = h & set->mask;
    for (; set->slots[slot]; slot = (slot + 1) & set->mask) {
        if ((set->slots[slot] & ~set->index_mask) != tag)
            continue;
        *first = (set->slots[slot] & set->index_mask) - 1;
        int rc = same(set, listing, index, *first);
        if (rc)
            return rc;
    }
    set->slots[slot] = tag | ((uint32_t)index + 1);
    return 0;
}

static int same_container(struct name_set *set, const struct listing *listing, size_t a,
                          size_t b)
{
    const struct listing_container *one = &listing->containers[a],
                                   *other = &listing->containers[b];
    return same_name(set, listing_text(listing, one->prefix), one->prefix_len,
                     listing_text(listing, other->prefix), other->prefix_len);
}

/* Where an archive has two archives of one name, their entries are named by the same paths. */
static int mark_containers(struct name_set *set, struct listing *listing)
{
    uint64_t h;
    for (size_t i = 0; i < listing->n_containers; i++) {
        struct listing_container *one = &listing->containers[i];
        size_t first = i;
        if (!one->is_archive)
            continue;
        int rc = hash(set, set->key, listing_text(listing, one->prefix), one->prefix_len, &h);
        if (rc == 0)
            rc = set_put(set, listing, i, h, same_container, &first);
        if (rc < 0)
            return -1;
        if (rc)
            one->same_as = (uint32_t)first;
    }
    return 0;
}

static int same_entry(struct name_set *set, const struct listing *listing, size_t a, size_t b)
{
    const struct listing_record *one = &listing->records[a], *other = &listing->records[b];
    if (listing->containers[one->container].same_as !=
        listing->containers[other->container].same_as)
        return 0;
    return same_name(set, listing_text(listing, one->name), one->name_len,
                     listing_text(listing, other->name), other->name_len);
}

static int mark_entries(struct name_set *set, struct listing *listing)
{
    uint64_t h;
    for (size_t i = 0; i < listing->count; i++) {
        struct listing_record *record = &listing->records[i];
        const struct listing_container *container = &listing->containers[record->container];
        size_t first = i;
        if (!container->is_archive)
            continue;
        int rc = hash(set, set->key + container->same_as * 0x9e3779b97f4a7c15u,
                      listing_text(listing, record->name), record->name_len, &h);
        if (rc == 0)
            rc = set_put(set, listing, i, h, same_entry, &first);
        if (rc < 0)
            return -1;
        if (rc)
            record->notices |= ENTRY_NOTICE_DUPLICATE_NAME;
    }
    return 0;
}

static int mark(struct listing *listing, size_t count,
                int (*mark_all)(struct name_set *set, struct listing *listing))
{
    struct name_set set;
    int rc = set_open(&set, count) < 0 ? -1 : mark_all(&set, listing);
    set_close(&set);
    return rc;
}

int listing_mark_duplicates(struct listing *listing)
{
    if (mark(listing, listing->n_containers, mark_containers) < 0)
        return -1;
    return mark(listing, listing->count, mark_entries);
}
