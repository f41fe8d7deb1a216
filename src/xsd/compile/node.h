/* SPDX-License-Identifier: MIT
 *
 * Elements of schema documents as nodes: node_build.h makes them, node.c answers what is asked
 * of one, node_equal.c compares two, node_words.c knows all their names.
 */
#ifndef THRESH_XSD_COMPILE_NODE_H
#define THRESH_XSD_COMPILE_NODE_H

#include "xsd/compile/compiler.h"

/* In alphabetical order from NODE_ALL on: node_words.c searches them. */
enum node_tag {
    NODE_NONE,    /* not of the schema namespace */
    NODE_UNKNOWN, /* of it, and none of its elements */
    NODE_TEXT,    /* not white space: out of place wherever it is */
    NODE_ALL,
    NODE_ANNOTATION,
    NODE_ANY,
    NODE_ANY_ATTRIBUTE,
    NODE_APPINFO,
    NODE_ATTRIBUTE,
    NODE_ATTRIBUTE_GROUP,
    NODE_CHOICE,
    NODE_COMPLEX_CONTENT,
    NODE_COMPLEX_TYPE,
    NODE_DOCUMENTATION,
    NODE_ELEMENT,
    NODE_ENUMERATION,
    NODE_EXTENSION,
    NODE_FIELD,
    NODE_FRACTION_DIGITS,
    NODE_GROUP,
    NODE_IMPORT,
    NODE_INCLUDE,
    NODE_KEY,
    NODE_KEYREF,
    NODE_LENGTH,
    NODE_LIST,
    NODE_MAX_EXCLUSIVE,
    NODE_MAX_INCLUSIVE,
    NODE_MAX_LENGTH,
    NODE_MIN_EXCLUSIVE,
    NODE_MIN_INCLUSIVE,
    NODE_MIN_LENGTH,
    NODE_NOTATION,
    NODE_PATTERN,
    NODE_REDEFINE,
    NODE_RESTRICTION,
    NODE_SCHEMA,
    NODE_SELECTOR,
    NODE_SEQUENCE,
    NODE_SIMPLE_CONTENT,
    NODE_SIMPLE_TYPE,
    NODE_TOTAL_DIGITS,
    NODE_UNION,
    NODE_UNIQUE,
    NODE_WHITE_SPACE,
};

/* The attributes of the schema namespace's elements, in alphabetical order too. */
enum {
    NODE_ATTR_ABSTRACT,
    NODE_ATTR_ATTRIBUTE_FORM,
    NODE_ATTR_BASE,
    NODE_ATTR_BLOCK,
    NODE_ATTR_BLOCK_DEFAULT,
    NODE_ATTR_DEFAULT,
    NODE_ATTR_ELEMENT_FORM,
    NODE_ATTR_FINAL,
    NODE_ATTR_FINAL_DEFAULT,
    NODE_ATTR_FIXED,
    NODE_ATTR_FORM,
    NODE_ATTR_ID,
    NODE_ATTR_ITEM_TYPE,
    NODE_ATTR_MAX_OCCURS,
    NODE_ATTR_MEMBER_TYPES,
    NODE_ATTR_MIN_OCCURS,
    NODE_ATTR_MIXED,
    NODE_ATTR_NAME,
    NODE_ATTR_NAMESPACE,
    NODE_ATTR_NILLABLE,
    NODE_ATTR_PROCESS_CONTENTS,
    NODE_ATTR_PUBLIC,
    NODE_ATTR_REF,
    NODE_ATTR_REFER,
    NODE_ATTR_SCHEMA_LOCATION,
    NODE_ATTR_SOURCE,
    NODE_ATTR_SUBSTITUTION_GROUP,
    NODE_ATTR_SYSTEM,
    NODE_ATTR_TARGET_NAMESPACE,
    NODE_ATTR_TYPE,
    NODE_ATTR_USE,
    NODE_ATTR_VALUE,
    NODE_ATTR_VERSION,
    NODE_ATTR_XPATH,
    NODE_ATTR_UNKNOWN,   /* any other, which no element may have */
    NODE_ATTR_QUALIFIED, /* any of the schema namespace, likewise */
    NODE_ATTR_XML_LANG,  /* of documentation */
};
/* The bit of one in a set of them: NODE_ATTR(NAME). */
#define NODE_ATTR(name) node_attr_bit(NODE_ATTR_##name)

static inline uint64_t node_attr_bit(int which)
{
    return UINT64_C(1) << which;
}

/* Those whose value is a QName. */
#define NODE_ATTR_QNAMES                                                                       \
    (NODE_ATTR(BASE) | NODE_ATTR(ITEM_TYPE) | NODE_ATTR(REF) | NODE_ATTR(REFER) |              \
     NODE_ATTR(SUBSTITUTION_GROUP) | NODE_ATTR(TYPE))

