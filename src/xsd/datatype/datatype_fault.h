/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a value of a simple type: which rule of the Recommendation it breaks, and
 * the sentence that says so.
 */
#ifndef THRESH_XSD_DATATYPE_DATATYPE_FAULT_H
#define THRESH_XSD_DATATYPE_DATATYPE_FAULT_H

#include "xsd/datatype/simple_type.h"

enum datatype_rule {
    RULE_LITERAL,
    RULE_ENTITY,
    RULE_UNION,
    RULE_PATTERN,
    RULE_ENUMERATION,
    RULE_LENGTH,
    RULE_MIN_LENGTH,
    RULE_MAX_LENGTH,
    RULE_BOUND,
    RULE_TOTAL_DIGITS,
    RULE_FRACTION_DIGITS,
};

/* What is wrong with a text. No sentence is made of it until it is certain: a union may have
 * another member that takes the text. */
struct datatype_fault {
    enum datatype_rule rule;
    const struct datatype *type;
    size_t index; /* of the pattern or bound */
    const char *text;
    size_t len;
    bool in_list;
};

const char *datatype_fault_code(const struct datatype_fault *fault);
/* Appends the sentence; a failure stays in the buf. */
void datatype_fault_sentence(const struct datatype_fault *fault, struct buf *out);

#endif
