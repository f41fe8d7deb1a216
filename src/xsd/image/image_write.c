/* SPDX-License-Identifier: MIT
 *
 * From schemas in memory to an image. For each block, all that its root leads to is found and
 * numbered; then the kinds are written one behind the other, and the arrays that a struct
 * points to are put in line to be written with their kind.
 */
#include "xsd/image/image_file.h"

#include "base/array.h"
#include <stdlib.h>
#include <string.h>

struct line { /* of one kind, in the order of the file */
    const void **items;
    size_t n, cap;
};

struct numbered {
    const void *single; /* NULL: a free slot */
    size_t number;      /* in its kind, from 1 */
};

struct image_writer {
    struct line lines[IMAGE_KINDS];
    struct numbered *slots; /* singles by address: an open hash table, at most half full */
    size_t n_slots;
    size_t n_singles;
    struct buf sections[IMAGE_KINDS];
    bool failed; /* no memory */
};

static void put_in_line(struct image_writer *w, enum image_kind kind, const void *item)
{
    struct line *line = &w->lines[kind];
    const void **items = array_room(line->items, &line->cap, line->n + 1, sizeof *items);
    w->failed |= !items;
    if (w->failed)
        return;
    line->items = items;
    line->items[line->n++] = item;
}

/* -- Numbers -------------------------------------------------------------------------- */

static struct numbered *slot_of(const struct image_writer *w, const void *single)
{
    uint64_t at = (uintptr_t)single / 8 * UINT64_C(0x9e3779b97f4a7c15) >> 20;
    while (w->slots[at & (w->n_slots - 1)].single &&
           w->slots[at & (w->n_slots - 1)].single != single)
        at++;
    return &w->slots[at & (w->n_slots - 1)];
}

