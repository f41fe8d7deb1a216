/* SPDX-License-Identifier: MIT */
#include "rules/schema_cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int schema_cache_open(struct schema_cache *cache, const struct thresh_options *options,
                      struct thresh_error *error)
{
    cache->directory = (struct cache_directory){
        .path = options->schema_cache,
        .option = "--schema-cache",
        .decides = "what schemas are",
        .suffix = ".image",
        .max_bytes = options->cache_size,
        .fd = -1,
    };
    if (!*options->schema_cache)
        return error_set(error,
                         "schema-cache: no directory is named; give one in place of true");
    return cache_directory_open(&cache->directory, error);
}

void schema_cache_close(struct schema_cache *cache)
{
    cache_directory_close(&cache->directory);
}

/* -- The key -------------------------------------------------------------------------- */

static void add_text(struct sha256_ctx *sum, const char *text)
{
    sha256_update(sum, strlen(text) + 1, (const uint8_t *)text);
}

/* All that the compiler goes by and is not a file that it sees. 1, or 0 where there is nothing
 * to compile. */
static bool make_key(struct schema_cache *cache, const struct thresh_options *options,
                     const struct schema_set *set)
{
    struct sha256_ctx sum;
    char *directory = getcwd(NULL, 0);
    bool is_any = false;
    sha256_init(&sum);
    add_text(&sum, "thresh " THRESH_VERSION " " THRESH_BUILD_DIGEST);
    add_text(&sum, directory ? directory : "");
    add_text(&sum, options->catalog ? options->catalog : "");
    for (size_t i = 0; i < set->n_schemas; i++)
        if (schema_is_compiled(&set->schemas[i])) {
            add_text(&sum, set->schemas[i].file);
            add_text(&sum, set->schemas[i].target ? set->schemas[i].target : "");
            is_any = true;
        }
    resolver_digest_put(set->resolver, &sum);
    digest_end_hex(&sum, cache->key);
    free(directory);
    return is_any;
}

/* -- Looking -------------------------------------------------------------------------- */

/* Whether all is as it was when the image was made; then `seen` has it all. */
static int are_current(const struct image_contents *contents, const struct seen_files *known,
                       struct seen_files *seen)
{
    int rc = 1;
    for (uint32_t i = 0; i < contents->n_sources && rc > 0; i++) {
        const struct image_source *source = &contents->sources[i];
        struct seen_file then = {.path = (char *)source->path,
                                 .is_there = source->kind != IMAGE_SOURCE_ABSENT,
                                 .is_read = source->kind == IMAGE_SOURCE_READ,
                                 .bytes = source->bytes};
        memcpy(then.digest, source->digest, sizeof then.digest);
        rc = seen_files_again(seen, &then, known);
        /* An image that names a path twice was not made by us. */
        if (rc > 0 && (seen->n != i + 1 || seen_files_first(seen, i) != source->first))
            rc = 0;
    }
    return rc;
}

/* Whether these are the schemas sought; each file is compiled once, wherever it is named. */
static bool take_schemas(const struct image_contents *contents, struct schema_set *set)
{
    for (size_t i = 0; i < set->n_schemas; i++) {
        struct schema *schema = &set->schemas[i];
        uint32_t k = 0;
        if (!schema_is_compiled(schema))
            continue;
        while (k < contents->n_schemas && strcmp(contents->schemas[k].file, schema->file) != 0)
            k++;
        schema->xsd = k < contents->n_schemas ? (struct xsd *)contents->schemas[k].xsd : NULL;
        if (!schema->xsd)
            return false;
    }
    for (size_t i = 0; i < set->n_schemas; i++)
        set->schemas[i].is_shared |= schema_is_compiled(&set->schemas[i]);
    return true;
}

static void leave_schemas(struct schema_set *set)
{
    for (size_t i = 0; i < set->n_schemas; i++)
        if (schema_is_compiled(&set->schemas[i]))
            set->schemas[i].xsd = NULL;
}

/* What is there and cannot be used is as if it were not there: it is made anew. */
static struct image *read_image(const struct schema_cache *cache, uint64_t max_bytes)
{
    char name[CACHE_NAME];
    struct stat facts;
    struct image *image = NULL;
    struct thresh_error ignored;
    cache_directory_name(&cache->directory, cache->key, name);
    int fd = cache_directory_find(&cache->directory, name);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) &&
        (!max_bytes || (uint64_t)facts.st_size <= max_bytes))
        image = image_read(fd, (uint64_t)facts.st_size, name, NULL, &ignored);
    if (image)
        cache_directory_use(fd);
    close(fd);
    return image;
}

int schema_cache_find(struct schema_cache *cache, const struct thresh_options *options,
                      uint64_t max_bytes, struct schema_set *set)
{
    struct seen_files seen = {0};
    int rc = 0;
    struct image *image = make_key(cache, options, set) ? read_image(cache, max_bytes) : NULL;
    const struct image_contents *contents = image ? image_contents(image) : NULL;
    if (contents && contents->key && strcmp(contents->key, cache->key) == 0)
        rc = are_current(contents, &set->seen, &seen);
    if (rc > 0 && !take_schemas(contents, set)) {
        leave_schemas(set);
        rc = 0;
    }
    if (rc > 0) {
        set->cached = image;
        seen_files_replace(&set->seen, &seen);
    } else {
        image_free(image);
    }
    seen_files_free(&seen);
    return rc;
}

/* -- Adding --------------------------------------------------------------------------- */

static int keep(const struct schema_cache *cache, const struct buf *bytes,
                struct thresh_error *error)
{
    const struct cache_directory *directory = &cache->directory;
    struct cache_addition addition = {.temporary = NULL};
    if (bytes->len > directory->max_bytes)
        return error_set(error,
                         "%s: the image of the schemas has %zu bytes, and is not kept; raise "
                         "--cache-size",
                         directory->path, bytes->len);
    int rc = cache_addition_begin(&addition, directory, error);
    if (rc == 0)
        rc = cache_addition_write(&addition, directory, bytes->data, bytes->len, error);
    if (rc == 0)
        rc = cache_addition_publish(&addition, directory, cache->key, error);
    cache_addition_drop(&addition, directory);
    return rc < 0 ? -1 : cache_directory_throw_out(directory, error);
}

int schema_cache_add(const struct schema_cache *cache, const struct schema_set *set,
                     struct thresh_error *error)
{
    struct buf bytes = {0};
    int rc = 0;
    for (size_t i = 0; i < set->n_schemas && !bytes.len && rc == 0; i++)
        if (schema_is_compiled(&set->schemas[i]))
            rc = schema_set_to_cached(set, cache->key, &bytes) < 0 ? error_no_memory(error) : 0;
    if (rc == 0 && bytes.len)
        rc = keep(cache, &bytes, error);
    buf_free(&bytes);
    return rc;
}
