/* SPDX-License-Identifier: MIT */
#include "document/scanner/scanner_state.h"

#include "base/utf8.h"

/* -- Text ----------------------------------------------------------------------------- */

static void report_text(struct scanner *s, const uint8_t *from, const uint8_t *to)
{
    if (to == from || s->stopped)
        return;
    s->now = to;
    s->events->text(s->events->context, from, (int)(to - from));
}

/* [14] [67], up to the next `<`. A carriage return alone stands for a line feed; it is rare
 * enough to be declined. */
static const uint8_t *read_text(struct scanner *s, const uint8_t *c)
{
    uint8_t utf8[4];
    uint32_t code_point;
    for (const uint8_t *from = c;;) {
        c = xml_skip_text(c, s->end);
        if (*c == ']' && !(c[1] == ']' && c[2] == '>')) {
            c++;
            continue;
        }
        if (*c >= 0x80) {
            if (!(c = xml_skip_non_ascii(c, s->end)))
                return NULL;
            continue;
        }
        report_text(s, from, c);
        if (*c == '<')
            return c;
        if (*c == '&') {
            if (!(c = xml_read_reference(c, &code_point)) || s->stopped)
                return NULL;
            s->now = c;
            s->events->text(s->events->context, utf8, (int)utf8_write(code_point, utf8));
            from = c;
        } else if (*c == '\r' && c[1] == '\n') {
            from = ++c;
        } else {
            return NULL;
        }
    }
}

/* [20] [21], behind the `<![CDATA[`. */
static const uint8_t *read_cdata(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c;
    while ((c = xml_skip_inert(c, s->end))) {
        if (*c == ']' && c[1] == ']' && c[2] == '>') {
            report_text(s, from, c);
            return c + 3;
        }
        if (*c == '\r' && c[1] == '\n') {
            report_text(s, from, c);
            from = ++c;
        } else if (*c == ']' || *c == '-' || *c == '?') {
            c++;
        } else {
            break;
        }
    }
    return NULL;
}

/* -- What is not reported ------------------------------------------------------------- */

/* [15], behind the `<!--`. */
static const uint8_t *read_comment(const struct scanner *s, const uint8_t *c)
{
    while ((c = xml_skip_inert(c, s->end)) && xml_may_be_inert(c) &&
           !(*c == '-' && c[1] == '-'))
        c++;
    return c ? xml_skip_string(c, "-->") : NULL;
}

/* [16] [17], behind the `<?`. */
static const uint8_t *read_pi(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *target;
    if (!(c = scanner_read_name(s, c, &target)) || target->prefix ||
        (target->len == 3 && xmlStrcasecmp(target->string, (const xmlChar *)"xml") == 0))
        return NULL;
    if (*c != '?' && !xml_char_is(c, XML_SPACE))
        return NULL;
    if (*c == '?')
        return xml_skip_string(c, "?>");
    while ((c = xml_skip_inert(c, s->end)) && xml_may_be_inert(c) &&
           !(*c == '?' && c[1] == '>'))
        c++;
    return c ? xml_skip_string(c, "?>") : NULL;
}

const uint8_t *scanner_read_misc(struct scanner *s, const uint8_t *c)
{
    while (c) {
        c = xml_skip(c, XML_SPACE);
        const uint8_t *comment = xml_skip_string(c, "<!--"), *pi = xml_skip_string(c, "<?");
        if (!comment && !pi)
            break;
        c = comment ? read_comment(s, comment) : read_pi(s, pi);
    }
    return c;
}

/* -- The root ------------------------------------------------------------------------- */

const uint8_t *scanner_read_root(struct scanner *s, const uint8_t *c)
{
    do {
        const uint8_t *behind;
        if (*c != '<' && !(c = read_text(s, c)))
            return NULL;
        if (c[1] == '/')
            c = s->stopped ? NULL : scanner_read_end_tag(s, c + 2);
        else if (c[1] == '?')
            c = read_pi(s, c + 2);
        else if (c[1] != '!')
            c = s->stopped ? NULL : scanner_read_start_tag(s, c + 1);
        else if ((behind = xml_skip_string(c, "<!--")))
            c = read_comment(s, behind);
        else
            c = (behind = xml_skip_string(c, "<![CDATA[")) ? read_cdata(s, behind) : NULL;
    } while (c && s->depth && !s->stopped);
    return s->stopped ? NULL : c;
}