/* An attribute, with what its value means in every schema that reads the document. */
struct node_attr {
    int which; /* NODE_ATTR_... */
    const char *name;
    const char *value; /* white space collapsed, but for value, default, fixed and xml:lang */
    union {
        /* The name that a QName or an NCName stands for, as a symbol of the documents; NULL
         * where the value is neither. A declaration's is in the document's target namespace. */
        const struct symbol *symbol;
        const char *address; /* of schemaLocation; NULL: it is no URI */
    };
};

/* Namespace declarations in scope, the nearest first. */
struct node_scope {
    const char *prefix; /* "": the default namespace */
    size_t len;
    const char *uri;
    const struct node_scope *outer;
};

/* An element of a schema document, or text in one. Shared by all schemas that read the
 * document, and never changed once it is made. */
struct node {
    enum node_tag tag;
    uint32_t n_attrs;
    const char *name;
    long line;
    uint64_t has;                  /* node_attr_bit() of each of its attributes */
    const struct node_attr *attrs; /* as written; of foreign namespaces xml:lang alone */
    const struct node *first;      /* child; a correct annotation before it is left out */
    const struct node *next;       /* sibling */
    const struct node_scope *scope;
};

/* -- node_words.c --------------------------------------------------------------------- */

/* Of a name in the schema namespace: NODE_UNKNOWN where no element has it. */
enum node_tag node_tag_of(const char *name);
/* Of an attribute without a namespace: NODE_ATTR_UNKNOWN where no element has it. */
int node_attr_of_name(const char *name);
/* The names of those that are known. */
const char *node_tag_name(enum node_tag tag);
const char *node_attr_name(int which);

/* -- node.c --------------------------------------------------------------------------- */

/* The attribute or its value; NULL where the element does not have it. */
static inline const struct node_attr *node_attr_of(const struct node *node, int which)
{
    if (!(node->has & node_attr_bit(which)))
        return NULL;
    const struct node_attr *attr = node->attrs;
    while (attr->which != which)
        attr++;
    return attr;
}
static inline const char *node_value_of(const struct node *node, int which)
{
    const struct node_attr *attr = node_attr_of(node, which);
    return attr ? attr->value : NULL;
}
/* Fails on attributes other than `allowed` (a set, to which id is added), and on an id that
 * another element of the document has. */
void node_check_attrs(struct xsd_compiler *c, const struct location *location,
                      uint64_t allowed);
/* The first child element, past an annotation; the next sibling. They fail on text, on foreign
 * elements, and on an annotation where none may be. */
const struct node *node_first_child(struct xsd_compiler *c, const struct location *location);
const struct node *node_next_child(struct xsd_compiler *c, const struct location *location,
                                   const struct node *child);
/* Fails where there is a `child`. */
void node_no_more_children(struct xsd_compiler *c, const struct location *location,
                           const struct node *child);
/* Whether the text is a value of the built-in type of that name. */
bool node_is_value(struct xsd_compiler *c, const char *text, size_t len, const char *type);
/* `otherwise` where `text` is NULL. */
bool node_read_boolean(struct xsd_compiler *c, const struct location *location,
                       const char *text, bool otherwise);
/* Methods of derivation, DERIVATION_...: "#all" or a list of those `allowed`. */
unsigned node_read_methods(struct xsd_compiler *c, const struct location *location,
                           const char *text, unsigned allowed);
/* The schema's symbol for the attribute name, which must be there, in that namespace; for a
 * QName; for the QName in an attribute that is there. */
struct symbol *node_read_name(struct xsd_compiler *c, const struct location *location,
                              uint32_t ns);
struct symbol *node_read_qname(struct xsd_compiler *c, const struct location *location,
                               const char *name);
struct symbol *node_read_reference(struct xsd_compiler *c, const struct location *location,
                                   int which);
/* The prefixes in scope, for values of QName. */
struct prefixes node_prefixes(const struct location *location);
/* The namespace name of a prefix, "" for none, NULL where it is not declared. */
const char *node_find_prefix(const struct node_scope *scope, const char *prefix, size_t len);
/* The next item of a list separated by white space, copied; false at its end. */
bool node_next_item(struct xsd_compiler *c, const char **list, char **item);
bool node_is_ncname(const char *name);
/* *prefix_len is 0 where it has no prefix. */
bool node_is_qname(const char *name, size_t *prefix_len);

/* -- node_equal.c --------------------------------------------------------------------- */

/* Whether two global declarations, of any documents, are of one component. */
bool node_equal(struct xsd_compiler *c, const struct location *a, const struct location *b);

#endif
