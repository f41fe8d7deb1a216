/* SPDX-License-Identifier: MIT */
#include "rules/schema_files.h"

#include "base/array.h"
#include "base/xml_chars.h"
#include "rules/schema_folder.h"
#include "rules/schema_includes.h"
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char root_selector[] = "root:";

/* A new schema, which is the list's from here on. NULL: no memory. */
static struct schema *add(struct schema_files *files, const char *file)
{
    struct schema *items = array_room(files->items, &files->cap, files->n + 1, sizeof *items);
    if (!items)
        return NULL;
    files->items = items;
    items[files->n] = (struct schema){.file = strdup(file)};
    if (!items[files->n].file)
        return NULL;
    const char *slash = strrchr(file, '/');
    items[files->n].name = items[files->n].file + (slash && slash[1] ? slash + 1 - file : 0);
    return &items[files->n++];
}

/* Which roots it is for, where the option says it: `len` bytes before the equals sign. */
static int select_roots(struct schema *schema, const char *selector, size_t len,
                        struct thresh_error *error)
{
    size_t skip = sizeof root_selector - 1;
    bool is_root = len >= skip && memcmp(selector, root_selector, skip) == 0;
    if (is_root && !xml_is_ncname(selector + skip, len - skip))
        return error_set(error,
                         "--schema: '%.*s' names no root; root:NAME has an element's name, "
                         "without a prefix",
                         (int)len, selector);
    char **at = is_root ? &schema->root_name : &schema->namespace_name;
    free(schema->root_name); /* an image has its own */
    free(schema->namespace_name);
    schema->root_name = schema->namespace_name = NULL;
    *at = is_root ? strndup(selector + skip, len - skip) : strndup(selector, len);
    return *at ? 0 : error_no_memory(error);
}

/* -- One file ------------------------------------------------------------------------- */

static int add_file(struct schema_files *files, const char *file, bool includes,
                    struct resolver *resolver, struct schema_head *head,
                    struct thresh_error *error)
{
    if (schema_head_read(head, file, resolver, includes, error) < 0)
        return -1;
    struct schema *schema = add(files, file);
    if (!schema)
        return error_no_memory(error);
    schema->is_relaxng = head->is_relaxng;
    if (head->target && !(schema->target = strdup(head->target)))
        return error_no_memory(error);
    return 0;
}

/* -- Several files -------------------------------------------------------------------- */

static void append_attribute(struct buf *out, const char *name, const char *value)
{
    buf_append_format(out, " %s=\"", name);
    for (; *value; value++)
        if (*value == '&' || *value == '<' || *value == '"')
            buf_append_format(out, "&#%d;", *value);
        else
            buf_append_char(out, *value);
    buf_append_char(out, '"');
}

/* One document of the schema that is put together. */
static int append_link(struct buf *driver, const char *file, struct resolver *resolver,
                       struct thresh_error *error)
{
    struct schema_head head = {0};
    if (schema_folder_is(file))
        return error_set(
            error,
            "--schema: %s: is a directory, an archive or compressed; only XSDs are put "
            "together with +",
            file);
    int rc = schema_head_read(&head, file, resolver, false, error);
    if (rc == 0 && head.is_relaxng)
        rc = error_set(error,
                       "--schema: %s: is RELAX NG; only XSDs are put together with +, and a "
                       "grammar includes others",
                       file);
    xmlChar *address = rc == 0 ? xmlPathToURI((const xmlChar *)file) : NULL;
    if (rc == 0 && !address)
        rc = error_no_memory(error);
    if (rc == 0) {
        bool has_target = *head.target;
        buf_append_string(driver, has_target ? "<xs:import" : "<xs:include");
        if (has_target)
            append_attribute(driver, "namespace", head.target);
        append_attribute(driver, "schemaLocation", (const char *)address);
        buf_append_string(driver, "/>\n");
    }
    xmlFree(address);
    schema_head_free(&head);
    return rc;
}

/* The name of the last part of each file, with a + between them. */
static void append_name(struct buf *name, const char *file)
{
    const char *slash = strrchr(file, '/');
    buf_append_format(name, "%s%s", name->len ? "+" : "", slash ? slash + 1 : file);
}

/* Files of the same names may come from elsewhere. */
static bool is_put(const struct resolver *resolver, struct buf *name)
{
    struct resource other;
    bool is = buf_string(name) && resolver_find_put(resolver, name->data, &other) == 0;
    if (is)
        resource_close(&other);
    return is;
}

/* a.xsd+b.xsd is a schema of its own, which imports both. */
static int add_together(struct schema_files *files, const char *option,
                        struct resolver *resolver, struct thresh_error *error)
{
    struct buf driver = {0}, name = {0};
    char *list = strdup(option), *rest = list;
    int rc = list ? 0 : error_no_memory(error);
    buf_append_string(&driver, "<xs:schema xmlns:xs=\"" SCHEMA_XSD_NAMESPACE "\">\n");
    for (char *file; rc == 0 && (file = strsep(&rest, "+"));) {
        append_name(&name, file);
        rc = *file ? append_link(&driver, file, resolver, error)
                   : error_set(error,
                               "--schema: %s: no file is named on one side of a +; schemas are "
                               "put together as a.xsd+b.xsd",
                               option);
    }
    buf_append_string(&driver, "</xs:schema>\n");
    while (rc == 0 && is_put(resolver, &name))
        buf_append_char(&name, '+');
    if (rc == 0 && (!buf_string(&driver) || !buf_string(&name) ||
                    resolver_put(resolver, name.data, driver.data, driver.len) < 0))
        rc = error_no_memory(error);
    struct schema_head head = {0};
    if (rc == 0)
        rc = schema_head_read(&head, strncpy(list, option, strcspn(option, "+")), resolver,
                              false, error);
    struct schema *schema = rc == 0 ? add(files, name.data) : NULL;
    if (rc == 0 && (!schema || !(schema->target = strdup(head.target))))
        rc = error_no_memory(error);
    schema_head_free(&head);
    buf_free(&driver);
    buf_free(&name);
    free(list);
    return rc;
}

