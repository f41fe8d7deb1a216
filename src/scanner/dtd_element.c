/* SPDX-License-Identifier: MIT
 *
 * Element declarations say nothing to a processor that does not validate; they still have to be
 * written as they should.
 */
#include "scanner/dtd_read.h"

static const uint8_t *fail(struct scanner *s, const uint8_t *c)
{
    return scanner_fail(s, c, "elemcontent-not-finished",
                        "a content model is not written as it should be");
}

/* [51], behind `#PCDATA` */
static const uint8_t *read_mixed(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    bool has_names = false;
    for (c = xml_skip(c, XML_SPACE); *c == '|'; c = xml_skip(c, XML_SPACE)) {
        if (!(c = dtd_read_qname(s, xml_skip(c + 1, XML_SPACE), &name)))
            return NULL;
        has_names = true;
    }
    if (*c != ')' || (has_names && c[1] != '*'))
        return fail(s, *c == ')' ? c + 1 : c);
    return c[1] == '*' ? c + 2 : c + 1;
}

static const uint8_t *skip_occurrence(const uint8_t *c)
{
    return *c == '?' || *c == '*' || *c == '+' ? c + 1 : c;
}

/* [47] to [50], behind the first `(`. What separates the particles of each open group is kept
 * in s->values: a space while there is only one. */
static const uint8_t *read_children(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    bool wants_particle = true;
    buf_clear(&s->values);
    for (buf_append_char(&s->values, ' '); s->values.len && !s->values.failed;) {
        c = xml_skip(c, XML_SPACE);
        char *separator = &s->values.data[s->values.len - 1];
        if (wants_particle && *c == '(') {
            buf_append_char(&s->values, ' ');
            c++;
        } else if (wants_particle) {
            if (!(c = dtd_read_qname(s, c, &name)))
                return NULL;
            c = skip_occurrence(c);
            wants_particle = false;
        } else if (*c == ')') {
            c = skip_occurrence(c + 1);
            s->values.len--;
        } else if ((*c == ',' || *c == '|') && (*separator == ' ' || *separator == (char)*c)) {
            *separator = (char)*c++;
            wants_particle = true;
        } else {
            return fail(s, c);
        }
    }
    return s->values.failed ? scanner_fail_without_memory(s) : c;
}

/* [46] */
static const uint8_t *read_content(struct scanner *s, const uint8_t *c)
{
    const uint8_t *behind;
    if ((behind = xml_skip_string(c, "EMPTY")) || (behind = xml_skip_string(c, "ANY")))
        return behind;
    if (*c != '(')
        return fail(s, c);
    c = xml_skip(c + 1, XML_SPACE);
    behind = xml_skip_string(c, "#PCDATA");
    return behind ? read_mixed(s, behind) : read_children(s, c);
}

const uint8_t *dtd_read_element(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    if (!(c = dtd_need_space(s, c)) || !(c = dtd_read_qname(s, c, &name)) ||
        !(c = dtd_need_space(s, c)) || !(c = read_content(s, c)))
        return NULL;
    return dtd_read_end(s, c);
}
