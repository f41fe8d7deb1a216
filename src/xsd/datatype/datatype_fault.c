/* SPDX-License-Identifier: MIT
 *
 * Long values and enumerations are cut in messages.
 */
#include "xsd/datatype/datatype_fault.h"

#include "base/utf8.h"
#include <inttypes.h>

enum { SHOWN_BYTES = 200, SHOWN_VALUES = 30 };

const char *datatype_fault_code(const struct datatype_fault *fault)
{
    static const char *const codes[] = {
        [RULE_LITERAL] = "cvc-datatype-valid.1.2.1",
        [RULE_UNION] = "cvc-datatype-valid.1.2.3",
        [RULE_PATTERN] = "cvc-pattern-valid",
        [RULE_ENUMERATION] = "cvc-enumeration-valid",
        [RULE_LENGTH] = "cvc-length-valid",
        [RULE_MIN_LENGTH] = "cvc-minLength-valid",
        [RULE_MAX_LENGTH] = "cvc-maxLength-valid",
        [RULE_TOTAL_DIGITS] = "cvc-totalDigits-valid",
        [RULE_FRACTION_DIGITS] = "cvc-fractionDigits-valid",
    };
    if (fault->rule == RULE_ENTITY)
        return fault->in_list ? "cvc-simple-type.2.2" : "cvc-simple-type.2.1";
    if (fault->in_list)
        return "cvc-datatype-valid.1.2.2";
    if (fault->rule != RULE_BOUND)
        return codes[fault->rule];
    switch (fault->type->bounds[fault->index].kind) {
    case FACET_MIN_INCLUSIVE:
        return "cvc-minInclusive-valid";
    case FACET_MIN_EXCLUSIVE:
        return "cvc-minExclusive-valid";
    case FACET_MAX_INCLUSIVE:
        return "cvc-maxInclusive-valid";
    default:
        return "cvc-maxExclusive-valid";
    }
}

static void append_shown(struct buf *out, const char *text, size_t len)
{
    size_t shown = len;
    if (len > SHOWN_BYTES) {
        shown = SHOWN_BYTES;
        while (shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80)
            shown--;
    }
    buf_append(out, text, shown);
    if (shown < len)
        buf_append_string(out, "…");
}

static void append_quoted(struct buf *out, const char *text, size_t len)
{
    buf_append_char(out, '\'');
    append_shown(out, text, len);
    buf_append_char(out, '\'');
}

static void append_choices(struct buf *out, const struct enumeration *enumeration)
{
    for (size_t i = 0; i < enumeration->n && i < SHOWN_VALUES; i++) {
        buf_append_string(out, i ? ", " : "");
        append_shown(out, enumeration->texts[i], strlen(enumeration->texts[i]));
    }
    if (enumeration->n > SHOWN_VALUES)
        buf_append_string(out, ", …");
}

static void append_length(struct buf *out, const struct datatype_fault *fault)
{
    const struct datatype *type = fault->type;
    const char *unit = type->variety == VARIETY_LIST ? "item"
                       : type->plain                 ? "character"
                                                     : "octet";
    const char *least = fault->rule == RULE_MIN_LENGTH   ? "at least "
                        : fault->rule == RULE_MAX_LENGTH ? "at most "
                                                         : "";
    uint64_t want = fault->rule == RULE_MIN_LENGTH ? type->min_length : type->max_length;
    uint64_t have = 0;
    const char *at = fault->text, *end = at + fault->len, *item;
    size_t item_len;
    if (type->variety == VARIETY_LIST)
        while (simple_type_next_item(&at, end, &item, &item_len))
            have++;
    else if (type->plain)
        have = utf8_length(fault->text, fault->len);
    else
        have = binary_octets(type->primitive, fault->text, fault->len);
    buf_append_format(out, " has %" PRIu64 " %s%s; expected %s%" PRIu64, have, unit,
                      have == 1 ? "" : "s", least, want);
}

static void append_members(struct buf *out, const struct datatype *type)
{
    for (size_t i = 0; i < type->n_members && i < SHOWN_VALUES; i++) {
        buf_append_string(out, i ? ", " : "");
        buf_append_string(out, datatype_name(type->members[i]));
    }
    if (type->n_members > SHOWN_VALUES)
        buf_append_string(out, ", …");
}

static void append_bound(struct buf *out, const struct bound *bound)
{
    static const char *const words[] = {
        [FACET_MIN_INCLUSIVE] = "greater than or equal to",
        [FACET_MIN_EXCLUSIVE] = "greater than",
        [FACET_MAX_INCLUSIVE] = "less than or equal to",
        [FACET_MAX_EXCLUSIVE] = "less than",
    };
    buf_append_format(out, " is not %s ", words[bound->kind]);
    append_quoted(out, bound->text, strlen(bound->text));
}

void datatype_fault_sentence(const struct datatype_fault *fault, struct buf *out)
{
    const struct datatype *type = fault->type;
    buf_append_string(out, fault->in_list ? "the list item " : "");
    append_quoted(out, fault->text, fault->len);
    switch (fault->rule) {
    case RULE_LITERAL:
        buf_append_format(out, " is not a valid value of the type '%s'", datatype_name(type));
        break;
    case RULE_ENTITY:
        buf_append_string(out,
                          " is not the name of an unparsed entity that the document declares");
        break;
    case RULE_UNION:
        buf_append_format(out, " is not a valid value of the type '%s', that is of none of (",
                          datatype_name(type));
        append_members(out, type);
        buf_append_char(out, ')');
        break;
    case RULE_PATTERN:
        buf_append_string(out, " does not match the pattern ");
        append_quoted(out, type->patterns[fault->index].text,
                      strlen(type->patterns[fault->index].text));
        break;
    case RULE_ENUMERATION:
        buf_append_string(out, " is not in the enumeration; expected one of (");
        append_choices(out, type->enumeration);
        buf_append_char(out, ')');
        break;
    case RULE_LENGTH:
    case RULE_MIN_LENGTH:
    case RULE_MAX_LENGTH:
        append_length(out, fault);
        break;
    case RULE_BOUND:
        append_bound(out, &type->bounds[fault->index]);
        break;
    case RULE_TOTAL_DIGITS:
        buf_append_format(out, " has more than %" PRIu64 " digits", type->total_digits);
        break;
    case RULE_FRACTION_DIGITS:
        buf_append_format(out, " has more than %" PRIu64 " fraction digits",
                          type->fraction_digits);
        break;
    }
}
