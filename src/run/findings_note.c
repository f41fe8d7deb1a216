/* SPDX-License-Identifier: MIT */
#include "run/findings_note.h"

#include "base/utf8.h"
#include <string.h>

/* More than there are rules that can be broken and namespaces that are kept. */
enum { MOST_GROUPS = 10000 };

/* -- Text ----------------------------------------------------------------------------- */

/* Names of files need not be UTF-8, and are to come back as they were: each byte is the
 * character of its number. */
static json_t *text_to_json(const char *text)
{
    struct buf out = {0};
    unsigned char utf8[4];
    for (const char *at = text; *at; at++)
        buf_append(&out, utf8, utf8_write((unsigned char)*at, utf8));
    json_t *string = buf_string(&out) ? json_stringn(out.data, out.len) : NULL;
    buf_free(&out);
    return string;
}

/* The bytes, which take the place of what is in `out`. 0, 1 where it is no such text, or -1
 * without memory. */
static int text_from_json(const json_t *json, struct buf *out)
{
    const char *text = json_string_value(json);
    const unsigned char *at = (const unsigned char *)text, *end = at;
    if (!text)
        return 1;
    end += json_string_length(json);
    buf_clear(out);
    while (at < end) {
        uint32_t byte = utf8_next(&at, end);
        if (byte == 0 || byte > UINT8_MAX)
            return 1;
        buf_append_char(out, (char)byte);
    }
    return buf_string(out) ? 0 : -1;
}

static int count_from_json(const json_t *json, uint64_t *count)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return 1;
    *count = (uint64_t)json_integer_value(json);
    return 0;
}

/* -- Written -------------------------------------------------------------------------- */

static json_t *count_to_json(uint64_t count)
{
    return json_integer((json_int_t)count);
}

/* Lost memory leaves something out, which is seen at the end. */
static json_t *groups_to_json(const struct findings *f)
{
    json_t *groups = json_array();
    for (size_t i = 0; i < f->n_groups; i++) {
        const struct finding_group *group = &f->groups[i];
        json_array_append_new(
            groups,
            json_pack("[o, o, o, o, o, o, o, o, o]", text_to_json(group->kind),
                      text_to_json(group->code),
                      group->namespace_name ? text_to_json(group->namespace_name) : json_null(),
                      count_to_json(group->errors), count_to_json(group->documents),
                      text_to_json(group->path), count_to_json(group->line),
                      count_to_json(group->column), text_to_json(group->message)));
    }
    return groups;
}

static json_t *roots_to_json(const struct findings *f)
{
    json_t *roots = json_array();
    for (size_t i = 0; i < f->n_roots; i++)
        json_array_append_new(roots,
                              json_pack("[o, o]", text_to_json(f->roots[i].namespace_name),
                                        count_to_json(f->roots[i].documents)));
    return roots;
}

/* As --extract has them, with how many documents they found something in. */
static json_t *fields_to_json(const struct findings *f)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < f->rules->n_extractions; i++) {
        const struct extraction *extraction = &f->rules->extractions[i];
        json_array_append_new(fields, json_pack("[o, o, o]", text_to_json(extraction->name),
                                                text_to_json(extraction->text),
                                                count_to_json(f->found ? f->found[i] : 0)));
    }
    return fields;
}

static json_t *prefixes_to_json(const struct findings *f)
{
    json_t *prefixes = json_array();
    for (size_t i = 0; i < f->rules->prefixes.n; i++) {
        const struct xpath_prefix *prefix = &f->rules->prefixes.items[i];
        json_array_append_new(prefixes, json_pack("[o, o]", text_to_json(prefix->prefix),
                                                  text_to_json(prefix->uri)));
    }
    return prefixes;
}

json_t *findings_to_note(const struct findings *f)
{
    json_t *sizes = json_array();
    for (size_t i = 0; i < FINDINGS_SIZES; i++)
        json_array_append_new(sizes, count_to_json(f->sizes[i]));
    json_t *groups = groups_to_json(f), *roots = roots_to_json(f), *fields = fields_to_json(f),
           *prefixes = prefixes_to_json(f);
    bool is_whole = json_array_size(groups) == f->n_groups &&
                    json_array_size(roots) == f->n_roots &&
                    json_array_size(fields) == f->rules->n_extractions &&
                    json_array_size(prefixes) == f->rules->prefixes.n &&
                    json_array_size(sizes) == FINDINGS_SIZES;
    json_t *note = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "groups", groups, "roots", roots,
                             "fields", fields, "prefixes", prefixes, "sizes", sizes, "answered",
                             count_to_json(f->answered));
    if (is_whole)
        return note;
    json_decref(note);
    return NULL;
}

/* -- Read ----------------------------------------------------------------------------- */

