/* SPDX-License-Identifier: MIT
 *
 * Comments and processing instructions: they stand nearly everywhere, and few want to know.
 */
#include "scanner/scanner_state.h"
#include <string.h>

/* Copies what is in it into s->values, with line ends replaced (2.11). NULL without memory. */
static const xmlChar *copy(struct scanner *s, const uint8_t *c, const uint8_t *end)
{
    buf_clear(&s->values);
    while (c < end) {
        const uint8_t *line = s->n_outer ? NULL : memchr(c, '\r', (size_t)(end - c));
        const uint8_t *to = line ? line : end;
        buf_append(&s->values, c, (size_t)(to - c));
        c = to;
        if (line && *++c != '\n')
            buf_append_char(&s->values, '\n');
    }
    return (const xmlChar *)buf_string(&s->values);
}

const uint8_t *scanner_read_comment(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c, *behind;
    for (;; c++) {
        if (!(behind = xml_skip_inert(c, s->end)))
            return scanner_fail_behind(s, c, "comment-not-finished", "in a comment");
        c = behind;
        if ((*c == '-' && c[1] == '-') || !xml_may_be_inert(c))
            break;
    }
    if (*c != '-')
        return scanner_fail(s, c, "comment-not-finished", "a comment does not end with -->");
    if (c[2] != '>')
        return scanner_fail(s, c, "hyphen-in-comment", "'--' stands in a comment");
    if (s->events->comment && !s->dtd.is_open) {
        const xmlChar *text = copy(s, from, c);
        if (!text)
            return scanner_fail_without_memory(s);
        s->events->comment(s->events->context, text);
    }
    return c + 3;
}

/* [17] */
static const uint8_t *read_target(struct scanner *s, const uint8_t *c,
                                  struct dictionary_entry **target)
{
    const uint8_t *from = c;
    if (!(c = scanner_read_ncname(s, c, "a processing instruction", target)))
        return NULL;
    if ((*target)->len == 3 && xmlStrcasecmp((*target)->string, (const xmlChar *)"xml") == 0)
        return s->is_behind_root
                   ? scanner_fail_at_second(s, from - 2)
                   : scanner_fail(s, from, "reserved-xml-name",
                                  "an XML declaration stands only at the very beginning");
    return c;
}

const uint8_t *scanner_read_instruction(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *target;
    const uint8_t *behind;
    if (!(c = read_target(s, c, &target)))
        return NULL;
    if (!xml_char_is(c, XML_SPACE) && !xml_skip_string(c, "?>"))
        return scanner_fail(s, c, "space-required",
                            "white space is missing behind the target of a processing "
                            "instruction");
    const uint8_t *from = c = xml_skip(c, XML_SPACE);
    for (;; c++) {
        if (!(behind = xml_skip_inert(c, s->end)))
            return scanner_fail_behind(s, c, "pi-not-finished", "in a processing instruction");
        c = behind;
        if ((*c == '?' && c[1] == '>') || !xml_may_be_inert(c))
            break;
    }
    if (*c != '?')
        return scanner_fail(s, c, "pi-not-finished",
                            "a processing instruction does not end with ?>");
    if (s->events->instruction && !s->dtd.is_open) {
        const xmlChar *data = copy(s, from, c);
        if (!data)
            return scanner_fail_without_memory(s);
        s->events->instruction(s->events->context, target->string, data);
    }
    return c + 2;
}

const uint8_t *scanner_read_misc(struct scanner *s, const uint8_t *c)
{
    while (c && !s->stopped) {
        c = xml_skip(c, XML_SPACE);
        const uint8_t *comment = xml_skip_string(c, "<!--"), *pi = xml_skip_string(c, "<?");
        if (!comment && !pi)
            return c;
        c = comment ? scanner_read_comment(s, comment) : scanner_read_instruction(s, pi);
    }
    return NULL;
}
