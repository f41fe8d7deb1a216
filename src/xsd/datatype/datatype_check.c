/* SPDX-License-Identifier: MIT
 *
 * Whether a text is a value of a simple type, and which: checks and keys. A key of a union's
 * value is of the member that takes it, and an enumeration is looked up by key, so each needs
 * the other.
 */
#include "xsd/datatype/datatype.h"

#include "base/utf8.h"
#include "xsd/datatype/datatype_fault.h"
#include "xsd/datatype/glance.h"
#include "xsd/datatype/known_values.h"
#include "xsd/datatype/short_key.h"

struct check {
    const struct prefixes *prefixes;
    struct datatype_scratch *scratch;
    const struct datatype *found; /* the atomic or list type that a valid text is of */
    bool without_patterns;
    struct datatype_fault fault;
};

static int check_type(struct check *check, const struct datatype *type, const char *text,
                      size_t len);
static int append_key(struct check *check, const struct datatype *type, const char *text,
                      size_t len, struct buf *key);

static int fail(struct check *check, enum datatype_rule rule, const struct datatype *type,
                size_t index, const char *text, size_t len)
{
    check->fault = (struct datatype_fault){rule, type, index, text, len, false};
    return 1;
}

/* -- Facets --------------------------------------------------------------------------- */

static int check_patterns(struct check *check, const struct datatype *type, const char *text,
                          size_t len)
{
    for (size_t i = 0; i < type->n_patterns && !check->without_patterns; i++) {
        int rc = pattern_match(type->patterns[i].pattern, text, len, &check->scratch->fault);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return fail(check, RULE_PATTERN, type, i, text, len);
    }
    return 0;
}

static int check_length(struct check *check, const struct datatype *type, uint64_t length,
                        const char *text, size_t len)
{
    if (length >= type->min_length && length <= type->max_length)
        return 0;
    /* A length that another facet contradicts leaves a least length above the greatest one. */
    bool is_exact = type->exact_length && type->min_length == type->max_length;
    enum datatype_rule rule = is_exact                    ? RULE_LENGTH
                              : length < type->min_length ? RULE_MIN_LENGTH
                                                          : RULE_MAX_LENGTH;
    return fail(check, rule, type, 0, text, len);
}

static int check_atomic_length(struct check *check, const struct datatype *type,
                               const char *text, size_t len)
{
    if (type->plain) {
        /* A code point takes one byte to four. */
        if (len <= type->max_length && len / 4 >= type->min_length)
            return 0;
        return check_length(check, type, utf8_length(text, len), text, len);
    }
    if (type->primitive == PRIMITIVE_QNAME || type->primitive == PRIMITIVE_NOTATION)
        return 0; /* cvc-length-valid: any value of these is valid */
    return check_length(check, type, binary_octets(type->primitive, text, len), text, len);
}

static bool within(enum facet_kind kind, enum value_order order)
{
    switch (kind) {
    case FACET_MIN_INCLUSIVE:
        return order == ORDER_GREATER || order == ORDER_EQUAL;
    case FACET_MIN_EXCLUSIVE:
        return order == ORDER_GREATER;
    case FACET_MAX_INCLUSIVE:
        return order == ORDER_LESS || order == ORDER_EQUAL;
    default:
        return order == ORDER_LESS;
    }
}

static int check_value(struct check *check, const struct datatype *type,
                       const struct primitive_value *value, const char *text, size_t len)
{
    for (size_t i = 0; i < type->n_bounds; i++) {
        const struct bound *bound = &type->bounds[i];
        if (!within(bound->kind, primitive_compare(type->primitive, value, &bound->value)))
            return fail(check, RULE_BOUND, type, i, text, len);
    }
    if (type->primitive != PRIMITIVE_DECIMAL)
        return 0;
    if (value->decimal.n_fraction > type->fraction_digits)
        return fail(check, RULE_FRACTION_DIGITS, type, 0, text, len);
    if (value->decimal.n_whole + value->decimal.n_fraction > type->total_digits)
        return fail(check, RULE_TOTAL_DIGITS, type, 0, text, len);
    return 0;
}

/* `basic` is the type, or that member of a union that takes the text. */
static int check_enumeration(struct check *check, const struct datatype *type,
                             const struct datatype *basic, const char *text, size_t len)
{
    if (type->plain) {
        if (enumeration_slot(type->enumeration, text, len)->bytes)
            return 0;
        return fail(check, RULE_ENUMERATION, type, 0, text, len);
    }
    /* Checks nest, and so do their keys in this buf. */
    struct buf *key = &check->scratch->key;
    size_t start = key->len;
    if (append_key(check, basic, text, len, key) < 0)
        return -1;
    bool found =
        enumeration_slot(type->enumeration, key->data + start, key->len - start)->bytes;
    key->len = start;
    return found ? 0 : fail(check, RULE_ENUMERATION, type, 0, text, len);
}

