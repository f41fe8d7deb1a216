/* SPDX-License-Identifier: MIT
 *
 * Values against simple types and fixed values; ID and IDREF, a group each of validator->ids.
 */
#include "xsd/validate/validator.h"

#include <string.h>

enum { GROUP_ID, GROUP_IDREF };

/* Whether an IDREF has an ID is known at the end of the document. For the message, the name of
 * its element is kept behind its value. */
static int remember_place(struct xsd_validator *v, const struct element_frame *frame,
                          struct key_table_entry *entry)
{
    struct buf *bytes = &v->ids.bytes;
    entry->place = validator_place(v, NULL, 0);
    if (frame->uri && *frame->uri)
        buf_append_format(bytes, "{%s}", (const char *)frame->uri);
    return buf_append(bytes, frame->localname, strlen((const char *)frame->localname) + 1);
}

/* cvc-id.2 */
static int add_id(struct xsd_validator *v, const struct element_frame *frame,
                  const struct instance_attr *attr, uint32_t group, const char *value,
                  size_t len)
{
    uint64_t hash = key_table_hash(v->seed, value, len);
    bool is_new;
    uint32_t found = key_table_enter(&v->ids, hash, group, value, len, &is_new);
    if (found == KEY_TABLE_NONE)
        return -1;
    if (!is_new && group == GROUP_IDREF)
        return 0;
    if (!is_new) {
        v->spoilt_ids++;
        return validator_fault(v, "cvc-id.2", frame, attr,
                               "The ID '%.*s' is already that of another element.", (int)len,
                               value);
    }
    v->ids.entries[found].element = frame->ordinal;
    return group == GROUP_IDREF ? remember_place(v, frame, &v->ids.entries[found]) : 0;
}

/* A normalized list has one space between items. */
static int add_ids(struct xsd_validator *v, const struct element_frame *frame,
                   const struct instance_attr *attr, const struct datatype *datatype,
                   const char *text, size_t len)
{
    uint32_t group = datatype_id(datatype) == DATATYPE_ID ? GROUP_ID : GROUP_IDREF;
    const char *item = datatype_normalize(datatype, text, len, &v->scratch, &len);
    if (!item)
        return -1;
    while (len) {
        const char *space = memchr(item, ' ', len);
        size_t item_len = space ? (size_t)(space - item) : len;
        if (item_len && add_id(v, frame, attr, group, item, item_len) < 0)
            return -1;
        len -= space ? item_len + 1 : item_len;
        item += space ? item_len + 1 : item_len;
    }
    return 0;
}

int value_check(struct xsd_validator *v, const struct element_frame *frame,
                const struct instance_attr *attr, const struct datatype *datatype,
                const char *text, size_t len)
{
    const char *code = NULL;
    int rc = datatype_check(datatype, text, len, &v->prefixes, &v->scratch, &code);
    if (rc < 0)
        return -1;
    if (rc > 0) {
        v->spoilt_ids += datatype_id(datatype) == DATATYPE_ID;
        const char *reason = v->scratch.fault.data ? v->scratch.fault.data : "";
        size_t reason_len = strlen(reason);
        bool ends = reason_len && reason[reason_len - 1] == '.';
        return validator_fault(v, code, frame, attr, "%s%s", reason, ends ? "" : ".") < 0 ? -1
                                                                                          : 1;
    }
    if (datatype_id(datatype) == DATATYPE_PLAIN || datatype_id(datatype) == DATATYPE_ENTITY)
        return 0;
    return add_ids(v, frame, attr, datatype, text, len);
}

int value_enter_ids(struct xsd_validator *v, const struct element_frame *frame)
{
    for (size_t i = 0; i < v->attrs_size.n; i++) {
        const struct instance_attr *attr = &v->attrs[i];
        enum datatype_id id = datatype_id(attr->datatype);
        if (id != DATATYPE_PLAIN && id != DATATYPE_ENTITY &&
            add_ids(v, frame, attr, attr->datatype, attr->value, attr->len) < 0)
            return -1;
    }
    return 0;
}

int value_is_fixed(struct xsd_validator *v, const struct datatype *datatype, const char *text,
                   size_t len, const struct value_constraint *constraint)
{
    if (len == constraint->len && memcmp(text, constraint->text, len) == 0 &&
        !(datatype && datatype_needs_prefixes(datatype)))
        return 0;
    if (!datatype)
        return 1;
    buf_clear(&v->key);
    if (datatype_key(datatype, text, len, &v->prefixes, &v->scratch, &v->key) < 0)
        return -1;
    return v->key.len != constraint->key_len ||
           (v->key.len && memcmp(v->key.data, constraint->key, v->key.len) != 0);
}

static bool dangles(const struct xsd_validator *v, const struct key_table_entry *entry)
{
    const char *value = v->ids.bytes.data + entry->at;
    return entry->group == GROUP_IDREF &&
           key_table_find(&v->ids, entry->hash, GROUP_ID, value, entry->len) ==
               KEY_TABLE_NONE &&
           !unassessed_may_have(v, value, entry->len);
}

int value_check_idrefs(struct xsd_validator *v)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < v->ids.n; i++)
        n += dangles(v, &v->ids.entries[i]);
    if (n <= v->spoilt_ids) /* each may be one that was meant and reported */
        return 0;
    for (uint32_t i = 0; i < v->ids.n; i++) {
        const struct key_table_entry *ref = &v->ids.entries[i];
        const char *value = v->ids.bytes.data + ref->at;
        if (!dangles(v, ref))
            continue;
        struct xsd_fault sent = {"cvc-id.1", NULL, ref->element, NULL, ref->place};
        buf_clear(&v->message);
        buf_append_format(&v->message, "Element '%s': There is no ID for the IDREF '%.*s'.",
                          value + ref->len, (int)ref->len, value);
        sent.message = buf_string(&v->message);
        if (!sent.message)
            return -1;
        v->client->fault(v->client->context, &sent);
    }
    return 0;
}
