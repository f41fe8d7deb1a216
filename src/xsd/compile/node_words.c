/* SPDX-License-Identifier: MIT
 *
 * The names of the schema namespace's elements and of their attributes.
 */
#include "xsd/compile/node.h"

#include <stdlib.h>
#include <string.h>

/* In alphabetical order, for bsearch, like ATTRIBUTES below. */
static const char *const TAGS[] = {
    [NODE_ALL] = "all",
    [NODE_ANNOTATION] = "annotation",
    [NODE_ANY] = "any",
    [NODE_ANY_ATTRIBUTE] = "anyAttribute",
    [NODE_APPINFO] = "appinfo",
    [NODE_ATTRIBUTE] = "attribute",
    [NODE_ATTRIBUTE_GROUP] = "attributeGroup",
    [NODE_CHOICE] = "choice",
    [NODE_COMPLEX_CONTENT] = "complexContent",
    [NODE_COMPLEX_TYPE] = "complexType",
    [NODE_DOCUMENTATION] = "documentation",
    [NODE_ELEMENT] = "element",
    [NODE_ENUMERATION] = "enumeration",
    [NODE_EXTENSION] = "extension",
    [NODE_FIELD] = "field",
    [NODE_FRACTION_DIGITS] = "fractionDigits",
    [NODE_GROUP] = "group",
    [NODE_IMPORT] = "import",
    [NODE_INCLUDE] = "include",
    [NODE_KEY] = "key",
    [NODE_KEYREF] = "keyref",
    [NODE_LENGTH] = "length",
    [NODE_LIST] = "list",
    [NODE_MAX_EXCLUSIVE] = "maxExclusive",
    [NODE_MAX_INCLUSIVE] = "maxInclusive",
    [NODE_MAX_LENGTH] = "maxLength",
    [NODE_MIN_EXCLUSIVE] = "minExclusive",
    [NODE_MIN_INCLUSIVE] = "minInclusive",
    [NODE_MIN_LENGTH] = "minLength",
    [NODE_NOTATION] = "notation",
    [NODE_PATTERN] = "pattern",
    [NODE_REDEFINE] = "redefine",
    [NODE_RESTRICTION] = "restriction",
    [NODE_SCHEMA] = "schema",
    [NODE_SELECTOR] = "selector",
    [NODE_SEQUENCE] = "sequence",
    [NODE_SIMPLE_CONTENT] = "simpleContent",
    [NODE_SIMPLE_TYPE] = "simpleType",
    [NODE_TOTAL_DIGITS] = "totalDigits",
    [NODE_UNION] = "union",
    [NODE_UNIQUE] = "unique",
    [NODE_WHITE_SPACE] = "whiteSpace",
};

static const char *const ATTRIBUTES[] = {
    [NODE_ATTR_ABSTRACT] = "abstract",
    [NODE_ATTR_ATTRIBUTE_FORM] = "attributeFormDefault",
    [NODE_ATTR_BASE] = "base",
    [NODE_ATTR_BLOCK] = "block",
    [NODE_ATTR_BLOCK_DEFAULT] = "blockDefault",
    [NODE_ATTR_DEFAULT] = "default",
    [NODE_ATTR_ELEMENT_FORM] = "elementFormDefault",
    [NODE_ATTR_FINAL] = "final",
    [NODE_ATTR_FINAL_DEFAULT] = "finalDefault",
    [NODE_ATTR_FIXED] = "fixed",
    [NODE_ATTR_FORM] = "form",
    [NODE_ATTR_ID] = "id",
    [NODE_ATTR_ITEM_TYPE] = "itemType",
    [NODE_ATTR_MAX_OCCURS] = "maxOccurs",
    [NODE_ATTR_MEMBER_TYPES] = "memberTypes",
    [NODE_ATTR_MIN_OCCURS] = "minOccurs",
    [NODE_ATTR_MIXED] = "mixed",
    [NODE_ATTR_NAME] = "name",
    [NODE_ATTR_NAMESPACE] = "namespace",
    [NODE_ATTR_NILLABLE] = "nillable",
    [NODE_ATTR_PROCESS_CONTENTS] = "processContents",
    [NODE_ATTR_PUBLIC] = "public",
    [NODE_ATTR_REF] = "ref",
    [NODE_ATTR_REFER] = "refer",
    [NODE_ATTR_SCHEMA_LOCATION] = "schemaLocation",
    [NODE_ATTR_SOURCE] = "source",
    [NODE_ATTR_SUBSTITUTION_GROUP] = "substitutionGroup",
    [NODE_ATTR_SYSTEM] = "system",
    [NODE_ATTR_TARGET_NAMESPACE] = "targetNamespace",
    [NODE_ATTR_TYPE] = "type",
    [NODE_ATTR_USE] = "use",
    [NODE_ATTR_VALUE] = "value",
    [NODE_ATTR_VERSION] = "version",
    [NODE_ATTR_XPATH] = "xpath",
};

static int compare_names(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

enum node_tag node_tag_of(const char *name)
{
    const char *const *tag = bsearch(name, TAGS + NODE_ALL, NODE_WHITE_SPACE - NODE_ALL + 1,
                                     sizeof *TAGS, compare_names);
    return tag ? (enum node_tag)(tag - TAGS) : NODE_UNKNOWN;
}

const char *node_tag_name(enum node_tag tag)
{
    return TAGS[tag];
}

int node_attr_of_name(const char *name)
{
    const char *const *attribute =
        bsearch(name, ATTRIBUTES, NODE_ATTR_UNKNOWN, sizeof *ATTRIBUTES, compare_names);
    return attribute ? (int)(attribute - ATTRIBUTES) : NODE_ATTR_UNKNOWN;
}

const char *node_attr_name(int which)
{
    return ATTRIBUTES[which];
}
