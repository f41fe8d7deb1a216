/* SPDX-License-Identifier: MIT */
#include "xsd/datatype/simple_type.h"

#include "base/swar.h"

/* Whether trimmed text holds white space other than single spaces. */
static bool needs_collapse(const char *text, size_t len)
{
    if (swar_none_below(text, len, ' ' + 1))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' && (text[i] != ' ' || text[i + 1] == ' '))
            return true; /* trimmed text does not end in a space, so there is a text[i + 1] */
    return false;
}

static const char *collapse(const char *text, size_t *len, struct buf *normal)
{
    buf_clear(normal);
    if (buf_reserve(normal, *len) < 0)
        return NULL;
    char *out = normal->data;
    for (size_t i = 0; i < *len; i++) {
        if (!xml_is_space(text[i]))
            *out++ = text[i];
        else if (!xml_is_space(text[i + 1]))
            *out++ = ' ';
    }
    *len = (size_t)(out - normal->data);
    return normal->data;
}

static const char *replace(const char *text, size_t len, struct buf *normal)
{
    size_t i = 0;
    while (i < len && ((unsigned char)text[i] >= ' ' || !xml_is_space(text[i])))
        i++;
    if (i == len)
        return text;
    buf_clear(normal);
    if (buf_append(normal, text, len) < 0)
        return NULL;
    for (; i < len; i++)
        if (xml_is_space(normal->data[i]))
            normal->data[i] = ' ';
    return normal->data;
}

/* Whether white space may stand inside a literal. Where it may not, the literal is wrong
 * whether or not it is collapsed. */
static bool spaces_inside(const struct datatype *type)
{
    return type->variety == VARIETY_LIST || type->primitive == PRIMITIVE_BASE64_BINARY ||
           (type->plain && type->shape == SHAPE_ANY);
}

const char *white_space_normalize(const struct datatype *type, const char *text, size_t *len,
                                  struct buf *normal)
{
    if (type->white_space == WHITE_SPACE_PRESERVE)
        return text;
    if (type->white_space == WHITE_SPACE_REPLACE)
        return replace(text, *len, normal);
    xml_trim(&text, len);
    if (spaces_inside(type) && needs_collapse(text, *len))
        return collapse(text, len, normal);
    return text;
}