/* -- Types ---------------------------------------------------------------------------- */

static const char *find_uri(const struct prefixes *prefixes, const char *prefix, size_t len)
{
    const char *uri = prefixes ? prefixes->uri(prefixes->context, prefix, len) : NULL;
    if (!uri && len == 3 && memcmp(prefix, "xml", 3) == 0)
        return "http://www.w3.org/XML/1998/namespace";
    return uri;
}

static bool prefix_declared(const struct check *check, const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    return !colon || !check->prefixes ||
           find_uri(check->prefixes, text, (size_t)(colon - text)) != NULL;
}

static int check_literal(struct check *check, const struct datatype *type, const char *text,
                         size_t len)
{
    struct primitive_value value;
    bool valid;
    bool has_digits = type->total_digits != DATATYPE_UNLIMITED ||
                      (type->fraction_digits != DATATYPE_UNLIMITED && type->shape == SHAPE_ANY);
    if (type->n_bounds || has_digits) {
        int rc = primitive_parse(type->primitive, type->shape, text, len, &value);
        if (rc < 0)
            return -1;
        valid = rc == 0;
    } else {
        valid = primitive_valid(type->primitive, type->shape, text, len);
    }
    if (valid && type->needs_prefixes)
        valid = prefix_declared(check, text, len);
    if (!valid)
        return fail(check, RULE_LITERAL, type, 0, text, len);
    int rc = check_patterns(check, type, text, len);
    if (rc == 0 && (type->n_bounds || has_digits))
        rc = check_value(check, type, &value, text, len);
    return rc;
}

/* Datatypes, 3.3.11; cvc-simple-type.2 */
static int check_entity(struct check *check, const struct datatype *type, const char *text,
                        size_t len)
{
    const struct prefixes *prefixes = check->prefixes;
    if (!prefixes || !prefixes->unparsed_entity ||
        prefixes->unparsed_entity(prefixes->context, text, len))
        return 0;
    return fail(check, RULE_ENTITY, type, 0, text, len);
}

static int check_atomic(struct check *check, const struct datatype *type, const char *text,
                        size_t len)
{
    check->found = type;
    if (type->anything)
        return 0;
    text = white_space_normalize(type, text, &len, &check->scratch->normal);
    if (!text)
        return -1;
    if (type->enumeration_decides && enumeration_slot(type->enumeration, text, len)->bytes)
        return 0;
    int rc = check_literal(check, type, text, len);
    if (rc == 0 && (type->min_length || type->max_length != DATATYPE_UNLIMITED))
        rc = check_atomic_length(check, type, text, len);
    if (rc == 0 && type->enumeration)
        rc = check_enumeration(check, type, type, text, len);
    if (rc == 0 && type->id == DATATYPE_ENTITY)
        rc = check_entity(check, type, text, len);
    return rc;
}

static int check_list(struct check *check, const struct datatype *type, const char *text,
                      size_t len)
{
    xml_trim(&text, &len);
    const char *at = text, *end = text + len, *item;
    size_t item_len, n = 0;
    for (; simple_type_next_item(&at, end, &item, &item_len); n++) {
        int rc = check_type(check, type->item, item, item_len);
        check->fault.in_list = true;
        if (rc)
            return rc;
    }
    int rc = 0;
    if (type->n_patterns) {
        text = white_space_normalize(type, text, &len, &check->scratch->normal);
        if (!text)
            return -1;
        rc = check_patterns(check, type, text, len);
    }
    if (rc == 0)
        rc = check_length(check, type, n, text, len);
    if (rc == 0 && type->enumeration)
        rc = check_enumeration(check, type, type, text, len);
    check->found = type;
    return rc;
}

static int check_union(struct check *check, const struct datatype *type, const char *text,
                       size_t len)
{
    int rc = 1;
    for (size_t i = 0; rc == 1 && i < type->n_members; i++)
        rc = check_type(check, type->members[i], text, len);
    if (rc == 1) {
        xml_trim(&text, &len);
        return fail(check, RULE_UNION, type, 0, text, len);
    }
    if (rc == 0 && type->n_patterns) {
        /* White space is processed as the member that takes the text says. */
        size_t normal_len = len;
        const char *normal =
            white_space_normalize(check->found, text, &normal_len, &check->scratch->normal);
        if (!normal)
            return -1;
        rc = check_patterns(check, type, normal, normal_len);
    }
    if (rc == 0 && type->enumeration)
        rc = check_enumeration(check, type, check->found, text, len);
    return rc;
}

static int check_type(struct check *check, const struct datatype *type, const char *text,
                      size_t len)
{
    switch (type->variety) {
    case VARIETY_ATOMIC:
        return check_atomic(check, type, text, len);
    case VARIETY_LIST:
        return check_list(check, type, text, len);
    default:
        return check_union(check, type, text, len);
    }
}

