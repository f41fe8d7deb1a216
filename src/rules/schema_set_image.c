/* SPDX-License-Identifier: MIT
 *
 * From a set of schemas to their image.
 */
#include "rules/schema_set.h"

#include <stdlib.h>
#include <string.h>

static int check_language(const struct schema_set *set, struct thresh_error *error)
{
    for (size_t i = 0; i < set->n_schemas; i++)
        if (set->schemas[i].relaxng)
            return error_set(
                error,
                "%s: is RELAX NG, of which there are no images; give it to --schema "
                "as it is",
                set->schemas[i].file);
    return set->n_schemas ? 0 : error_set(error, "no schema is named; give --schema FILE");
}

/* -- What is not there ---------------------------------------------------------------- */

/* Appends the elements that are not there yet, as a compiler of all together would. */
static void add_missing(struct buf *missing, const char *elements)
{
    for (const char *end; (end = strstr(elements, "/>")); elements = end + 2) {
        char *element = strndup(elements, (size_t)(end + 2 - elements));
        if (!element || !buf_string(missing))
            missing->failed = true;
        else if (!strstr(missing->data, element))
            buf_append_string(missing, element);
        free(element);
    }
}

int schema_set_notes(const struct schema_set *set, bool are_all, struct buf *notes,
                     struct buf *missing)
{
    for (size_t i = 0; are_all && i < set->n_images; i++) {
        const struct image_contents *contents = image_contents(set->images[i].image);
        buf_append_string(notes, contents->notes);
        add_missing(missing, contents->missing);
    }
    buf_append(notes, set->notes.data, set->notes.len);
    add_missing(missing, set->missing.len ? set->missing.data : "");
    return buf_string(notes) && buf_string(missing) ? 0 : -1;
}

/* -- Files ---------------------------------------------------------------------------- */

/* Those that were seen; `numbers` has room for one of each. */
static uint32_t list_seen(const struct schema_set *set, uint32_t *numbers,
                          struct image_source *sources)
{
    uint32_t n = 0;
    for (size_t i = 0; i < set->seen.n; i++) {
        const struct seen_file *file = &set->seen.items[i];
        struct image_source *source = &sources[n];
        if (file->is_taken)
            continue;
        numbers[i] = n;
        *source = (struct image_source){.path = file->path,
                                        .kind = !file->is_there ? IMAGE_SOURCE_ABSENT
                                                : file->is_read ? IMAGE_SOURCE_READ
                                                                : IMAGE_SOURCE_FOUND,
                                        .first = numbers[seen_files_first(&set->seen, i)],
                                        .bytes = file->bytes};
        if (file->is_read)
            memcpy(source->digest, file->digest, sizeof source->digest);
        n++;
    }
    return n;
}

/* And those that images say they were made of. */
static uint32_t list_sources_of_images(const struct schema_set *set, uint32_t n,
                                       struct image_source *sources)
{
    for (size_t i = 0; i < set->n_images; i++) {
        const struct image_contents *contents = image_contents(set->images[i].image);
        for (uint32_t k = 0; k < contents->n_sources; k++) {
            sources[n + k] = contents->sources[k];
            sources[n + k].first += n;
        }
        n += contents->n_sources;
    }
    return n;
}

static size_t count_sources(const struct schema_set *set)
{
    size_t n = set->seen.n;
    for (size_t i = 0; i < set->n_images; i++)
        n += image_contents(set->images[i].image)->n_sources;
    return n;
}

/* -- Schemas -------------------------------------------------------------------------- */

static uint32_t list_schemas(const struct schema_set *set, bool are_all,
                             struct image_schema *schemas)
{
    uint32_t n = 0;
    for (size_t i = 0; i < set->n_schemas; i++) {
        const struct schema *schema = &set->schemas[i];
        if (!are_all && !schema_is_compiled(schema))
            continue;
        schemas[n++] = (struct image_schema){
            .root_name = schema->root_name,
            .namespace_name = schema->namespace_name,
            .target = schema->target,
            .file = schema->file,
            .is_of_folder = schema->is_of_folder,
            .xsd = schema->xsd,
        };
    }
    return n;
}

/* All of the set, or what was compiled here. 0, or -1 without memory. */
static int write(const struct schema_set *set, bool are_all, const char *key, struct buf *bytes)
{
    struct buf notes = {0}, missing = {0};
    struct image_schema *schemas = calloc(set->n_schemas + 1, sizeof *schemas);
    struct image_source *sources = calloc(count_sources(set) + 1, sizeof *sources);
    uint32_t *numbers = calloc(set->seen.n + 1, sizeof *numbers);
    int rc = schemas && sources && numbers && !set->seen.failed ? 0 : -1;
    if (rc == 0 && schema_set_notes(set, are_all, &notes, &missing) == 0) {
        uint32_t n_seen = list_seen(set, numbers, sources);
        rc = image_write(
            &(struct image_contents){
                .schemas = schemas,
                .n_schemas = list_schemas(set, are_all, schemas),
                .n_sources = are_all ? list_sources_of_images(set, n_seen, sources) : n_seen,
                .sources = sources,
                .notes = notes.data,
                .missing = missing.data,
                .key = key},
            bytes);
    } else {
        rc = -1;
    }
    free(schemas);
    free(sources);
    free(numbers);
    buf_free(&notes);
    buf_free(&missing);
    return rc;
}

int schema_set_to_image(const struct schema_set *set, struct buf *bytes,
                        struct thresh_error *error)
{
    if (check_language(set, error) < 0)
        return -1;
    return write(set, true, NULL, bytes) < 0 ? error_no_memory(error) : 0;
}

int schema_set_to_cached(const struct schema_set *set, const char *key, struct buf *bytes)
{
    return write(set, false, key, bytes);
}
