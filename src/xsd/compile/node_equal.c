/* SPDX-License-Identifier: MIT
 *
 * Whether two elements of schema documents are copies of each other. Prefixes and the order of
 * attributes may differ.
 */
#include "xsd/compile/node.h"

#include <string.h>

static bool same_scope(const struct node_scope *a, const struct node_scope *b)
{
    for (; a && b; a = a->outer, b = b->outer)
        if (strcmp(a->prefix, b->prefix) != 0 || strcmp(a->uri, b->uri) != 0)
            return false;
    return a == b;
}

/* Of attributes that both have; each has one of a kind. */
static bool same_attr(const struct node *a, const struct node *b, const struct node_attr *attr)
{
    const struct node_attr *other = b->attrs;
    while (other->which != attr->which)
        other++;
    bool same = strcmp(attr->value, other->value) == 0;
    if (node_attr_bit(attr->which) & NODE_ATTR_QNAMES)
        return attr->symbol && attr->symbol == other->symbol;
    switch (attr->which) {
    case NODE_ATTR_MEMBER_TYPES:
        return same && same_scope(a->scope, b->scope);
    case NODE_ATTR_XPATH: /* with a colon, there may be prefixes in it */
    case NODE_ATTR_VALUE:
    case NODE_ATTR_DEFAULT:
    case NODE_ATTR_FIXED:
        return same && (!strchr(attr->value, ':') || same_scope(a->scope, b->scope));
    default:
        return same;
    }
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (a->tag < NODE_ALL || a->tag != b->tag || a->has != b->has || a->n_attrs != b->n_attrs)
        return false;
    for (uint32_t i = 0; i < a->n_attrs; i++)
        if (a->attrs[i].which >= NODE_ATTR_UNKNOWN || !same_attr(a, b, &a->attrs[i]))
            return false;
    a = a->first;
    b = b->first;
    for (; a && b; a = a->next, b = b->next)
        if (!node_equal(a, b))
            return false;
    return a == b;
}