/* -- Keys ----------------------------------------------------------------------------- */

static int append_name_key(struct check *check, const char *text, size_t len, struct buf *key)
{
    const char *colon = memchr(text, ':', len);
    size_t prefix = colon ? (size_t)(colon - text) : 0, local = colon ? prefix + 1 : 0;
    const char *uri = find_uri(check->prefixes, text, prefix);
    buf_append_string(key, uri ? uri : "");
    buf_append_char(key, '\0');
    return buf_append(key, text + local, len - local);
}

static int append_list_key(struct check *check, const struct datatype *type, const char *text,
                           size_t len, struct buf *key)
{
    const char *at = text, *end = text + len, *item;
    size_t item_len;
    buf_append_char(key, 'L');
    while (simple_type_next_item(&at, end, &item, &item_len)) {
        /* Each item stands behind its length, so that different lists have different keys. */
        size_t start = key->len;
        uint64_t bytes = 0;
        buf_append(key, &bytes, sizeof bytes);
        if (append_key(check, type->item, item, item_len, key) < 0)
            return -1;
        bytes = key->len - start;
        memcpy(key->data + start, &bytes, sizeof bytes);
    }
    return key->failed ? -1 : 0;
}

static int append_key(struct check *check, const struct datatype *type, const char *text,
                      size_t len, struct buf *key)
{
    if (type->variety == VARIETY_UNION) {
        int rc = check_type(check, type, text, len);
        if (rc)
            return rc < 0 ? -1 : 0;
        type = check->found;
    }
    if (type->variety == VARIETY_LIST)
        return append_list_key(check, type, text, len, key);
    text = white_space_normalize(type, text, &len, &check->scratch->normal);
    if (!text)
        return -1;
    buf_append_char(key, short_key_kind(type));
    if (type->primitive == PRIMITIVE_QNAME || type->primitive == PRIMITIVE_NOTATION)
        return append_name_key(check, text, len, key);
    return primitive_append_key(type->primitive, text, len, key);
}

/* -- The interface -------------------------------------------------------------------- */

/* Leaves `fault` and `found` as they are, for speed. */
static inline void begin_check(struct check *check, const struct prefixes *prefixes,
                               struct datatype_scratch *scratch)
{
    buf_clear(&scratch->key);
    buf_clear(&scratch->fault);
    check->prefixes = prefixes;
    check->scratch = scratch;
    check->without_patterns = false;
}

static int check_closely(const struct datatype *type, const char *text, size_t len,
                         const struct prefixes *prefixes, struct datatype_scratch *scratch,
                         const char **code)
{
    struct check check;
    begin_check(&check, prefixes, scratch);
    int rc = check_type(&check, type, len ? text : "", len);
    if (rc != 1)
        return rc;
    *code = datatype_fault_code(&check.fault);
    buf_clear(&scratch->fault);
    datatype_fault_sentence(&check.fault, &scratch->fault);
    return buf_string(&scratch->fault) ? 1 : -1;
}

int datatype_check(const struct datatype *type, const char *text, size_t len,
                   const struct prefixes *prefixes, struct datatype_scratch *scratch,
                   const char **code)
{
    if (known_values_accept(scratch->known, type, text, len))
        return 0;
    int rc = check_closely(type, text, len, prefixes, scratch, code);
    if (rc == 0 && scratch->known && known_values_take(type, len)) {
        struct known_value value = known_value_of(type, text, len);
        scratch->known->slots[known_values_place(scratch->known, &value)] = value;
    }
    return rc;
}

int datatype_try(const struct datatype *type, const char *text, size_t len,
                 const struct prefixes *prefixes, bool without_patterns,
                 struct datatype_scratch *scratch)
{
    struct check check;
    begin_check(&check, prefixes, scratch);
    check.without_patterns = without_patterns;
    return check_type(&check, type, text, len);
}

const char *datatype_normalize(const struct datatype *type, const char *text, size_t len,
                               struct datatype_scratch *scratch, size_t *normal_len)
{
    if (len == 0)
        text = "";
    if (type->variety == VARIETY_UNION) {
        struct check check;
        begin_check(&check, NULL, scratch);
        int rc = check_type(&check, type, text, len);
        if (rc < 0)
            return NULL;
        if (rc == 0)
            type = check.found;
    }
    *normal_len = len;
    return white_space_normalize(type, text, normal_len, &scratch->normal);
}

int datatype_key(const struct datatype *type, const char *text, size_t len,
                 const struct prefixes *prefixes, struct datatype_scratch *scratch,
                 struct buf *key)
{
    struct check check;
    if (short_key_is(type, text, len))
        return short_key_append(type, text, len, key);
    begin_check(&check, prefixes, scratch);
    return append_key(&check, type, len ? text : "", len, key) < 0 || key->failed ? -1 : 0;
}
