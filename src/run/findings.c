/* SPDX-License-Identifier: MIT */
#include "run/findings.h"

#include "base/array.h"
#include "record/notes.h"
#include "rules/extraction_hint.h"
#include <stdlib.h>
#include <string.h>

/* Namespaces come from documents: of more than so many, the rest are one. */
enum { MOST_NAMESPACES = 100 };
static const struct note_text many = {"(many more)", sizeof "(many more)" - 1};

void findings_free(struct findings *f)
{
    for (size_t i = 0; i < f->n_groups; i++) {
        free(f->groups[i].kind);
        free(f->groups[i].code);
        free(f->groups[i].namespace_name);
        free(f->groups[i].path);
        free(f->groups[i].message);
    }
    for (size_t i = 0; i < f->n_roots; i++)
        free(f->roots[i].namespace_name);
    free(f->groups);
    free(f->roots);
    free(f->found);
    *f = (struct findings){0};
}

static bool is_text(const char *string, struct note_text text)
{
    return strlen(string) == text.len && memcmp(string, text.bytes, text.len) == 0;
}

/* -- Groups --------------------------------------------------------------------------- */

/* What is to be in a new group; its namespace is NULL for faults. */
struct group_key {
    struct note_text kind, code;
    const struct note_text *namespace_name;
};

static bool is_group(const struct finding_group *group, const struct group_key *key)
{
    if (!group->namespace_name != !key->namespace_name)
        return false;
    return key->namespace_name
               ? is_text(group->namespace_name, *key->namespace_name)
               : is_text(group->code, key->code) && is_text(group->kind, key->kind);
}

static char *copy(struct note_text text)
{
    char *string = malloc(text.len + 1); /* no NUL follows the text, wherever one may be */
    if (string && text.len)
        memcpy(string, text.bytes, text.len);
    if (string)
        string[text.len] = '\0';
    return string;
}

/* Of a fault, or of a root without a schema; with the first example. NULL: no memory. */
static struct finding_group *new_group(struct findings *f, const struct group_key *key,
                                       struct note_text path, const struct note_fault *first)
{
    struct finding_group *groups =
        array_room(f->groups, &f->cap_groups, f->n_groups + 1, sizeof *groups);
    if (!groups)
        return NULL;
    f->groups = groups;
    struct finding_group *group = &groups[f->n_groups++];
    *group = (struct finding_group){.kind = copy(key->kind),
                                    .code = copy(key->code),
                                    .path = copy(path),
                                    .message = copy(first->message),
                                    .line = first->line,
                                    .column = first->column};
    if (key->namespace_name)
        group->namespace_name = copy(*key->namespace_name);
    return group->kind && group->code && group->path && group->message &&
                   (group->namespace_name || !key->namespace_name)
               ? group
               : NULL;
}

/* The fault, found in so many documents, of which the first is at `path`. */
static int add_to_group(struct findings *f, const struct group_key *key, struct note_text path,
                        const struct note_fault *fault, uint64_t documents)
{
    size_t i = 0;
    while (i < f->n_groups && !is_group(&f->groups[i], key))
        i++;
    struct finding_group *group =
        i < f->n_groups ? &f->groups[i] : new_group(f, key, path, fault);
    if (!group)
        return -1;
    group->errors += fault->n;
    group->documents += documents;
    return 0;
}

/* The namespace that the roots of this one are counted in. */
static const struct note_text *namespace_of(const struct findings *f,
                                            const struct group_key *key)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_groups; i++) {
        n += f->groups[i].namespace_name != NULL;
        if (is_group(&f->groups[i], key))
            return key->namespace_name;
    }
    return n >= MOST_NAMESPACES ? &many : key->namespace_name;
}

static int add_unmapped(struct findings *f, const struct notes *notes)
{
    static const struct note_text kind = {"schema", 6}, code = {"unmapped", 8};
    struct group_key key = {kind, code, &notes->root_namespace};
    struct note_fault fault = {.n = 1, .message = notes->root_name};
    key.namespace_name = namespace_of(f, &key);
    return add_to_group(f, &key, notes->path, &fault, 1);
}

static int add_faults(struct findings *f, struct notes *notes)
{
    struct note_fault fault;
    int rc;
    while ((rc = notes_next(notes, &fault)) > 0) {
        struct group_key key = {fault.kind, fault.code, NULL};
        if (add_to_group(f, &key, notes->path, &fault, 1) < 0)
            return -1;
    }
    return rc < 0 ? 1 : 0;
}

static struct note_text text_of(const char *string)
{
    return (struct note_text){string, strlen(string)};
}

