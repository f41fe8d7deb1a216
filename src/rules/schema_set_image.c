/* SPDX-License-Identifier: MIT
 *
 * From a set of schemas to their image.
 */
#include "rules/schema_set.h"

#include <stdlib.h>
#include <string.h>

static const char *kept_notes(const struct schema_set *set)
{
    return set->notes.len ? set->notes.data : "";
}

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

/* Files that were seen, and those that images say they were made of. */
static uint32_t list_sources(const struct schema_set *set, struct image_source *sources)
{
    uint32_t n = 0;
    for (size_t i = 0; i < set->seen.n; i++) {
        const struct seen_file *file = &set->seen.items[i];
        struct image_source *source = &sources[n];
        if (file->is_taken)
            continue;
        *source = (struct image_source){.path = file->path,
                                        .kind = !file->is_there ? IMAGE_SOURCE_ABSENT
                                                : file->is_read ? IMAGE_SOURCE_READ
                                                                : IMAGE_SOURCE_FOUND};
        if (file->is_read)
            memcpy(source->digest, file->digest, sizeof source->digest);
        n++;
    }
    for (size_t i = 0; i < set->n_images; i++) {
        const struct image_contents *contents = image_contents(set->images[i].image);
        for (uint32_t k = 0; k < contents->n_sources; k++)
            sources[n++] = contents->sources[k];
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

int schema_set_to_image(const struct schema_set *set, struct buf *bytes,
                        struct thresh_error *error)
{
    if (check_language(set, error) < 0)
        return -1;
    struct image_schema *schemas = calloc(set->n_schemas, sizeof *schemas);
    struct image_source *sources = calloc(count_sources(set) + 1, sizeof *sources);
    int rc = schemas && sources && !set->seen.failed ? 0 : -1;
    for (size_t i = 0; i < set->n_schemas && rc == 0; i++)
        schemas[i] = (struct image_schema){
            .root_name = set->schemas[i].root_name,
            .namespace_name = set->schemas[i].namespace_name,
            .target = set->schemas[i].target,
            .file = set->schemas[i].file,
            .is_of_folder = set->schemas[i].is_of_folder,
            .xsd = set->schemas[i].xsd,
        };
    if (rc == 0)
        rc = image_write(&(struct image_contents){.schemas = schemas,
                                                  .n_schemas = (uint32_t)set->n_schemas,
                                                  .n_sources = list_sources(set, sources),
                                                  .sources = sources,
                                                  .notes = kept_notes(set)},
                         bytes);
    free(schemas);
    free(sources);
    return rc < 0 ? error_no_memory(error) : 0;
}
