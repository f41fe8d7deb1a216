/* SPDX-License-Identifier: MIT */
#include "scanner/scanner_state.h"

#include "base/utf8.h"
#include "base/xml_skip.h"

/* -- Text ----------------------------------------------------------------------------- */

static void report_text(struct scanner *s, const uint8_t *from, const uint8_t *to)
{
    if (to == from || s->stopped)
        return;
    s->now = to;
    s->events->text(s->events->context, from, (int)(to - from));
}

/* A carriage return alone stands for a line feed (2.11), but in an entity, where only a
 * character reference can have left it, for itself. */
static const uint8_t *read_return(struct scanner *s, const uint8_t *c)
{
    s->now = c + 1;
    s->events->text(s->events->context, s->n_outer ? c : (const xmlChar *)"\n", 1);
    return c + 1;
}

static const uint8_t *read_entity(struct scanner *s, const uint8_t *c)
{
    struct dtd_entity *entity;
    const uint8_t *behind = scanner_find_entity(s, c, &entity);
    return behind && entity ? scanner_enter_entity(s, entity, c, behind) : behind;
}

static const uint8_t *fail_at_text(struct scanner *s, const uint8_t *c)
{
    if (*c == ']')
        return scanner_fail(s, c, "misplaced-cdata-end", "']]>' stands in text");
    const struct open_element *open = &s->open[s->depth - 1];
    return scanner_fail(s, c, "tag-not-finished",
                        "the element %.200s of line %ju is not closed",
                        (const char *)open->name->string,
                        (uintmax_t)scanner_line(s, scanner_place(s, open->at)));
}

/* What may end a run of text and is no tag. */
static const uint8_t *read_rare(struct scanner *s, const uint8_t *c)
{
    if (s->stopped)
        return NULL;
    if (*c == '&')
        return read_entity(s, c);
    if (*c == '\r')
        return read_return(s, c);
    if (c == s->end && s->n_outer)
        return scanner_leave_entity(s);
    return fail_at_text(s, c);
}

/* White space between tags, where it is only counted; else it is read as other text. */
static inline const uint8_t *read_blank(struct scanner *s, const uint8_t *c)
{
    struct scanner_blanks *blanks = s->events->blanks;
    if (!blanks || !blanks->counted)
        return c;
    const uint8_t *from = *c == '\r' && c[1] == '\n' && !s->n_outer ? c + 1 : c; /* 2.11 */
    const uint8_t *behind = xml_skip_blank(from, s->end);
    if (*behind != '<')
        return c;
    blanks->bytes += (uint64_t)(behind - from);
    return behind;
}

/* [14] [67], up to the next `<`. */
static const uint8_t *read_text(struct scanner *s, const uint8_t *c)
{
    uint8_t utf8[4];
    uint32_t code_point;
    for (const uint8_t *from = c, *behind;;) {
        c = xml_skip_text(c, s->end);
        if (*c == ']' && !(c[1] == ']' && c[2] == '>')) {
            c++;
            continue;
        }
        if (*c >= 0x80) {
            if (!(behind = xml_skip_non_ascii(c, s->end)))
                return scanner_fail_behind(s, c, "invalid-char", "in text");
            c = behind;
            continue;
        }
        report_text(s, from, c);
        if (*c == '<')
            return c;
        if (*c == '&' && !s->stopped && (behind = xml_read_reference(c, &code_point))) {
            s->now = from = c = behind;
            s->events->text(s->events->context, utf8, (int)utf8_write(code_point, utf8));
        } else if (*c == '\r' && c[1] == '\n' && !s->n_outer) {
            from = ++c;
        } else if (!(from = c = read_rare(s, c))) {
            return NULL;
        }
    }
}

/* [20] [21], behind the `<![CDATA[`. */
static const uint8_t *read_cdata(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c, *behind;
    for (;;) {
        if (!(behind = xml_skip_inert(c, s->end)))
            return scanner_fail_behind(s, c, "cdata-not-finished", "in a CDATA section");
        c = behind;
        if (*c == ']' && c[1] == ']' && c[2] == '>') {
            report_text(s, from, c);
            return c + 3;
        }
        if (*c == '\r') {
            report_text(s, from, c);
            if (s->stopped)
                return NULL;
            from = c[1] == '\n' && !s->n_outer ? c + 1 : read_return(s, c);
            c++;
        } else if (*c == ']' || *c == '-' || *c == '?') {
            c++;
        } else {
            return scanner_fail(s, c, "cdata-not-finished",
                                "a CDATA section does not end with ]]>");
        }
    }
}

/* -- The root ------------------------------------------------------------------------- */

/* Behind a `<!`, which begins a comment or a CDATA section. */
static const uint8_t *read_marked(struct scanner *s, const uint8_t *c)
{
    const uint8_t *behind;
    if ((behind = xml_skip_string(c, "--")))
        return scanner_read_comment(s, behind);
    if ((behind = xml_skip_string(c, "[CDATA[")))
        return read_cdata(s, behind);
    return scanner_fail(s, c, "cdata-not-finished",
                        "'<!' begins neither a comment nor a CDATA section");
}

const uint8_t *scanner_read_root(struct scanner *s, const uint8_t *c)
{
    if (c[1] == '/' || c[1] == '!')
        return scanner_fail(s, c, "name-required", "a start tag is missing here");
    do {
        if (*c <= ' ')
            c = read_blank(s, c);
        if (*c != '<' && (!(c = read_text(s, c)) || s->stopped))
            return NULL;
        if (c[1] == '/')
            c = scanner_read_end_tag(s, c + 2);
        else if (c[1] == '?')
            c = scanner_read_instruction(s, c + 2);
        else if (c[1] != '!')
            c = scanner_read_start_tag(s, c + 1);
        else
            c = read_marked(s, c + 2);
    } while (c && s->depth && !s->stopped);
    return s->stopped ? NULL : c;
}
