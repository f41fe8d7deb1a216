/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a document, and where. Nearly all documents never come here.
 */
#include "base/utf8.h"
#include "scanner/scanner_state.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 1024 };

/* -- Places --------------------------------------------------------------------------- */

/* The place in the document that stands for c, which may lie in an entity. */
static const uint8_t *in_document(const struct scanner *s, const uint8_t *c)
{
    return s->n_outer ? s->outer[0].reference : c;
}

uint64_t scanner_place(const struct scanner *s, const xmlChar *c)
{
    const uint8_t *end = (const uint8_t *)s->document->bytes + s->document->len;
    const uint8_t *at = c && c >= s->begin && c <= end ? c : in_document(s, s->now);
    return (uint64_t)(at - s->begin);
}

uint64_t scanner_line(struct scanner *s, uint64_t place)
{
    const uint8_t *at = s->begin + place;
    if (at >= s->line_at)
        s->line += xml_count_lines(s->line_at, at);
    else
        s->line -= xml_count_lines(at, s->line_at);
    s->line_at = at;
    return s->line;
}

/* Goes on from the last fault, so that many faults take no longer than the document is. */
static void go_to(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = s->fault_place.at;
    if (c < from)
        return;
    uint64_t lines = xml_count_lines(from, c);
    if (lines) {
        from = (const uint8_t *)memrchr(from, '\n', (size_t)(c - from)) + 1;
        s->fault_place.line += lines;
        s->fault_place.column = 1;
    }
    s->fault_place.column += utf8_length((const char *)from, (size_t)(c - from));
    s->fault_place.at = c;
}

/* -- Telling -------------------------------------------------------------------------- */

static void tell(struct scanner *s, const uint8_t *c, enum scanner_fault_kind kind,
                 const char *code, const char *message, bool in_tag)
{
    if (s->stopped || s->no_memory)
        return;
    go_to(s, in_document(s, c));
    struct scanner_fault fault = {
        .kind = kind,
        .code = code,
        .message = message,
        .line = s->fault_place.line,
        .column = s->fault_place.column,
        .in_tag = in_tag || (s->in_value && !s->dtd.is_open),
    };
    s->events->fault(s->events->context, &fault);
    s->stopped |= kind == SCANNER_MALFORMED || kind == SCANNER_LIMIT;
}

static void tell_formatted(struct scanner *s, const uint8_t *c, enum scanner_fault_kind kind,
                           const char *code, bool in_tag, const char *format, va_list arguments)
{
    char message[MESSAGE_BYTES];
    vsnprintf(message, sizeof message, format, arguments);
    tell(s, c, kind, code, message, in_tag);
}

void scanner_tell(struct scanner *s, const uint8_t *c, enum scanner_fault_kind kind,
                  const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell_formatted(s, c, kind, code, false, format, arguments);
    va_end(arguments);
}

void scanner_tell_in_tag(struct scanner *s, const uint8_t *c, const char *code,
                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell_formatted(s, c, SCANNER_NAMESPACE, code, true, format, arguments);
    va_end(arguments);
}

const uint8_t *scanner_fail_at_limit(struct scanner *s, const uint8_t *c, const char *code,
                                     const char *message)
{
    tell(s, c, SCANNER_LIMIT, code, message, false);
    return NULL;
}

const uint8_t *scanner_fail_without_memory(struct scanner *s)
{
    s->no_memory = true;
    return NULL;
}

/* -- Not well-formed ------------------------------------------------------------------ */

/* What lies at c is no character. */
static void tell_bytes(struct scanner *s, const uint8_t *c)
{
    const uint8_t *next = c;
    uint32_t code_point = utf8_next(&next, s->end);
    bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (code_point == UTF8_BAD || is_surrogate)
        scanner_tell(s, c, SCANNER_MALFORMED, "invalid-encoding",
                     "the byte 0x%02X is no character of UTF-8 here; a document in another "
                     "encoding declares it",
                     *c);
    else
        scanner_tell(s, c, SCANNER_MALFORMED, "invalid-char", "U+%04X is no character of XML",
                     code_point);
}

static void fail(struct scanner *s, const uint8_t *c, const char *code, const char *format,
                 va_list arguments)
{
    char message[MESSAGE_BYTES];
    const uint8_t *next = c;
    if (c < s->end && !xml_is_char(utf8_next(&next, s->end))) {
        tell_bytes(s, c);
        return;
    }
    if (c == s->end && !s->n_outer && s->document->undecoded) {
        tell(s, c, SCANNER_MALFORMED, s->document->undecoded_code, s->document->undecoded,
             false);
        return;
    }
    vsnprintf(message, sizeof message, format, arguments);
    if (c < s->end)
        tell(s, c, SCANNER_MALFORMED, code, message, false);
    else if (!s->n_outer)
        scanner_tell(s, c, SCANNER_MALFORMED, code, "%s: the document ends here", message);
    else
        scanner_tell(s, c, SCANNER_MALFORMED, code, "%s: the entity %.200s ends here", message,
                     (const char *)s->outer[s->n_outer - 1].entity->name->string);
}

const uint8_t *scanner_fail(struct scanner *s, const uint8_t *c, const char *code,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(s, c, code, format, arguments);
    va_end(arguments);
    return NULL;
}

const uint8_t *scanner_fail_behind(struct scanner *s, const uint8_t *c, const char *code,
                                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(s, xml_skip_chars(c, s->end), code, format, arguments);
    va_end(arguments);
    return NULL;
}

const uint8_t *scanner_fail_at_second(struct scanner *s, const uint8_t *c)
{
    return scanner_fail(s, c, "second-document",
                        "a second document begins here, behind the end of the root; a file "
                        "has one: split it at each XML declaration or root");
}