static void make_room(struct image_writer *w)
{
    struct numbered *old = w->slots;
    size_t n = w->n_slots;
    if (w->n_singles * 2 < n)
        return;
    w->n_slots = n ? n * 2 : 1024;
    w->slots = calloc(w->n_slots, sizeof *w->slots);
    if (!w->slots) {
        w->slots = old;
        w->n_slots = n;
        w->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (old[i].single)
            *slot_of(w, old[i].single) = old[i];
    free(old);
}

/* Adds a struct that is met for the first time to its kind. */
static void number(struct image_writer *w, enum image_kind kind, const void *single)
{
    make_room(w);
    if (w->failed || !single)
        return;
    struct numbered *slot = slot_of(w, single);
    if (slot->single)
        return;
    put_in_line(w, kind, single);
    *slot = (struct numbered){single, w->lines[kind].n};
    w->n_singles++;
}

static uintptr_t number_of(const struct image_writer *w, const void *single)
{
    return single ? slot_of(w, single)->number : 0;
}

/* -- What a struct leads to ----------------------------------------------------------- */

/* A type is numbered behind what it is made of, so that whoever reads it can tell that no type
 * is made of itself. */
static void number_datatype(struct image_writer *w, const struct datatype *type)
{
    if (!type || w->failed || (w->slots && slot_of(w, type)->single))
        return;
    number_datatype(w, type->base);
    number_datatype(w, type->item);
    for (size_t i = 0; i < type->n_members; i++)
        number_datatype(w, type->members[i]);
    number(w, KIND_datatype, type);
}

static void number_type(struct image_writer *w, const struct type *type)
{
    if (!type || w->failed || (w->slots && slot_of(w, type)->single))
        return;
    if (type->base != type)
        number_type(w, type->base);
    number(w, KIND_type, type);
}

#define NUMBER_PLAIN(kind)                                                                     \
    static void number_##kind(struct image_writer *w, const struct kind *single)               \
    {                                                                                          \
        number(w, KIND_##kind, single);                                                        \
    }
NUMBER_PLAIN(symbol)
NUMBER_PLAIN(element)
NUMBER_PLAIN(attribute)
NUMBER_PLAIN(attributes)
NUMBER_PLAIN(identity_constraints)
NUMBER_PLAIN(identity_constraint)
NUMBER_PLAIN(wildcard)
NUMBER_PLAIN(model)
NUMBER_PLAIN(enumeration)
NUMBER_PLAIN(pattern)

#define DECLARE_FIND(kind)                                                                     \
    static void find_##kind(struct image_writer *w, const struct kind *s);
IMAGE_SINGLES(DECLARE_FIND)
IMAGE_ITEMS(DECLARE_FIND)
IMAGE_NESTED(DECLARE_FIND)

#define FIND_VALUE(...)
#define FIND_VALUES(...)
#define FIND_FLAG(...)
#define FIND_WORD(...)
#define FIND_BITS(...)
#define FIND_ONE(m, kind)   number_##kind(w, s->m);
#define FIND_MAYBE(m, kind) number_##kind(w, s->m);
#define FIND_ARRAY(m, kind, count)                                                             \
    for (uint64_t i = 0, n = s->m ? (count) : 0; i < n; i++)                                   \
        find_##kind(w, &s->m[i]);
#define FIND_MAYBE_ARRAY(m, kind, count) FIND_ARRAY(m, kind, count)
#define FIND_POINTERS(m, kind, count)                                                          \
    for (uint64_t i = 0, n = s->m ? (count) : 0; i < n; i++)                                   \
        number_##kind(w, s->m[i]);
#define FIND_MAYBE_POINTERS(m, kind, count) FIND_POINTERS(m, kind, count)
#define FIND_NUMBERS(...)
#define FIND_MAYBE_NUMBERS(...)
#define FIND_TEXT(...)
#define FIND_MAYBE_TEXT(...)
#define FIND_TEXTS(...)
#define FIND_BYTES(...)
#define FIND_NESTED(m, kind) find_##kind(w, &s->m);
#define FIND_INSIDE(...)
#define FIND_ANEW(...)
#define FIND_LEFT_OUT(...)
#define FIND_LEFT_EMPTY(...)
#define FIND(what, ...) FIND_##what(__VA_ARGS__)

#define DEFINE_FIND(kind)                                                                      \
    static void find_##kind(struct image_writer *w, const struct kind *s)                      \
    {                                                                                          \
        (void)w, (void)s;                                                                      \
        MEMBERS_##kind(FIND)                                                                   \
    }
IMAGE_SINGLES(DEFINE_FIND)
IMAGE_ITEMS(DEFINE_FIND)
IMAGE_NESTED(DEFINE_FIND)

/* Goes through the lines, which grow meanwhile, until nothing new is found. */
static void find_all(struct image_writer *w)
{
    size_t done[IMAGE_KINDS] = {0};
    for (bool more = true; more && !w->failed;) {
        more = false;
#define FIND_KIND(kind)                                                                        \
    for (; done[KIND_##kind] < w->lines[KIND_##kind].n; more = true)                           \
        find_##kind(w, w->lines[KIND_##kind].items[done[KIND_##kind]++]);
        IMAGE_SINGLES(FIND_KIND)
    }
}

/* -- Writing -------------------------------------------------------------------------- */

static void append(struct image_writer *w, enum image_kind kind, const void *bytes, size_t n)
{
    if (n && buf_append(&w->sections[kind], bytes, n) < 0)
        w->failed = true;
}

/* What stands for a pointer to a string. */
static uintptr_t put_bytes(struct image_writer *w, const void *bytes, size_t len)
{
    if (!bytes)
        return 0;
    append(w, KIND_char, bytes, len);
    append(w, KIND_char, "", 1);
    return len + 1;
}

static uintptr_t put_text(struct image_writer *w, const char *text)
{
    return put_bytes(w, text, text ? strlen(text) : 0);
}

#define WRITE_VALUE(m)     to->m = s->m;
#define WRITE_VALUES(m)    memcpy(to->m, s->m, sizeof to->m);
#define WRITE_FLAG(m)      to->m = s->m;
#define WRITE_WORD(m, ...) to->m = s->m;
#define WRITE_BITS(m, ...) to->m = s->m;
#define WRITE_SLOT(m, number)                                                                  \
    {                                                                                          \
        uintptr_t slot = (number);                                                             \
        memcpy(&to->m, &slot, sizeof slot);                                                    \
    }
#define WRITE_ONE(m, kind)   WRITE_SLOT(m, number_of(w, s->m))
#define WRITE_MAYBE(m, kind) WRITE_SLOT(m, number_of(w, s->m))
#define WRITE_ITEMS(m, kind, count)                                                            \
    for (uint64_t i = 0, n = s->m ? (count) : 0; i < n; i++)                                   \
        put_in_line(w, kind, &s->m[i]);                                                        \
    WRITE_SLOT(m, s->m != NULL)
#define WRITE_ARRAY(m, kind, count)          WRITE_ITEMS(m, KIND_##kind, count)
#define WRITE_MAYBE_ARRAY(m, kind, count)    WRITE_ITEMS(m, KIND_##kind, count)
#define WRITE_POINTERS(m, kind, count)       WRITE_ITEMS(m, KIND_POINTER_##kind, count)
#define WRITE_MAYBE_POINTERS(m, kind, count) WRITE_ITEMS(m, KIND_POINTER_##kind, count)
#define WRITE_TEXTS(m, count)                WRITE_ITEMS(m, KIND_TEXT, count)
#define WRITE_NUMBERS(m, type, count)                                                          \
    if (s->m)                                                                                  \
        append(w, KIND_##type, s->m, (count) * sizeof(type));                                  \
    WRITE_SLOT(m, s->m != NULL)
#define WRITE_MAYBE_NUMBERS(m, type, count) WRITE_NUMBERS(m, type, count)
#define WRITE_TEXT(m)                       WRITE_SLOT(m, put_text(w, s->m))
#define WRITE_MAYBE_TEXT(m)                 WRITE_SLOT(m, put_text(w, s->m))
#define WRITE_BYTES(m, len)                 WRITE_SLOT(m, put_bytes(w, s->m, len))
#define WRITE_NESTED(m, kind)               copy_##kind(w, &to->m, &s->m);
#define WRITE_INSIDE(m, owner, a)           WRITE_SLOT(m, (uintptr_t)(s->m - s->owner->a) + 1)
#define WRITE_ANEW(...)
#define WRITE_LEFT_OUT(...)
#define WRITE_LEFT_EMPTY(...)
#define WRITE(what, ...) WRITE_##what(__VA_ARGS__)

/* Field by field, so that padding stays zeroed. */
#define DEFINE_COPY(kind)                                                                      \
    static void copy_##kind(struct image_writer *w, struct kind *to, const struct kind *s)     \
    {                                                                                          \
        (void)w, (void)to, (void)s;                                                            \
        MEMBERS_##kind(WRITE)                                                                  \
    }
#define DECLARE_COPY(kind)                                                                     \
    static void copy_##kind(struct image_writer *w, struct kind *to, const struct kind *s);
IMAGE_NESTED(DECLARE_COPY)
DECLARE_COPY(identity_step)
IMAGE_SINGLES(DEFINE_COPY)
IMAGE_ITEMS(DEFINE_COPY)
IMAGE_NESTED(DEFINE_COPY)

static void write_pointers(struct image_writer *w, enum image_kind kind)
{
    for (size_t i = 0; i < w->lines[kind].n; i++) {
        uintptr_t slot = number_of(w, *(const void *const *)w->lines[kind].items[i]);
        append(w, kind, &slot, sizeof slot);
    }
}

static void write_kinds(struct image_writer *w)
{
#define WRITE_KIND(kind)                                                                       \
    for (size_t i = 0; i < w->lines[KIND_##kind].n && !w->failed; i++) {                       \
        struct kind to;                                                                        \
        memset(&to, 0, sizeof to);                                                             \
        copy_##kind(w, &to, w->lines[KIND_##kind].items[i]);                                   \
        append(w, KIND_##kind, &to, sizeof to);                                                \
    }
    IMAGE_SINGLES(WRITE_KIND)
    IMAGE_ITEMS(WRITE_KIND)
#define WRITE_POINTER_KIND(kind) write_pointers(w, KIND_POINTER_##kind);
    IMAGE_POINTERS(WRITE_POINTER_KIND)
    for (size_t i = 0; i < w->lines[KIND_TEXT].n; i++) {
        uintptr_t slot = put_text(w, *(const char *const *)w->lines[KIND_TEXT].items[i]);
        append(w, KIND_TEXT, &slot, sizeof slot);
    }
}

/* -- Blocks and the file -------------------------------------------------------------- */

static int append_zeros(struct buf *bytes, size_t n)
{
    static const char zeros[IMAGE_ALIGNMENT];
    return n ? buf_append(bytes, zeros, n) : 0;
}

static int append_sections(struct image_writer *w, struct buf *bytes)
{
    struct image_block block = {.bytes = image_align(sizeof block)};
    for (int kind = 0; kind < IMAGE_KINDS; kind++) {
        block.counts[kind] = w->sections[kind].len / image_kind_sizes[kind];
        block.bytes += image_align(w->sections[kind].len);
    }
    buf_append(bytes, &block, sizeof block);
    append_zeros(bytes, image_align(sizeof block) - sizeof block);
    for (int kind = 0; kind < IMAGE_KINDS; kind++) {
        size_t len = w->sections[kind].len;
        if (len)
            buf_append(bytes, w->sections[kind].data, len);
        append_zeros(bytes, image_align(len) - len);
    }
    return bytes->failed ? -1 : 0;
}

static int write_block(enum image_kind kind, const void *root, struct buf *bytes)
{
    struct image_writer w = {.failed = false};
    number(&w, kind, root);
    find_all(&w);
    if (!w.failed)
        write_kinds(&w);
    int rc = w.failed ? -1 : append_sections(&w, bytes);
    for (int i = 0; i < IMAGE_KINDS; i++) {
        free(w.lines[i].items);
        buf_free(&w.sections[i]);
    }
    free(w.slots);
    return rc;
}

static const struct xsd *whole_of(const struct xsd *xsd)
{
    return xsd->whole ? xsd->whole : xsd;
}

/* Says of each schema which block it is in, or a view of. Returns the number of blocks. */
static uint32_t number_blocks(struct image_schema *schemas, uint32_t n)
{
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0;
        while (whole_of(schemas[k].xsd) != whole_of(schemas[i].xsd))
            k++;
        schemas[i].block = k < i ? schemas[k].block : ++blocks;
        schemas[i].n_hidden = schemas[i].xsd->n_hidden;
        schemas[i].hidden = schemas[i].xsd->hidden;
    }
    return blocks;
}

static int write_blocks(const struct image_contents *contents, struct image_schema *schemas,
                        struct image_head *head, struct buf *bytes)
{
    struct image_contents numbered = *contents;
    numbered.schemas =
        memcpy(schemas, contents->schemas, contents->n_schemas * sizeof *schemas);
    head->n_blocks = number_blocks(schemas, contents->n_schemas) + UINT64_C(1);
    int rc = write_block(KIND_image_contents, &numbered, bytes);
    for (uint32_t i = 0, blocks = 0; i < contents->n_schemas && rc == 0; i++)
        if (schemas[i].block > blocks) {
            rc = write_block(KIND_xsd, whole_of(schemas[i].xsd), bytes);
            blocks++;
        }
    return rc;
}

int image_write(const struct image_contents *contents, struct buf *bytes)
{
    struct image_head head = {
        .pointer = sizeof(void *), .layout = image_layout(), .version = THRESH_VERSION};
    struct image_schema *schemas = calloc(contents->n_schemas + 1, sizeof *schemas);
    size_t begin = bytes->len;
    memcpy(head.magic, image_magic, sizeof head.magic);
    append_zeros(bytes, image_align(sizeof head));
    int rc = schemas ? write_blocks(contents, schemas, &head, bytes) : -1;
    free(schemas);
    if (rc < 0)
        return -1;
    head.bytes = bytes->len - begin;
    memcpy(bytes->data + begin, &head, sizeof head);
    head.crc32 = image_crc32(bytes->data + begin, head.bytes);
    memcpy(bytes->data + begin, &head, sizeof head);
    return 0;
}
