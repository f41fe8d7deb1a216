/* SPDX-License-Identifier: MIT */
#include "record/record_pack.h"

#include "record/record.h"
#include <assert.h>
#include <string.h>

static_assert(sizeof(struct packed_record) == 8 * 8 + 6 * 8 + 6 * 4, "no padding");
static_assert(sizeof(struct packed_binding) == 24, "no padding");
static_assert(sizeof(struct packed_fault) == 48, "no padding");
static_assert(sizeof(struct packed_count) == 32, "no padding");

/* -- Packing -------------------------------------------------------------------------- */

struct packer {
    struct buf *out;
    const struct record *record;
    size_t lists; /* in `out`: where the next item of a list goes */
    size_t texts; /* and where the texts begin */
};

static struct packed_text put_text(struct packer *packer, const char *bytes, size_t len)
{
    struct packed_text text = {(uint32_t)(packer->out->len - packer->texts), (uint32_t)len};
    buf_append(packer->out, bytes, len);
    buf_append_char(packer->out, '\0');
    return text;
}

static struct packed_text put_word(struct packer *packer, const char *word)
{
    return word ? put_text(packer, word, strlen(word))
                : (struct packed_text){RECORD_PACK_NONE, 0};
}

static struct packed_text put_span(struct packer *packer, struct text_span span)
{
    return put_text(packer, record_text(packer->record, span), span.len);
}

static void put_item(struct packer *packer, const void *item, size_t size)
{
    if (!packer->out->failed)
        memcpy(packer->out->data + packer->lists, item, size);
    packer->lists += size;
}

static void put_bindings(struct packer *packer)
{
    const struct record *record = packer->record;
    for (size_t i = 0; i < record->n_bindings; i++) {
        const struct namespace_binding *binding = &record->bindings[i];
        struct packed_binding packed = {.prefix = put_span(packer, binding->prefix),
                                        .uri = put_span(packer, binding->uri),
                                        .next = (uint32_t)binding->next,
                                        .first = binding->first};
        put_item(packer, &packed, sizeof packed);
    }
}

static void put_fields(struct packer *packer)
{
    const struct record *record = packer->record;
    for (size_t i = 0; i < record->n_fields; i++) {
        const struct field *field = &record->fields[i];
        struct packed_field packed = {field->type, (uint32_t)field->first, (uint32_t)field->n,
                                      0};
        put_item(packer, &packed, sizeof packed);
    }
    for (size_t i = 0; i < record->n_values; i++) {
        struct packed_text packed = put_span(packer, record->values[i]);
        put_item(packer, &packed, sizeof packed);
    }
}

static void put_faults(struct packer *packer)
{
    const struct record *record = packer->record;
    for (size_t i = 0; i < record->n_faults; i++) {
        const struct fault *fault = &record->faults[i];
        struct packed_fault packed = {.line = fault->line,
                                      .column = fault->column,
                                      .kind = put_word(packer, fault->kind),
                                      .code = put_word(packer, fault->code),
                                      .message = put_span(packer, fault->message),
                                      .path = {RECORD_PACK_NONE, 0}};
        if (fault->path.len)
            packed.path = put_span(packer, fault->path);
        put_item(packer, &packed, sizeof packed);
    }
}

static void put_counts(struct packer *packer)
{
    const struct record *record = packer->record;
    for (size_t i = 0; i < record->n_counts; i++) {
        const struct fault_count *count = &record->counts[i];
        struct packed_count packed = {.n = count->n,
                                      .kind = put_word(packer, count->kind),
                                      .code = put_word(packer, count->code),
                                      .first = (uint32_t)count->first};
        put_item(packer, &packed, sizeof packed);
    }
}

int record_pack(struct buf *out, const struct record *record)
{
    size_t begin = out->len;
    size_t lists = record->n_bindings * sizeof(struct packed_binding) +
                   record->n_fields * sizeof(struct packed_field) +
                   record->n_values * sizeof(struct packed_text) +
                   record->n_faults * sizeof(struct packed_fault) +
                   record->n_counts * sizeof(struct packed_count);
    struct packed_record head = {
        .index = record->index,
        .bytes = record->bytes,
        .spent_us = record->spent_us,
        .elements = record->elements,
        .attributes = record->attributes,
        .depth = record->depth,
        .text_bytes = record->text_bytes,
        .faults_total = record->faults_total,
        .n_bindings = (uint32_t)record->n_bindings,
        .n_fields = (uint32_t)record->n_fields,
        .n_values = (uint32_t)record->n_values,
        .n_faults = (uint32_t)record->n_faults,
        .n_counts = (uint32_t)record->n_counts,
        .verdict = (uint8_t)record->verdict,
        .has_bytes = record->has_bytes,
        .has_summary = record->has_summary,
        .has_unread = record->has_unread,
    };
    struct packer packer = {out, record, begin + sizeof head, begin + sizeof head + lists};
    if (buf_reserve(out, sizeof head + lists) < 0)
        return -1;
    out->len += sizeof head + lists;
    head.path = put_span(&packer, record->path);
    head.reason = put_word(&packer, record->reason);
    head.sha256 = (struct packed_text){RECORD_PACK_NONE, 0};
    if (record->sha256.len)
        head.sha256 = put_span(&packer, record->sha256);
    head.schema = put_word(&packer, record->schema);
    head.root_namespace = put_span(&packer, record->root_namespace);
    head.root_name = put_span(&packer, record->root_name);
    put_bindings(&packer);
    put_fields(&packer);
    put_faults(&packer);
    put_counts(&packer);
    if (out->failed)
        return -1;
    memcpy(out->data + begin, &head, sizeof head);
    return 0;
}

/* -- Unpacking ------------------------------------------------------------------------ */

/* Takes a list of `n` items off the bytes; NULL: it is longer than they are. */
static const char *take_list(const char **bytes, size_t *len, size_t n, size_t size)
{
    const char *list = *bytes;
    if (n > *len / size)
        return NULL;
    *bytes += n * size;
    *len -= n * size;
    return list;
}

int record_parts_find(const char *bytes, size_t len, struct record_parts *parts)
{
    struct packed_record *head = &parts->head;
    if (len < sizeof *head)
        return -1;
    memcpy(head, bytes, sizeof *head);
    bytes += sizeof *head;
    len -= sizeof *head;
    parts->bindings = take_list(&bytes, &len, head->n_bindings, sizeof(struct packed_binding));
    parts->fields = take_list(&bytes, &len, head->n_fields, sizeof(struct packed_field));
    parts->values = take_list(&bytes, &len, head->n_values, sizeof(struct packed_text));
    parts->faults = take_list(&bytes, &len, head->n_faults, sizeof(struct packed_fault));
    parts->counts = take_list(&bytes, &len, head->n_counts, sizeof(struct packed_count));
    if (!parts->bindings || !parts->fields || !parts->values || !parts->faults ||
        !parts->counts)
        return -1;
    parts->texts = bytes;
    parts->texts_len = len;
    return head->verdict < VERDICTS && head->has_bytes <= 1 && head->has_summary <= 1 &&
                   head->has_unread <= 1
               ? 0
               : -1;
}

bool record_parts_text(const struct record_parts *parts, struct packed_text packed,
                       bool may_lack, const char **text)
{
    *text = NULL;
    if (packed.at == RECORD_PACK_NONE && packed.len == 0)
        return may_lack;
    if (packed.at >= parts->texts_len || packed.len >= parts->texts_len - packed.at ||
        parts->texts[packed.at + packed.len] != '\0')
        return false;
    *text = parts->texts + packed.at;
    return true;
}