/* -- A directory or an archive -------------------------------------------------------- */

/* Takes out those that others include: they are no schemas by themselves. 0, or -1 without
 * memory. */
static int drop_included(struct schema_files *files, size_t first, const char *path,
                         const struct schema_includes *includes)
{
    bool *is_root = calloc(includes->n + 1, sizeof *is_root);
    int rc = is_root ? schema_includes_find_roots(includes, is_root) : -1;
    size_t n = first;
    for (size_t i = first; i < files->n && rc == 0; i++)
        if (is_root[i - first]) {
            files->items[i].is_of_folder = strcmp(files->items[i].file, path) != 0;
            files->items[n++] = files->items[i];
        } else {
            schema_free(&files->items[i]);
            files->included++;
        }
    if (rc == 0)
        files->n = n;
    free(is_root);
    return rc;
}

static int add_folder(struct schema_files *files, const char *path, struct resolver *resolver,
                      struct thresh_error *error)
{
    struct schema_folder folder = {0};
    struct schema_includes includes = {0};
    size_t first = files->n;
    int rc = schema_folder_list(&folder, path, resolver, error);
    if (rc == 0 && !folder.n)
        rc = error_set(error,
                       "--schema: %s: has no schema in it, no file whose name ends in .xsd or "
                       ".rng",
                       path);
    for (size_t i = 0; i < folder.n && rc == 0; i++) {
        struct schema_head head = {0};
        rc = add_file(files, folder.files[i], true, resolver, &head, error);
        if (rc < 0 && strcmp(folder.files[i], path) != 0)
            schema_folder_refuse(error);
        if (rc == 0 && schema_includes_add(&includes, &head, resolver) < 0)
            rc = error_no_memory(error);
        schema_head_free(&head);
    }
    if (rc == 0 && drop_included(files, first, path, &includes) < 0)
        rc = error_no_memory(error);
    schema_includes_free(&includes);
    schema_folder_free(&folder);
    return rc;
}

/* -- An image ------------------------------------------------------------------------- */

static int copy(char **to, const char *text)
{
    return !text || (*to = strdup(text)) ? 0 : -1;
}

static int add_compiled(struct schema_files *files, const struct image_schema *compiled,
                        struct thresh_error *error)
{
    struct schema *schema = add(files, compiled->file);
    if (!schema || copy(&schema->root_name, compiled->root_name) < 0 ||
        copy(&schema->namespace_name, compiled->namespace_name) < 0 ||
        copy(&schema->target, compiled->target) < 0)
        return error_no_memory(error);
    schema->is_of_folder = compiled->is_of_folder;
    schema->is_shared = true;
    schema->xsd = (struct xsd *)compiled->xsd;
    return 0;
}

/* 1: the file is none. */
static int add_image(struct schema_files *files, const char *file, bool is_selected,
                     struct thresh_error *error)
{
    struct schema_image *images =
        array_room(files->images, &files->cap_images, files->n_images + 1, sizeof *images);
    if (!images)
        return error_no_memory(error);
    files->images = images;
    struct schema_image *opened = &images[files->n_images];
    if (schema_image_open(opened, file, files->max_bytes, files->seen, error) < 0)
        return -1;
    if (!opened->image)
        return 1;
    files->n_images++;
    const struct image_contents *contents = image_contents(opened->image);
    if (is_selected && contents->n_schemas > 1)
        return error_set(error,
                         "--schema: %s: is an image of %u schemas, which cannot all be for the "
                         "same roots; give it alone, for it has theirs",
                         file, contents->n_schemas);
    for (uint32_t i = 0; i < contents->n_schemas; i++)
        if (add_compiled(files, &contents->schemas[i], error) < 0)
            return -1;
    return 0;
}

/* -- All of them ---------------------------------------------------------------------- */

int schema_files_add(struct schema_files *files, const char *option, struct resolver *resolver,
                     struct thresh_error *error)
{
    /* Splits at the last equals sign, for a namespace may have some. But where the whole is the
     * name of a file, it is that; and so it is with a plus sign. */
    const char *equals = access(option, F_OK) == 0 ? NULL : strrchr(option, '=');
    const char *file = equals ? equals + 1 : option;
    bool is_there = access(file, F_OK) == 0;
    struct schema_head head = {0};
    size_t first = files->n;
    int rc = is_there ? add_image(files, file, equals, error) : 1;
    if (rc > 0)
        rc = is_there && schema_folder_is(file) ? add_folder(files, file, resolver, error)
             : !is_there && strchr(file, '+')
                 ? add_together(files, file, resolver, error)
                 : add_file(files, file, false, resolver, &head, error);
    schema_head_free(&head);
    for (size_t i = first; rc == 0 && equals && i < files->n; i++)
        rc = select_roots(&files->items[i], option, (size_t)(equals - option), error);
    return rc;
}
