/* SPDX-License-Identifier: MIT */
#include "document/scanner/scanner.h"

#include "document/scanner/prolog.h"
#include "document/scanner/scanner_state.h"
#include <stdlib.h>

enum {
    NAME_BYTES = 1000,     /* the longest name that is read, whatever the limit */
    VALUES_KEPT = 1 << 20, /* bytes, between documents */
};

struct scanner *scanner_new(uint64_t max_name_bytes)
{
    struct scanner *s = calloc(1, sizeof *s);
    if (s)
        s->max_name_bytes =
            max_name_bytes < NAME_BYTES ? (ptrdiff_t)max_name_bytes : NAME_BYTES;
    if (!s || !dictionary_init(&s->strings) || !scanner_prepare_strings(s)) {
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
    free(s->open);
    free(s->shadowed);
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

uint64_t scanner_line(struct scanner *s)
{
    s->line += xml_count_lines(s->line_at, s->now);
    s->line_at = s->now;
    return s->line;
}

/* -- A document ----------------------------------------------------------------------- */

/* [1] */
static const uint8_t *read_document(struct scanner *s, const uint8_t *c)
{
    const uint8_t *next;
    if ((next = xml_skip_string(c, "\xef\xbb\xbf")))
        c = next;
    if ((next = xml_skip_string(c, "<?xml")) && xml_char_is(next, XML_SPACE) &&
        !(c = prolog_read_declaration(next)))
        return NULL;
    if (!(c = scanner_read_misc(s, c)))
        return NULL;
    if ((next = xml_skip_string(c, "<!DOCTYPE")) &&
        (!(c = prolog_read_doctype(next)) || !(c = scanner_read_misc(s, c))))
        return NULL;
    if (*c != '<' || (!xml_char_is(c + 1, XML_NAME_START) && c[1] < 0x80) ||
        !(c = scanner_read_root(s, c)))
        return NULL;
    return scanner_read_misc(s, c);
}

bool scanner_run(struct scanner *s, const char *bytes, size_t len,
                 const struct scanner_events *events)
{
    if (!scanner_prepare_strings(s))
        return false;
    if (s->values.cap > VALUES_KEPT)
        buf_free(&s->values);
    s->events = events;
    s->now = s->line_at = (const uint8_t *)bytes;
    s->end = s->now + len;
    s->line = 1;
    s->last = s->no_prefix;
    s->stopped = false;
    s->depth = 0;
    bool whole = read_document(s, s->now) == s->end;
    scanner_unbind(s, 0);
    return whole;
}
