/* SPDX-License-Identifier: MIT */
#include "document/xpath_tree.h"

#include "xpath/xpath_number.h"
#include <math.h>
#include <string.h>

static int add_nodes(struct record *record, const struct xpath_nodes *nodes)
{
    struct buf scratch = {0};
    int rc = record_add_field(record, FIELD_NODES);
    for (size_t i = 0; rc == 0 && i < nodes->n; i++) {
        const char *text = xpath_node_text(nodes->items[i], &scratch);
        rc = text ? record_add_value(record, text, strlen(text)) : -1;
    }
    buf_free(&scratch);
    return rc;
}

static int add_scalar(struct record *record, enum field_type type, const char *value)
{
    if (record_add_field(record, type) < 0)
        return -1;
    return record_add_value(record, value, strlen(value));
}

int xpath_tree_add_number(struct record *record, double number)
{
    struct buf text = {0};
    /* JSON has no NaN and no infinity: they are strings there, as XPath writes them. */
    bool is_string = isnan(number) || isinf(number);
    int rc =
        is_string ? xpath_number_write(&text, number) : xpath_number_write_json(&text, number);
    /* Like all numbers it may hang on what was not read. */
    if (is_string && record->has_unread)
        buf_append_char(&text, (char)RECORD_HOLE);
    if (rc == 0)
        rc = buf_string(&text)
                 ? add_scalar(record, is_string ? FIELD_STRING : FIELD_NUMBER, text.data)
                 : -1;
    buf_free(&text);
    return rc;
}

static int add_field(struct record *record, const struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_TYPE_NODES:
        return add_nodes(record, &value->nodes);
    case XPATH_TYPE_BOOLEAN:
        return add_scalar(record, FIELD_BOOLEAN, value->boolean ? "true" : "false");
    case XPATH_TYPE_NUMBER:
        return xpath_tree_add_number(record, value->number);
    case XPATH_TYPE_STRING:
        return add_scalar(record, FIELD_STRING, value->string.data);
    }
    return -1;
}

int xpath_tree_run(const struct rules *rules, xmlDoc *doc, struct record *record)
{
    int rc = 0;
    xpath_nodes_number(doc);
    for (size_t i = 0; rc == 0 && i < rules->n_extractions; i++) {
        struct xpath_value value = {0};
        rc = xpath_evaluate(rules->extractions[i].xpath, doc, &value);
        if (rc == 0)
            rc = add_field(record, &value);
        xpath_value_free(&value);
    }
    return rc;
}
