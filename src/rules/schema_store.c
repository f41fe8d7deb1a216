/* SPDX-License-Identifier: MIT */
#include "rules/schema_store.h"

#include <stdlib.h>
#include <string.h>

/* All that the options have to do with schemas. NULL: no memory. */
static char *make_key(const struct thresh_options *options)
{
    struct buf key = {0};
    buf_append_format(&key, "%d %s", options->strict_schema,
                      options->catalog ? options->catalog : "");
    for (size_t i = 0; i < options->schema.n; i++)
        buf_append_format(&key, "\n%s", options->schema.items[i]);
    char *text = buf_string(&key) ? strdup(key.data) : NULL;
    buf_free(&key);
    return text;
}

struct schema_set *schema_store_find(struct schema_store *store,
                                     const struct thresh_options *options)
{
    char *key = store ? make_key(options) : NULL;
    struct schema_set *set = key ? store->sets : NULL;
    while (set && (!set->key || strcmp(set->key, key) != 0))
        set = set->next;
    free(key);
    if (set && !seen_files_are_current(&set->seen)) {
        free(set->key); /* not to be found again */
        set->key = NULL;
        set = NULL;
    }
    if (set)
        set->users++;
    return set;
}

void schema_store_add(struct schema_store *store, struct schema_set *set,
                      const struct thresh_options *options)
{
    if (!store)
        return;
    set->key = make_key(options);
    set->users = 1;
    set->next = store->sets;
    store->sets = set;
    store->bytes += set->bytes;
    store->compiled++;
}

/* What nobody has: first what cannot be found, then the oldest. */
static struct schema_set **find_oldest(struct schema_store *store)
{
    struct schema_set **oldest = NULL;
    for (struct schema_set **at = &store->sets; *at; at = &(*at)->next)
        if (!(*at)->users && (!oldest || !(*at)->key || (*at)->used < (*oldest)->used)) {
            oldest = at;
            if (!(*at)->key)
                break;
        }
    return oldest;
}

static void shrink(struct schema_store *store, uint64_t max_bytes)
{
    struct schema_set **oldest;
    while (store->bytes > max_bytes && (oldest = find_oldest(store))) {
        struct schema_set *set = *oldest;
        *oldest = set->next;
        store->bytes -= set->bytes;
        schema_set_free(set);
    }
}

void schema_store_release(struct schema_store *store, struct schema_set *set)
{
    if (!store || !set) {
        schema_set_free(set);
        return;
    }
    set->users--;
    set->used = ++store->uses;
    shrink(store, store->max_bytes);
}

void schema_store_close(struct schema_store *store)
{
    shrink(store, 0);
}
