/* SPDX-License-Identifier: MIT
 *
 * Whether elements of two schema documents are of one component (Part 1, 2.2). What comes of
 * them counts: prefixes, the order of attributes, ids and annotations may differ, and what is
 * left to a default is the same as the default in so many words.
 */
#include "xsd/compile/node.h"

#include <string.h>

struct pair {
    struct xsd_compiler *c;
    struct location a, b;
    bool is_global;
};

/* -- Names ---------------------------------------------------------------------------- */

/* The namespace of a name without one in a chameleon is that of its includer. */
static const char *uri_in(const struct pair *pair, const struct location *location,
                          const char *uri)
{
    const struct schema_document *document = location->document;
    return *uri || !document->chameleon ? uri : pair->c->xsd->names.uris[document->ns];
}

static bool same_symbol(const struct pair *pair, const struct symbol *a, const struct symbol *b)
{
    return a && b && strcmp(a->local, b->local) == 0 &&
           strcmp(uri_in(pair, &pair->a, a->uri), uri_in(pair, &pair->b, b->uri)) == 0;
}

static bool same_prefix(const struct pair *pair, const char *prefix, size_t len)
{
    const char *a = node_find_prefix(pair->a.node->scope, prefix, len);
    const char *b = node_find_prefix(pair->b.node->scope, prefix, len);
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether what may be a prefix in the text means the same in both. */
static bool same_prefixes(const struct pair *pair, const char *text)
{
    const char *colon;
    for (const char *from = text; (colon = strchr(from, ':')); from = colon + 1) {
        const char *prefix = colon;
        while (prefix > from && !strchr(" \t\r\n/|@.()[]", prefix[-1]))
            prefix--;
        if (!same_prefix(pair, prefix, (size_t)(colon - prefix)))
            return false;
    }
    return true;
}

static struct symbol *next_name(const struct pair *pair, const struct location *location,
                                const char **list)
{
    char *item;
    return node_next_item(pair->c, list, &item) ? node_read_qname(pair->c, location, item)
                                                : NULL;
}

/* Lists of QNames. */
static bool same_names(const struct pair *pair, const char *a, const char *b)
{
    for (;;) {
        struct symbol *one = next_name(pair, &pair->a, &a);
        struct symbol *other = next_name(pair, &pair->b, &b);
        if (one != other)
            return false;
        if (!one)
            return true;
    }
}

/* -- Values --------------------------------------------------------------------------- */

static bool is_declaration(const struct pair *pair)
{
    return pair->a.node->tag == NODE_ELEMENT || pair->a.node->tag == NODE_ATTRIBUTE;
}

static bool same_boolean(const struct pair *pair, const char *a, const char *b)
{
    return node_read_boolean(pair->c, &pair->a, a, false) ==
           node_read_boolean(pair->c, &pair->b, b, false);
}

/* Of block or final: `otherwise` is the default of the document. */
static unsigned methods_of(const struct pair *pair, const struct location *location,
                           const char *text, bool is_final, unsigned otherwise)
{
    enum node_tag tag = location->node->tag;
    unsigned allowed = DERIVATION_RESTRICTION;
    allowed |= tag == NODE_SIMPLE_TYPE ? DERIVATION_LIST | DERIVATION_UNION
                                       : (unsigned)DERIVATION_EXTENSION;
    if (tag == NODE_ELEMENT && !is_final)
        allowed |= DERIVATION_SUBSTITUTION;
    return text ? node_read_methods(pair->c, location, text, allowed) : otherwise & allowed;
}

static bool same_methods(const struct pair *pair, const char *a, const char *b, bool is_final)
{
    const struct schema_document *one = pair->a.document, *other = pair->b.document;
    return methods_of(pair, &pair->a, a, is_final,
                      is_final ? one->final_default : one->block_default) ==
           methods_of(pair, &pair->b, b, is_final,
                      is_final ? other->final_default : other->block_default);
}

static const char *digits_of(const char *count)
{
    count += *count == '+';
    while (*count == '0' && count[1])
        count++;
    return count;
}

static bool same_text(const char *a, const char *b, const char *otherwise)
{
    a = a ? a : otherwise;
    b = b ? b : otherwise;
    return a && b && strcmp(a, b) == 0;
}

/* Of a declaration without a type, a head and a definition within it. */
static bool is_default_type(const struct pair *pair, const struct symbol *symbol)
{
    const struct node *node = pair->a.node;
    const char *name = node->tag == NODE_ELEMENT     ? "anyType"
                       : node->tag == NODE_ATTRIBUTE ? "anySimpleType"
                                                     : "";
    return symbol && strcmp(symbol->local, name) == 0 &&
           strcmp(symbol->uri, XSD_NAMESPACE) == 0 &&
           !(node->has & NODE_ATTR(SUBSTITUTION_GROUP)) &&
           !(node->first &&
             (node->first->tag == NODE_SIMPLE_TYPE || node->first->tag == NODE_COMPLEX_TYPE));
}

/* Whether such an attribute may stand here at all: where it may not, one that has it is wrong,
 * and not the same as one that leaves it to its default. */
static bool may_stand(const struct pair *pair, int which)
{
    switch (which) {
    case NODE_ATTR_ABSTRACT:
    case NODE_ATTR_FINAL:
        return pair->is_global;
    case NODE_ATTR_BLOCK:
        return pair->is_global || pair->a.node->tag == NODE_ELEMENT;
    case NODE_ATTR_MIN_OCCURS:
    case NODE_ATTR_MAX_OCCURS:
    case NODE_ATTR_USE:
    case NODE_ATTR_FORM:
        return !pair->is_global;
    default:
        return true;
    }
}

/* Of an attribute that at least one of them has. */
static bool same_attr(const struct pair *pair, int which)
{
    const struct node_attr *one = node_attr_of(pair->a.node, which),
                           *other = node_attr_of(pair->b.node, which);
    const char *a = one ? one->value : NULL, *b = other ? other->value : NULL;
    if (!one != !other && !may_stand(pair, which))
        return false;
    switch (which) {
    case NODE_ATTR_TYPE:
        if (!one || !other)
            return is_default_type(pair, one ? one->symbol : other->symbol);
        return same_symbol(pair, one->symbol, other->symbol);
    case NODE_ATTR_BASE:
    case NODE_ATTR_ITEM_TYPE:
    case NODE_ATTR_REF:
    case NODE_ATTR_REFER:
    case NODE_ATTR_SUBSTITUTION_GROUP:
        return one && other && same_symbol(pair, one->symbol, other->symbol);
    case NODE_ATTR_MEMBER_TYPES:
        return same_names(pair, a ? a : "", b ? b : "");
    case NODE_ATTR_ABSTRACT:
    case NODE_ATTR_NILLABLE:
    case NODE_ATTR_MIXED:
        return same_boolean(pair, a, b);
    case NODE_ATTR_BLOCK:
    case NODE_ATTR_FINAL:
        return same_methods(pair, a, b, which == NODE_ATTR_FINAL);
    case NODE_ATTR_MIN_OCCURS:
    case NODE_ATTR_MAX_OCCURS:
        return same_text(digits_of(a ? a : "1"), digits_of(b ? b : "1"), NULL);
    case NODE_ATTR_USE:
        return same_text(a, b, "optional");
    case NODE_ATTR_PROCESS_CONTENTS:
        return same_text(a, b, "strict");
    case NODE_ATTR_NAMESPACE:
        return same_text(a, b, "##any");
    case NODE_ATTR_FIXED:
        if (!is_declaration(pair))
            return same_boolean(pair, a, b);
        break;
    default:
        break;
    }
    return same_text(a, b, NULL) && (which == NODE_ATTR_NAME || same_prefixes(pair, a));
}

/* -- Elements ------------------------------------------------------------------------- */

static bool form_of(const struct location *location)
{
    const char *form = node_value_of(location->node, NODE_ATTR_FORM);
    bool otherwise = location->node->tag == NODE_ELEMENT
                         ? location->document->qualified_elements
                         : location->document->qualified_attributes;
    return form ? strcmp(form, "qualified") == 0 : otherwise;
}

/* What a document says for all its declarations counts where they leave it open. */
static bool same_defaults(const struct pair *pair)
{
    const struct node *a = pair->a.node, *b = pair->b.node;
    bool has_block = a->tag == NODE_ELEMENT || (a->tag == NODE_COMPLEX_TYPE && pair->is_global);
    bool has_final = a->tag == NODE_SIMPLE_TYPE || (has_block && pair->is_global);
    if (a->has & NODE_ATTR(REF))
        return true;
    if (!pair->is_global && is_declaration(pair) && form_of(&pair->a) != form_of(&pair->b))
        return false;
    return (!has_block || same_methods(pair, node_value_of(a, NODE_ATTR_BLOCK),
                                       node_value_of(b, NODE_ATTR_BLOCK), false)) &&
           (!has_final || same_methods(pair, node_value_of(a, NODE_ATTR_FINAL),
                                       node_value_of(b, NODE_ATTR_FINAL), true));
}

static const struct node *past_annotation(const struct node *node)
{
    return node && node->tag == NODE_ANNOTATION ? node->next : node;
}

static bool same(const struct pair *pair)
{
    const struct node *a = pair->a.node, *b = pair->b.node;
    const uint64_t all = NODE_ATTR(UNKNOWN) - 1;
    uint64_t has = (a->has | b->has) & ~NODE_ATTR(ID);
    if (a->tag < NODE_ALL || a->tag != b->tag || has & ~all || !same_defaults(pair))
        return false;
    if (may_stand(pair, NODE_ATTR_FORM))
        has &= ~NODE_ATTR(FORM); /* same_defaults has looked at it */
    for (; has; has &= has - 1)
        if (!same_attr(pair, __builtin_ctzll(has)))
            return false;
    a = past_annotation(a->first);
    b = past_annotation(b->first);
    for (; a && b; a = a->next, b = b->next) {
        const struct pair inner = {
            pair->c, {pair->a.document, a}, {pair->b.document, b}, false};
        if (!same(&inner))
            return false;
    }
    return a == b;
}

bool node_equal(struct xsd_compiler *c, const struct location *a, const struct location *b)
{
    return same(&(struct pair){c, *a, *b, true});
}
