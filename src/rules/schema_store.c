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

/* -- Within the lock ------------------------------------------------------------------ */

/* It is not to be found again. */
static void forget(struct schema_set *set)
{
    free(set->key);
    set->key = NULL;
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

/* Takes out what is too much, and what cannot be found: a list. */
static struct schema_set *take_out(struct schema_store *store, uint64_t max_bytes)
{
    struct schema_set **oldest, *out = NULL;
    while ((oldest = find_oldest(store)) && (store->bytes > max_bytes || !(*oldest)->key)) {
        struct schema_set *set = *oldest;
        *oldest = set->next;
        store->bytes -= set->bytes;
        set->next = out;
        out = set;
    }
    return out;
}

/* -- Outside of it -------------------------------------------------------------------- */

static void free_all(struct schema_set *sets)
{
    for (struct schema_set *set; (set = sets);) {
        sets = set->next;
        schema_set_free(set);
    }
}

static void add(struct schema_store *store, struct schema_set *set, const char *key)
{
    set->key = strdup(key); /* without memory it is not found again */
    set->users = 1;
    keyed_lock_begin(&store->lock);
    set->next = store->sets;
    store->sets = set;
    store->bytes += set->bytes;
    store->compiled++;
    keyed_lock_end(&store->lock);
}

static struct schema_set *find(struct schema_store *store, const char *key)
{
    keyed_lock_begin(&store->lock);
    struct schema_set *set = store->sets;
    while (set && (!set->key || strcmp(set->key, key) != 0))
        set = set->next;
    if (set)
        set->users++;
    keyed_lock_end(&store->lock);
    if (!set || seen_files_are_current(&set->seen))
        return set;
    keyed_lock_begin(&store->lock);
    forget(set);
    keyed_lock_end(&store->lock);
    schema_store_release(store, set);
    return NULL;
}

struct schema_set *schema_store_get(struct schema_store *store,
                                    const struct thresh_options *options, int64_t until_ms,
                                    struct schema_set *(*load)(void *context,
                                                               struct thresh_error *error),
                                    void *context, struct thresh_error *error)
{
    if (!store)
        return load(context, error);
    char *key = make_key(options);
    int held = key ? keyed_lock_hold(&store->lock, key, until_ms) : -1;
    struct schema_set *set = held == 0 ? find(store, key) : NULL;
    if (held > 0)
        error_time_up(error, "the same schemas were being compiled for another run");
    else if (held < 0)
        error_no_memory(error);
    else if (!set && (set = load(context, error)))
        add(store, set, key);
    if (held == 0)
        keyed_lock_drop(&store->lock, key);
    free(key);
    return set;
}

void schema_store_release(struct schema_store *store, struct schema_set *set)
{
    if (!store || !set) {
        schema_set_free(set);
        return;
    }
    keyed_lock_begin(&store->lock);
    set->users--;
    set->used = ++store->uses;
    struct schema_set *out = take_out(store, store->max_bytes);
    keyed_lock_end(&store->lock);
    free_all(out);
}

void schema_store_forget(struct schema_store *store, const char *directory)
{
    keyed_lock_begin(&store->lock);
    for (struct schema_set *set = store->sets; set; set = set->next)
        if (set->key && strstr(set->key, directory))
            forget(set);
    struct schema_set *out = take_out(store, store->max_bytes);
    keyed_lock_end(&store->lock);
    free_all(out);
}

void schema_store_close(struct schema_store *store)
{
    free_all(take_out(store, 0));
}
