/* SPDX-License-Identifier: MIT
 *
 * What all parts of the compiler stand on: how they fail, and where their memory comes from.
 */
#include "xsd/compile/compiler.h"

#include "base/clock.h"
#include "xsd/compile/node.h"
#include "xsd/compile/schema_document.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 1000 /* of definitions that lead to others */

/* "FILE:LINE: TEXT", in c->text; NULL without memory. */
static const char *line_of(struct xsd_compiler *c, const struct location *location,
                           const char *text)
{
    buf_clear(&c->text);
    if (location && location->node)
        buf_append_format(&c->text, "%s:%ld: ", location->document->uri, location->node->line);
    buf_append_string(&c->text, text);
    return buf_string(&c->text);
}

_Noreturn static void leave(struct xsd_compiler *c, const struct location *location,
                            const char *text)
{
    const char *line = line_of(c, location, text);
    if (!line)
        xsd_compile_fail_no_memory(c);
    error_set(c->error, "%s", line);
    longjmp(c->out, 1);
}

#define MAX_TEXT 768

/* "label: text" */
static void format_labelled(char text[MAX_TEXT], const char *label, const char *format,
                            va_list arguments)
{
    int len = snprintf(text, MAX_TEXT, "%s: ", label);
    vsnprintf(text + len, MAX_TEXT - (size_t)len, format, arguments);
}

void xsd_compile_fail(struct xsd_compiler *c, const struct location *location, const char *rule,
                      const char *format, ...)
{
    char text[MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    format_labelled(text, rule, format, arguments);
    va_end(arguments);
    leave(c, location, text);
}

void xsd_compile_decline(struct xsd_compiler *c, const struct location *location,
                         const char *format, ...)
{
    char text[MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    format_labelled(text, "not covered", format, arguments);
    va_end(arguments);
    leave(c, location, text);
}

void xsd_compile_warn(struct xsd_compiler *c, const struct location *location, const char *rule,
                      const char *format, ...)
{
    char text[MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    format_labelled(text, rule, format, arguments);
    va_end(arguments);
    if (c->n_uris > 1)
        leave(c, location, text); /* which of the schemas has the warning, each alone says */
    const char *line = line_of(c, location, text);
    uint32_t before = c->warned.n_symbols;
    if (!line || names_add_ns(&c->warned, &c->drafts, "") == XSD_NS_UNKNOWN ||
        !names_add(&c->warned, &c->drafts, line, c->text.len, 0))
        xsd_compile_fail_no_memory(c);
    if (c->warned.n_symbols == before)
        return;
    buf_append_format(&c->warnings, "%s\n", line);
    if (c->warnings.failed)
        xsd_compile_fail_no_memory(c);
}

void xsd_compile_fail_no_memory(struct xsd_compiler *c)
{
    error_no_memory(c->error);
    longjmp(c->out, -1);
}

void xsd_compile_fail_datatype(struct xsd_compiler *c, const struct location *location,
                               const struct thresh_error *error)
{
    if (!*error->text || error_is_no_memory(error))
        xsd_compile_fail_no_memory(c);
    leave(c, location, error->text);
}

void xsd_compile_go_deeper(struct xsd_compiler *c, const struct location *location)
{
    if (c->depth++ > MAX_DEPTH)
        xsd_compile_decline(c, location, "definitions that lead more than %d deep into others",
                            MAX_DEPTH);
}

void xsd_compile_check_time(struct xsd_compiler *c)
{
    uint64_t ms = (uint64_t)(clock_coarse_ns() - c->begun_ns) / 1000000;
    if (!c->limits->ms || ms <= c->limits->ms)
        return;
    error_set(c->error, "%s: compiling the schema takes longer than %g s; raise %s", c->uri,
              (double)c->limits->ms / 1e3, c->limits->ms_remedy);
    longjmp(c->out, 2);
}

/* Asked once in a while, and before an arena grows by `more`. */
static void check_memory(struct xsd_compiler *c, size_t more)
{
    size_t taken = c->xsd->arena.bytes + c->xsd->view_bytes + c->drafts.bytes +
                   c->scratch.bytes + c->shared->arena.bytes +
                   datatypes_bytes(c->xsd->datatypes);
    uint64_t most = c->limits->memory_bytes;
    if (!most || (taken <= most && more <= most - taken))
        return;
    error_set(c->error, "%s: compiling the schema needs more memory than %llu bytes; raise %s",
              c->uri, (unsigned long long)most, c->limits->memory_remedy);
    longjmp(c->out, 2);
}

static void *make_in(struct xsd_compiler *c, struct arena *arena, size_t size)
{
    xsd_compile_tick(c);
    if (size >= arena->left)
        check_memory(c, size > arena->left + arena->rest ? size : 0);
    void *memory = arena_alloc(arena, size);
    if (!memory)
        xsd_compile_fail_no_memory(c);
    return memory;
}

void *xsd_compile_alloc_document(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->shared->arena, size);
}

void *xsd_compile_alloc(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->xsd->arena, size);
}

void *xsd_compile_alloc_draft(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->drafts, size);
}

void *xsd_compile_alloc_scratch(struct xsd_compiler *c, size_t size)
{
    return make_in(c, &c->scratch, size);
}

char *xsd_compile_string(struct xsd_compiler *c, const char *string, size_t len)
{
    return memcpy(xsd_compile_alloc(c, len + 1), string, len);
}

char *xsd_compile_draft_string(struct xsd_compiler *c, const char *string, size_t len)
{
    return memcpy(xsd_compile_alloc_draft(c, len + 1), string, len);
}

void *compiler_reach(struct xsd_compiler *c, void *items, uint32_t *n, uint32_t number,
                     size_t size)
{
    if (number < *n)
        return items;
    uint32_t more = number * 2 + 64;
    char *grown = realloc(items, more * size);
    if (!grown)
        xsd_compile_fail_no_memory(c);
    memset(grown + *n * size, 0, (more - *n) * size);
    *n = more;
    return grown;
}

void pointer_list_add(struct xsd_compiler *c, struct pointer_list *list, void *item)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 4;
        void **items = xsd_compile_alloc_draft(c, cap * sizeof *items);
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = item;
}

void *pointer_list_items(struct xsd_compiler *c, const struct pointer_list *list)
{
    size_t size = list->n * sizeof *list->items;
    return size ? memcpy(xsd_compile_alloc(c, size), list->items, size) : NULL;
}
