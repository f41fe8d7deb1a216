/* SPDX-License-Identifier: MIT
 *
 * The built-in types of XSD 1.0 (Part 2, 3), and the set of types that begins with them.
 */
#include "xsd/datatype/glance.h"

#include <stdlib.h>

/* Each type stands behind its base. */
static const struct builtin {
    const char *name;
    const char *base;
    const char *item;
    enum primitive primitive;
    enum shape shape;
    enum white_space white_space;
    const char *min;
    const char *max;
} builtins[DATATYPE_BUILTINS] = {
#define ANY       "anySimpleType"
#define PRESERVE  WHITE_SPACE_PRESERVE
#define REPLACE   WHITE_SPACE_REPLACE
#define COLLAPSE  WHITE_SPACE_COLLAPSE
#define STRING(s) PRIMITIVE_STRING, SHAPE_##s, COLLAPSE, NULL, NULL
#define PLAIN(p)  ANY, NULL, PRIMITIVE_##p, SHAPE_ANY, COLLAPSE, NULL, NULL
#define INTEGER   NULL, PRIMITIVE_DECIMAL, SHAPE_INTEGER, COLLAPSE
#define LIST(of)  ANY, of, PRIMITIVE_ANY, SHAPE_ANY, COLLAPSE, NULL, NULL
    {"xs:anySimpleType", NULL, NULL, PRIMITIVE_ANY, SHAPE_ANY, PRESERVE, NULL, NULL},
    {"xs:string", ANY, NULL, PRIMITIVE_STRING, SHAPE_ANY, PRESERVE, NULL, NULL},
    {"xs:boolean", PLAIN(BOOLEAN)},
    {"xs:decimal", PLAIN(DECIMAL)},
    {"xs:float", PLAIN(FLOAT)},
    {"xs:double", PLAIN(DOUBLE)},
    {"xs:duration", PLAIN(DURATION)},
    {"xs:dateTime", PLAIN(DATE_TIME)},
    {"xs:time", PLAIN(TIME)},
    {"xs:date", PLAIN(DATE)},
    {"xs:gYearMonth", PLAIN(G_YEAR_MONTH)},
    {"xs:gYear", PLAIN(G_YEAR)},
    {"xs:gMonthDay", PLAIN(G_MONTH_DAY)},
    {"xs:gDay", PLAIN(G_DAY)},
    {"xs:gMonth", PLAIN(G_MONTH)},
    {"xs:hexBinary", PLAIN(HEX_BINARY)},
    {"xs:base64Binary", PLAIN(BASE64_BINARY)},
    {"xs:anyURI", PLAIN(ANY_URI)},
    {"xs:QName", PLAIN(QNAME)},
    {"xs:NOTATION", PLAIN(NOTATION)},
    {"xs:normalizedString", "string", NULL, PRIMITIVE_STRING, SHAPE_ANY, REPLACE, NULL, NULL},
    {"xs:token", "normalizedString", NULL, STRING(ANY)},
    {"xs:language", "token", NULL, STRING(LANGUAGE)},
    {"xs:NMTOKEN", "token", NULL, STRING(NMTOKEN)},
    {"xs:Name", "token", NULL, STRING(NAME)},
    {"xs:NCName", "Name", NULL, STRING(NCNAME)},
    {"xs:ID", "NCName", NULL, STRING(NCNAME)},
    {"xs:IDREF", "NCName", NULL, STRING(NCNAME)},
    {"xs:ENTITY", "NCName", NULL, STRING(NCNAME)},
    {"xs:NMTOKENS", LIST("NMTOKEN")},
    {"xs:IDREFS", LIST("IDREF")},
    {"xs:ENTITIES", LIST("ENTITY")},
    {"xs:integer", "decimal", INTEGER, NULL, NULL},
    {"xs:nonPositiveInteger", "integer", INTEGER, NULL, "0"},
    {"xs:negativeInteger", "nonPositiveInteger", INTEGER, NULL, "-1"},
    {"xs:long", "integer", INTEGER, "-9223372036854775808", "9223372036854775807"},
    {"xs:int", "long", INTEGER, "-2147483648", "2147483647"},
    {"xs:short", "int", INTEGER, "-32768", "32767"},
    {"xs:byte", "short", INTEGER, "-128", "127"},
    {"xs:nonNegativeInteger", "integer", INTEGER, "0", NULL},
    {"xs:unsignedLong", "nonNegativeInteger", INTEGER, "0", "18446744073709551615"},
    {"xs:unsignedInt", "unsignedLong", INTEGER, "0", "4294967295"},
    {"xs:unsignedShort", "unsignedInt", INTEGER, "0", "65535"},
    {"xs:unsignedByte", "unsignedShort", INTEGER, "0", "255"},
    {"xs:positiveInteger", "nonNegativeInteger", INTEGER, "1", NULL},
};

