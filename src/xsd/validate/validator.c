/* SPDX-License-Identifier: MIT
 *
 * A validator's memory: made, kept from document to document, given back.
 */
#include "xsd/validate/validator.h"

#include <stdlib.h>
#include <sys/random.h>

/* What a stack or a text holds beyond this is given back between documents. */
enum { ITEMS_KEPT = 1 << 16, BYTES_KEPT = 1 << 20 };

enum { LEARNED_MAX = 1 << 15 }; /* transitions: some 7 MB at most */

static void shrink_stack(void **stack, struct stack_size *size)
{
    size->n = 0;
    if (size->cap <= ITEMS_KEPT)
        return;
    free(*stack);
    *stack = NULL;
    size->cap = 0;
}

static void shrink_buf(struct buf *buf)
{
    if (buf->cap > BYTES_KEPT)
        buf_free(buf);
    buf_clear(buf);
}

/* struct prefixes */
static const char *uri_of_prefix(void *context, const char *prefix, size_t len)
{
    return bindings_find(context, prefix, len);
}

static bool has_unparsed_entity(void *context, const char *name, size_t len)
{
    const struct xsd_client *client = ((const struct xsd_validator *)context)->client;
    return client->unparsed_entity && client->unparsed_entity(client->context, name, len);
}

struct xsd_validator *xsd_validator_new(const struct xsd *xsd)
{
    struct xsd_validator *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->xsd = xsd;
    v->prefixes = (struct prefixes){uri_of_prefix, v, has_unparsed_entity};
    if (getrandom(&v->seed, sizeof v->seed, 0) != sizeof v->seed)
        v->seed = (uint64_t)(uintptr_t)v * UINT64_C(0x9e3779b97f4a7c15);
    v->learned = transitions_empty(LEARNED_MAX, v->seed);
    if (datatype_scratch_remember(&v->scratch, v->seed) == 0)
        return v;
    free(v);
    return NULL;
}

void xsd_validator_free(struct xsd_validator *v)
{
    if (!v)
        return;
    free(v->frames);
    free(v->bindings);
    free(v->attrs);
    free(v->seen);
    free(v->recoveries);
    transitions_clear(&v->learned);
    free(v->names);
    buf_free(&v->text);
    buf_free(&v->message);
    buf_free(&v->attribute_name);
    buf_free(&v->key);
    datatype_scratch_free(&v->scratch);
    key_table_free(&v->ids);
    key_table_free(&v->unassessed);
    identity_free(v);
    free(v);
}

int xsd_begin(struct xsd_validator *v, const struct xsd_client *client, uint64_t dict_epoch)
{
    if (v->dict_epoch != dict_epoch)
        name_cache_clear(v);
    if (v->dict_epoch != dict_epoch || transitions_is_full(&v->learned))
        transitions_clear(&v->learned);
    v->guess = &v->learned.first;
    v->dict_epoch = dict_epoch;
    v->client = client;
    v->ordinal = v->skip = v->disorder = v->spoilt_ids = 0;
    shrink_stack((void **)&v->frames, &v->frames_size);
    shrink_stack((void **)&v->bindings, &v->bindings_size);
    shrink_stack((void **)&v->attrs, &v->attrs_size);
    shrink_stack((void **)&v->seen, &v->seen_size);
    shrink_stack((void **)&v->recoveries, &v->recoveries_size);
    shrink_buf(&v->text);
    shrink_buf(&v->message);
    shrink_buf(&v->key);
    shrink_buf(&v->scratch.normal);
    shrink_buf(&v->scratch.fault);
    key_table_clear(&v->ids);
    key_table_clear(&v->unassessed);
    v->unassessed_overflow = false;
    identity_reset(v);
    return 0;
}