/* Gives the option the values LEFT=RIGHT, by which each of the list begins. */
static int pairs_from_json(const json_t *list, const char *option,
                           struct thresh_options *options)
{
    struct thresh_error wrong;
    struct buf left = {0}, right = {0};
    int rc = json_is_array(list) ? 0 : 1;
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        rc = text_from_json(json_array_get(item, 0), &left);
        if (rc == 0)
            rc = text_from_json(json_array_get(item, 1), &right);
        if (rc == 0 && (buf_append_char(&left, '=') < 0 ||
                        buf_append(&left, right.data, right.len) < 0 || !buf_string(&left)))
            rc = -1;
        if (rc == 0 && options_set(options, option, left.data, &wrong) < 0)
            rc = 1;
    }
    buf_free(&left);
    buf_free(&right);
    return rc;
}

int findings_note_options(const json_t *note, struct thresh_options *options)
{
    int rc = pairs_from_json(json_object_get(note, "prefixes"), "namespace", options);
    return rc ? rc : pairs_from_json(json_object_get(note, "fields"), "extract", options);
}

/* A group, whose texts are in `texts` as long as it is added. */
enum { KIND, CODE, NAMESPACE, PATH, MESSAGE, TEXTS };

static int add_group(struct findings *f, const json_t *json, struct buf texts[TEXTS])
{
    static const size_t places[TEXTS] = {0, 1, 2, 5, 8};
    struct finding_group group = {.kind = NULL};
    bool has_namespace = !json_is_null(json_array_get(json, places[NAMESPACE]));
    for (int i = 0; i < TEXTS; i++) {
        int rc = i == NAMESPACE && !has_namespace
                     ? 0
                     : text_from_json(json_array_get(json, places[i]), &texts[i]);
        if (rc)
            return rc;
    }
    if (count_from_json(json_array_get(json, 3), &group.errors) ||
        count_from_json(json_array_get(json, 4), &group.documents) ||
        count_from_json(json_array_get(json, 6), &group.line) ||
        count_from_json(json_array_get(json, 7), &group.column) || !group.documents ||
        group.errors < group.documents)
        return 1;
    group.kind = texts[KIND].data;
    group.code = texts[CODE].data;
    group.namespace_name = has_namespace ? texts[NAMESPACE].data : NULL;
    group.path = texts[PATH].data;
    group.message = texts[MESSAGE].data;
    return findings_add_group(f, &group);
}

static int add_groups(struct findings *f, const json_t *groups)
{
    struct buf texts[TEXTS] = {{0}};
    int rc = json_is_array(groups) && json_array_size(groups) <= MOST_GROUPS ? 0 : 1;
    for (size_t i = 0; rc == 0 && i < json_array_size(groups); i++)
        rc = add_group(f, json_array_get(groups, i), texts);
    for (int i = 0; i < TEXTS; i++)
        buf_free(&texts[i]);
    return rc;
}

static int add_roots(struct findings *f, const json_t *roots)
{
    struct finding_root root;
    struct buf name = {0};
    int rc = json_is_array(roots) && json_array_size(roots) <= MOST_GROUPS ? 0 : 1;
    for (size_t i = 0; rc == 0 && i < json_array_size(roots); i++) {
        const json_t *json = json_array_get(roots, i);
        rc = text_from_json(json_array_get(json, 0), &name);
        if (rc == 0)
            rc = count_from_json(json_array_get(json, 1), &root.documents);
        root.namespace_name = name.data;
        if (rc == 0)
            rc = findings_add_root(f, &root);
    }
    buf_free(&name);
    return rc;
}

static int add_found(struct findings *f, const json_t *fields, uint64_t answered)
{
    uint64_t found;
    if (!json_is_array(fields) || json_array_size(fields) != f->rules->n_extractions)
        return 1;
    if (findings_begin_fields(f) < 0)
        return -1;
    for (size_t i = 0; i < f->rules->n_extractions; i++) {
        if (count_from_json(json_array_get(json_array_get(fields, i), 2), &found) ||
            found > answered)
            return 1;
        f->found[i] += found;
    }
    return 0;
}

int findings_add_note(struct findings *f, const json_t *note)
{
    const json_t *sizes = json_object_get(note, "sizes");
    uint64_t answered, size;
    if (count_from_json(json_object_get(note, "answered"), &answered))
        return 1;
    f->answered += answered;
    for (size_t i = 0; i < FINDINGS_SIZES; i++) {
        if (count_from_json(json_array_get(sizes, i), &size))
            return 1;
        f->sizes[i] += size;
    }
    int rc = add_found(f, json_object_get(note, "fields"), answered);
    if (rc == 0)
        rc = add_roots(f, json_object_get(note, "roots"));
    return rc ? rc : add_groups(f, json_object_get(note, "groups"));
}