static int add_bound(struct bound *bounds, struct datatype *type, enum facet_kind kind,
                     const char *text)
{
    struct bound *bound = &bounds[type->n_bounds];
    if (!text)
        return 0;
    bound->kind = kind;
    bound->text = text;
    type->n_bounds++;
    return primitive_parse(type->primitive, type->shape, text, strlen(text), &bound->value);
}

static int make_builtin(struct datatypes *set, struct datatype *type,
                        const struct builtin *from)
{
    *type = (struct datatype){
        .name = from->name,
        .base = from->base ? datatypes_builtin(set, from->base) : NULL,
        .primitive = from->primitive,
        .shape = from->shape,
        .white_space = from->white_space,
        .plain = from->primitive == PRIMITIVE_STRING || from->primitive == PRIMITIVE_ANY_URI,
        .needs_prefixes =
            from->primitive == PRIMITIVE_QNAME || from->primitive == PRIMITIVE_NOTATION,
        .anything = from->white_space == WHITE_SPACE_PRESERVE,
        .weight = 1,
        .max_length = DATATYPE_UNLIMITED,
        .total_digits = DATATYPE_UNLIMITED,
        .fraction_digits = from->shape == SHAPE_INTEGER ? 0 : DATATYPE_UNLIMITED,
    };
    const char *local_name = from->name + strlen("xs:");
    if (strcmp(local_name, "ID") == 0)
        type->id = DATATYPE_ID;
    if (strcmp(local_name, "IDREF") == 0)
        type->id = DATATYPE_IDREF;
    if (strcmp(local_name, "ENTITY") == 0)
        type->id = DATATYPE_ENTITY;
    if (from->item) {
        type->variety = VARIETY_LIST;
        type->item = datatypes_builtin(set, from->item);
        type->min_length = 1;
        type->has_min_length = true;
        type->id = simple_type_list_id(type->item);
        type->depth = type->weight = 2;
    }
    struct bound *bounds = arena_alloc(&set->arena, 2 * sizeof *bounds);
    if (!bounds)
        return -1;
    type->bounds = bounds;
    add_bound(bounds, type, FACET_MIN_INCLUSIVE, from->min);
    add_bound(bounds, type, FACET_MAX_INCLUSIVE, from->max);
    glance_settle(type);
    return 0;
}

struct datatypes *datatypes_new(void)
{
    struct datatypes *set = calloc(1, sizeof *set);
    for (size_t i = 0; set && i < DATATYPE_BUILTINS; i++) {
        if (make_builtin(set, &set->builtins[i], &builtins[i]) < 0) {
            datatypes_free(set);
            set = NULL;
        }
    }
    return set;
}

void datatypes_free(struct datatypes *set)
{
    if (!set)
        return;
    for (struct owned_pattern *owned = set->patterns; owned; owned = owned->next)
        pattern_free(owned->pattern);
    arena_free(&set->arena);
    free(set);
}

size_t datatypes_bytes(const struct datatypes *set)
{
    return set->arena.bytes + set->pattern_bytes;
}

const struct datatype *datatypes_builtin(const struct datatypes *set, const char *local_name)
{
    for (size_t i = 0; i < DATATYPE_BUILTINS; i++)
        if (set->builtins[i].name &&
            strcmp(set->builtins[i].name + strlen("xs:"), local_name) == 0)
            return &set->builtins[i];
    return NULL;
}
