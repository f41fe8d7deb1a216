/* SPDX-License-Identifier: MIT
 *
 * Where a fault leaves an element or attribute without a declaration, nothing says which of its
 * values is an ID or a key. A reference to one of them is not reported: that would only follow
 * from the fault. The values are known by their hashes.
 */
#include "xsd/validate/validator.h"

#include "base/xml_chars.h"

enum { VALUES_MAX = 1 << 16 }; /* beyond, each reference may have its value */

int unassessed_add(struct xsd_validator *v, const char *text, size_t len)
{
    xml_trim(&text, &len);
    if (!len || v->unassessed_overflow)
        return 0;
    uint64_t hash = key_table_hash(v->seed, text, len);
    bool is_new;
    if (key_table_enter(&v->unassessed, hash, 0, "", 0, &is_new) == KEY_TABLE_NONE)
        return -1;
    v->unassessed_overflow = v->unassessed.n > VALUES_MAX;
    return 0;
}

bool unassessed_may_have(const struct xsd_validator *v, const char *text, size_t len)
{
    xml_trim(&text, &len);
    return v->unassessed_overflow ||
           key_table_find(&v->unassessed, key_table_hash(v->seed, text, len), 0, "", 0) !=
               KEY_TABLE_NONE;
}
