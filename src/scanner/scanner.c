/* SPDX-License-Identifier: MIT */
#include "scanner/scanner.h"

#include "base/ascii.h"
#include "scanner/scanner_prolog.h"
#include "scanner/scanner_state.h"
#include <stdlib.h>

enum { VALUES_KEPT = 1 << 20 }; /* bytes, between documents */

struct scanner *scanner_new(const struct scanner_limits *limits)
{
    struct scanner *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->limits = *limits;
    s->max_name_bytes =
        limits->name_bytes < PTRDIFF_MAX ? (ptrdiff_t)limits->name_bytes : PTRDIFF_MAX;
    if (!dictionary_init(&s->strings) || !scanner_prepare_strings(s)) {
        scanner_free(s);
        return NULL;
    }
    return s;
}

void scanner_free(struct scanner *s)
{
    if (!s)
        return;
    dictionary_free(&s->strings);
    dtd_free(&s->dtd);
    free(s->open);
    free(s->shadowed);
    free(s->attributes);
    free(s->expanded);
    free(s->event_attributes);
    free(s->event_namespaces);
    buf_free(&s->values);
    free(s);
}

uint64_t scanner_epoch(const struct scanner *s)
{
    return s->epoch;
}

/* -- For events ----------------------------------------------------------------------- */

void scanner_stop(struct scanner *s)
{
    s->stopped = true;
}

bool scanner_is_stopped(const struct scanner *s)
{
    return s->stopped;
}

uint64_t scanner_tag_bytes(const struct scanner *s)
{
    return (uint64_t)(s->now - s->tag) + 2;
}

/* -- A document ----------------------------------------------------------------------- */

/* But for an XML declaration, which is met as an instruction. */
static bool begins_document(const uint8_t *c)
{
    return xml_skip_string(c, "<!DOCTYPE") ||
           (*c == '<' && (ascii_is_letter((char)c[1]) || c[1] == '_' || c[1] >= 0x80));
}

/* [1] */
static bool read_document(struct scanner *s)
{
    const uint8_t *c = scanner_read_prolog(s, s->begin);
    if (!c || !(c = scanner_read_root(s, c)))
        return false;
    s->is_behind_root = true;
    if (!(c = scanner_read_misc(s, c)))
        return false;
    if (c == s->end && !s->document->undecoded)
        return true;
    if (begins_document(c))
        scanner_fail_at_second(s, c);
    else
        scanner_fail(s, c, "document-end", "there is something behind the end of the root");
    return false;
}

int scanner_run(struct scanner *s, const struct utf8_document *document,
                const struct scanner_events *events)
{
    const uint8_t *bytes = (const uint8_t *)document->bytes;
    const uint8_t *marked = xml_skip_string(bytes, "\xef\xbb\xbf");
    scanner_unbind(s, 0); /* an event may have left the document before */
    dtd_clear(&s->dtd);
    if (s->values.cap > VALUES_KEPT)
        buf_free(&s->values);
    buf_clear(&s->values);
    /* A value that is empty lies somewhere, too. */
    if (!scanner_prepare_strings(s) || buf_reserve(&s->values, 1) < 0)
        return -1;
    s->events = events;
    s->document = document;
    s->begin = s->now = s->line_at = s->fault_place.at = marked ? marked : bytes;
    s->end = bytes + document->len;
    s->line = s->fault_place.line = s->fault_place.column = 1;
    s->next = &s->no_prefix->child;
    s->stopped = s->no_memory = s->in_value = s->is_behind_root = false;
    s->depth = s->n_outer = 0;
    s->expanded_bytes = s->default_bytes = 0;
    bool whole = read_document(s);
    return s->no_memory ? -1 : whole;
}
