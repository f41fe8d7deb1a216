/* SPDX-License-Identifier: MIT */
#include "document/attribute_limit.h"

#include "base/xml_chars.h"
#include <string.h>

enum {
    ATTRIBUTE_BYTES = 5, /* ` a=""`: none is shorter */
    OTHER = 0x80,        /* any character that is not ASCII, and so no markup */
};

/* Text in units of `width` bytes. A unit whose bytes but `low` are 0 is ASCII in that byte. */
struct bytes_text {
    const unsigned char *bytes;
    size_t n;
    size_t width, low;
};

static struct bytes_text text_of(const char *bytes, size_t len)
{
    static const struct {
        const char *begin;
        size_t width, low;
    } wide[] = {
        {"<\0\0", 4, 0}, {"\xff\xfe\0", 4, 0}, {"\0\0\xfe", 4, 3}, {"\0\0\0", 4, 3},
        {"<\0", 2, 0},   {"\xff\xfe", 2, 0},   {"\xfe\xff", 2, 1}, {"\0<", 2, 1},
    };
    static const size_t lens[] = {3, 3, 3, 3, 2, 2, 2, 2};
    struct bytes_text text = {(const unsigned char *)bytes, len, 1, 0};
    for (size_t i = 0; i < sizeof wide / sizeof *wide && text.width == 1; i++)
        if (len >= 4 && memcmp(bytes, wide[i].begin, lens[i]) == 0)
            text = (struct bytes_text){text.bytes, len / wide[i].width, wide[i].width,
                                       wide[i].low};
    return text;
}

static unsigned char at(const struct bytes_text *text, size_t i)
{
    const unsigned char *unit = text->bytes + i * text->width;
    if (i >= text->n)
        return '\0';
    for (size_t k = 0; k < text->width; k++)
        if (k != text->low && unit[k])
            return OTHER;
    return unit[text->low] < 0x80 ? unit[text->low] : OTHER;
}

static bool ends_name(unsigned char c)
{
    return xml_is_space(c) || c == '\0' || c == '=' || c == '>' || c == '/' || c == '<' ||
           c == '"' || c == '\'';
}

static size_t skip_space(const struct bytes_text *text, size_t i)
{
    while (xml_is_space(at(text, i)))
        i++;
    return i;
}

/* The place behind an attribute that begins at i, or 0 where none does. */
static size_t skip_attribute(const struct bytes_text *text, size_t i)
{
    size_t name = i;
    while (!ends_name(at(text, i)))
        i++;
    if (i == name)
        return 0;
    i = skip_space(text, i);
    if (at(text, i) != '=')
        return 0;
    i = skip_space(text, i + 1);
    unsigned char quote = at(text, i);
    if (quote != '"' && quote != '\'')
        return 0;
    for (i++; i < text->n && at(text, i) != quote;)
        i++;
    return i < text->n ? i + 1 : 0;
}

/* Whether at `<` there is a tag of more than `max` attributes. */
static bool tag_exceeds(const struct bytes_text *text, size_t i, unsigned max, size_t *end)
{
    unsigned count = 0;
    i++;
    if (!ends_name(at(text, i)) && at(text, i) != '!' && at(text, i) != '?') {
        while (!ends_name(at(text, i)))
            i++;
        for (size_t next; count <= max; i = next, count++)
            if (!(next = skip_attribute(text, skip_space(text, i))))
                break;
    }
    *end = i;
    return count > max;
}

/* A tag over the limit is longer than `gap` and has no `<` but its first. So only a `<` that no
 * other follows within `gap` bytes can begin one. To step from one `<` to the last one within
 * `gap` bytes of it passes over shorter tags, and looks at few of the bytes. */
static bool narrow_exceeds(const struct bytes_text *text, unsigned max, size_t *where)
{
    const unsigned char *bytes = text->bytes;
    size_t gap = (size_t)max * ATTRIBUTE_BYTES, from = 0, end;
    while (text->n - from > gap + 1) {
        const unsigned char *last = memrchr(bytes + from + 1, '<', gap);
        if (!last) {
            *where = from;
            if (bytes[from] == '<' && tag_exceeds(text, from, max, &end))
                return true;
            last = memchr(bytes + from + 1 + gap, '<', text->n - from - 1 - gap);
            if (!last)
                break;
        }
        from = (size_t)(last - bytes);
    }
    return false;
}

static bool wide_exceeds(const struct bytes_text *text, unsigned max, size_t *where)
{
    for (size_t i = 0, end; i < text->n; i++)
        if (at(text, i) == '<') {
            *where = i;
            if (tag_exceeds(text, i, max, &end))
                return true;
            i = end > i ? end - 1 : i; /* what was read of the tag is not read again */
        }
    return false;
}

bool attribute_limit_exceeded(const char *bytes, size_t len, unsigned max, uint64_t *line)
{
    size_t where = 0;
    if (!max || len / ATTRIBUTE_BYTES <= max)
        return false;
    struct bytes_text text = text_of(bytes, len);
    if (!(text.width == 1 ? narrow_exceeds : wide_exceeds)(&text, max, &where))
        return false;
    *line = 1;
    for (size_t i = 0; i < where; i++)
        *line += at(&text, i) == '\n';
    return true;
}