int findings_add_group(struct findings *f, const struct finding_group *group)
{
    struct note_text namespace_name;
    struct group_key key = {text_of(group->kind), text_of(group->code), NULL};
    struct note_fault fault = {.n = group->errors,
                               .line = group->line,
                               .column = group->column,
                               .message = text_of(group->message)};
    if (group->namespace_name) {
        namespace_name = text_of(group->namespace_name);
        key.namespace_name = &namespace_name;
        key.namespace_name = namespace_of(f, &key);
    }
    return add_to_group(f, &key, text_of(group->path), &fault, group->documents);
}

/* -- Fields --------------------------------------------------------------------------- */

static int add_root(struct findings *f, struct note_text name, uint64_t documents)
{
    size_t i = 0;
    while (i < f->n_roots && !is_text(f->roots[i].namespace_name, name))
        i++;
    if (i == f->n_roots && f->n_roots >= MOST_NAMESPACES)
        return 0;
    if (i == f->n_roots) {
        struct finding_root *roots =
            array_room(f->roots, &f->cap_roots, f->n_roots + 1, sizeof *roots);
        if (!roots)
            return -1;
        f->roots = roots;
        roots[i] = (struct finding_root){.namespace_name = copy(name)};
        if (!roots[i].namespace_name)
            return -1;
        f->n_roots++;
    }
    f->roots[i].documents += documents;
    return 0;
}

int findings_add_root(struct findings *f, const struct finding_root *root)
{
    return add_root(f, text_of(root->namespace_name), root->documents);
}

int findings_begin_fields(struct findings *f)
{
    if (!f->found)
        f->found = calloc(f->rules->n_extractions + 1, sizeof *f->found);
    return f->found ? 0 : -1;
}

static int add_fields(struct findings *f, const struct notes *notes)
{
    size_t n_fields = f->rules->n_extractions;
    if (findings_begin_fields(f) < 0)
        return -1;
    f->answered++;
    for (size_t i = 0; i < n_fields; i++)
        f->found[i] += notes->found[i / 8] >> i % 8 & 1;
    return add_root(f, notes->root_namespace, 1);
}

int findings_add(struct findings *f, const struct record_head *head)
{
    struct notes notes;
    size_t size = 0;
    for (uint64_t most = 1; most < head->bytes && size < FINDINGS_SIZES - 1; most *= 4)
        size++;
    f->sizes[size] += head->verdict != VERDICT_SKIPPED;
    if (!head->notes_len)
        return 0;
    if (notes_read(&notes, head->notes, head->notes_len, f->rules->n_extractions) < 0)
        return 1;
    if (notes.has_fields && add_fields(f, &notes) < 0)
        return -1;
    if (head->verdict == VERDICT_UNMAPPED && add_unmapped(f, &notes) < 0)
        return -1;
    return add_faults(f, &notes);
}

/* -- Extractions that found nothing --------------------------------------------------- */

static void write_empty(struct buf *out, const struct findings *f,
                        const struct extraction *extraction, const char *const *roots)
{
    static const char *const values[] = {[XPATH_TYPE_NODES] = "no node",
                                         [XPATH_TYPE_STRING] = "an empty string",
                                         [XPATH_TYPE_NUMBER] = "0 or NaN",
                                         [XPATH_TYPE_BOOLEAN] = "false"};
    enum xpath_type type = xpath_type_of(extraction->xpath);
    struct buf why = {0}, instead = {0};
    extraction_hint(extraction, &f->rules->prefixes, roots, f->n_roots, &why, &instead);
    if (why.len || type != XPATH_TYPE_BOOLEAN) {
        buf_append_format(out, "--extract %s: '%s' gives %s in ", extraction->name,
                          extraction->text, values[type]);
        if (f->answered == 1)
            buf_append_string(out, "the one document");
        else
            buf_append_format(out, "each of %llu documents", (unsigned long long)f->answered);
    }
    if (why.len) {
        buf_append_string(out, ": ");
        buf_append(out, why.data, why.len);
        buf_append_string(out, "; try ");
        buf_append(out, instead.data, instead.len);
    }
    if (why.len || type != XPATH_TYPE_BOOLEAN)
        buf_append_char(out, '\n');
    out->failed |= why.failed || instead.failed;
    buf_free(&why);
    buf_free(&instead);
}

int findings_write_empty(const struct findings *f, struct buf *out)
{
    const char *roots[MOST_NAMESPACES];
    for (size_t i = 0; i < f->n_roots; i++)
        roots[i] = f->roots[i].namespace_name;
    for (size_t i = 0; f->answered && i < f->rules->n_extractions; i++)
        if (!f->found[i])
            write_empty(out, f, &f->rules->extractions[i], roots);
    return out->failed ? -1 : 0;
}
