/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const char *const codes[] = {
    NULL,
    "not-xml",
    "empty",
    "directory",
    "symlink",
    "hard-link",
    "device",
    "html",
    "excluded",
    "encrypted",
    "method",
    "crc",
    "size",
    "mismatch",
    "overlap",
    "truncated",
    "trailing",
    "damaged",
    "split",
    "format",
    "archive",
    "permission",
    "changed",
    "path-too-long",
    "limit-nesting",
    "limit-entries",
    "limit-bytes",
    "limit-total",
    "limit-ratio",
};

uint8_t listing_why(const char *code)
{
    for (size_t i = 1; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(code, codes[i]))
            return (uint8_t)i;
    abort(); /* a code that is not in the table is a mistake in this program */
}

const char *listing_code(uint8_t why)
{
    return codes[why];
}

int trouble_set(struct trouble *trouble, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trouble->message, sizeof trouble->message, format, arguments);
    va_end(arguments);
    for (char *c = trouble->message; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    trouble->code = code;
    return 1;
}

/* Room for one more of `size` bytes. */
static int grow(void **array, size_t *cap, size_t count, size_t size)
{
    if (count < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 16;
    void *moved = more > PTRDIFF_MAX / size ? NULL : realloc(*array, more * size);
    if (!moved)
        return -1;
    *array = moved;
    *cap = more;
    return 0;
}

int listing_add(struct listing *listing, const struct record *record, const struct name *name)
{
    void *records = listing->records;
    if (listing->count >= UINT32_MAX || name->shown_len > UINT32_MAX / 2 ||
        name->raw_len > UINT32_MAX / 2 ||
        grow(&records, &listing->cap, listing->count, sizeof *record) < 0)
        return -1;
    listing->records = records;
    struct record *added = &listing->records[listing->count];
    *added = *record;
    added->name = listing->arena.len;
    added->name_len = (uint32_t)name->shown_len;
    buf_append(&listing->arena, name->shown, name->shown_len);
    if (name->raw) {
        uint32_t len = (uint32_t)name->raw_len;
        added->marks |= MARK_RAW;
        buf_append(&listing->arena, &len, sizeof len);
        buf_append(&listing->arena, name->raw, name->raw_len);
    }
    if (listing->arena.failed)
        return -1;
    listing->count++;
    return 0;
}

int listing_add_container(struct listing *listing, const struct container *container,
                          const char *prefix, size_t len, uint32_t *index)
{
    void *containers = listing->containers;
    if (len > UINT32_MAX || listing->n_containers >= UINT32_MAX ||
        grow(&containers, &listing->cap_containers, listing->n_containers, sizeof *container) <
            0)
        return -1;
    listing->containers = containers;
    struct container *added = &listing->containers[listing->n_containers];
    *added = *container;
    added->prefix = listing->arena.len;
    added->prefix_len = (uint32_t)len;
    *index = added->same_as = (uint32_t)listing->n_containers;
    if (buf_append(&listing->arena, prefix, len) < 0)
        return -1;
    listing->n_containers++;
    return 0;
}

int listing_add_file(struct listing *listing, const struct file *file, const char *path,
                     uint32_t *index)
{
    void *files = listing->files;
    if (listing->n_files >= SPOOL_FILE ||
        grow(&files, &listing->cap_files, listing->n_files, sizeof *file) < 0)
        return -1;
    listing->files = files;
    struct file *added = &listing->files[listing->n_files];
    *added = *file;
    added->path = listing->arena.len;
    *index = (uint32_t)listing->n_files;
    if (buf_append(&listing->arena, path, strlen(path) + 1) < 0)
        return -1;
    listing->n_files++;
    return 0;
}

void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->n_files; i++)
        if (listing->files[i].fd >= 0)
            close(listing->files[i].fd);
    free(listing->records);
    free(listing->containers);
    free(listing->files);
    buf_free(&listing->arena);
}

const char *record_raw(const struct listing *listing, const struct record *record, size_t *len)
{
    const char *shown = listing_text(listing, record->name);
    *len = record->name_len;
    if (!(record->marks & MARK_RAW))
        return shown;
    uint32_t raw_len;
    memcpy(&raw_len, shown + record->name_len, sizeof raw_len);
    *len = raw_len;
    return shown + record->name_len + sizeof raw_len;
}

static unsigned char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c + ('a' - 'A'));
    return c == '\\' ? '/' : (unsigned char)c;
}

/* Keyed, for the names are a stranger's: known collisions would make the set quadratic. */
static uint64_t hash(const char *name, size_t len, uint64_t key)
{
    uint64_t h = key ^ len;
    for (size_t i = 0; i < len; i++) {
        h = (h ^ fold(name[i])) * 0x9fb21c651e98df25u;
        h ^= h >> 29;
    }
    h ^= key >> 32 | key << 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

static bool same_name(const char *a, size_t a_len, const char *b, size_t b_len)
{
    if (a_len != b_len)
        return false;
    for (size_t i = 0; i < a_len; i++)
        if (fold(a[i]) != fold(b[i]))
            return false;
    return true;
}

/* An open-addressed set of indices; a slot holds index + 1. */
struct set {
    uint32_t *slots;
    size_t mask;
    uint64_t key;
};

static int set_open(struct set *set, size_t count)
{
    set->mask = 15;
    while (set->mask < count + count / 2)
        set->mask = set->mask * 2 + 1;
    set->slots = calloc(set->mask + 1, sizeof *set->slots);
    if (getrandom(&set->key, sizeof set->key, GRND_NONBLOCK) < 0)
        set->key = (uint64_t)(uintptr_t)set->slots ^ (uint64_t)getpid() << 32;
    return set->slots ? 0 : -1;
}

/* Two archives of one name in one archive: their entries are told apart by nothing. */
static int mark_same_containers(struct listing *listing)
{
    struct set set;
    if (set_open(&set, listing->n_containers) < 0)
        return -1;
    for (size_t i = 0; i < listing->n_containers; i++) {
        struct container *one = &listing->containers[i];
        const char *prefix = listing_text(listing, one->prefix);
        size_t slot = hash(prefix, one->prefix_len, set.key) & set.mask;
        if (!one->is_archive)
            continue;
        for (; set.slots[slot] && one->same_as == i; slot = (slot + 1) & set.mask) {
            const struct container *other = &listing->containers[set.slots[slot] - 1];
            if (same_name(prefix, one->prefix_len, listing_text(listing, other->prefix),
                          other->prefix_len))
                one->same_as = set.slots[slot] - 1;
        }
        if (one->same_as == i)
            set.slots[slot] = (uint32_t)i + 1;
    }
    free(set.slots);
    return 0;
}

static bool same_entry(const struct listing *listing, size_t a, size_t b)
{
    const struct record *one = &listing->records[a], *other = &listing->records[b];
    return listing->containers[one->container].same_as ==
               listing->containers[other->container].same_as &&
           same_name(listing_text(listing, one->name), one->name_len,
                     listing_text(listing, other->name), other->name_len);
}

int listing_mark_duplicates(struct listing *listing)
{
    struct set set;
    if (mark_same_containers(listing) < 0 || set_open(&set, listing->count) < 0)
        return -1;
    for (size_t i = 0; i < listing->count; i++) {
        struct record *record = &listing->records[i];
        const struct container *container = &listing->containers[record->container];
        if (!container->is_archive)
            continue;
        size_t slot = hash(listing_text(listing, record->name), record->name_len,
                           set.key + container->same_as * 0x9e3779b97f4a7c15u) &
                      set.mask;
        while (set.slots[slot] && !same_entry(listing, i, set.slots[slot] - 1))
            slot = (slot + 1) & set.mask;
        if (set.slots[slot])
            record->marks |= MARK_DUPLICATE;
        else
            set.slots[slot] = (uint32_t)i + 1;
    }
    free(set.slots);
    return 0;
}
