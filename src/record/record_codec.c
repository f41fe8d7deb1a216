/* SPDX-License-Identifier: MIT */
#include "record/record_codec.h"

#include <string.h>

/* Both ends are one program on one machine, so numbers travel as they lie in memory. */
struct codec_head {
    uint64_t bytes;
    uint32_t body_len;
    uint8_t verdict;
    uint8_t reason_len;
    uint16_t zero;
};

int record_encode(const struct record *record, const struct layout *layout, struct buf *out)
{
    const char *reason = record->reason;
    if (!reason && record->verdict == VERDICT_UNREADABLE && record->n_faults)
        reason = record->faults[0].code;
    size_t reason_len = reason ? strlen(reason) : 0;
    struct codec_head head = {
        .bytes = record->bytes,
        .verdict = (uint8_t)record->verdict,
        .reason_len = (uint8_t)(reason_len > UINT8_MAX ? UINT8_MAX : reason_len),
    };
    size_t at = out->len;
    buf_append(out, &head, sizeof head);
    buf_append(out, reason, head.reason_len);
    size_t body = out->len;
    format_record(record, layout, out);
    if (out->failed || record->text.failed || out->len - body > UINT32_MAX)
        return -1;
    head.body_len = (uint32_t)(out->len - body);
    memcpy(out->data + at, &head, sizeof head);
    return 0;
}

int record_next(const char **bytes, size_t *len, struct record_head *head)
{
    struct codec_head packed;
    if (*len == 0)
        return 0;
    if (*len < sizeof packed)
        return -1;
    memcpy(&packed, *bytes, sizeof packed);
    size_t rest = *len - sizeof packed;
    if (packed.verdict >= VERDICTS || packed.zero || packed.reason_len > rest ||
        packed.body_len > rest - packed.reason_len)
        return -1;
    head->verdict = (enum verdict)packed.verdict;
    head->bytes = packed.bytes;
    head->reason = *bytes + sizeof packed;
    head->reason_len = packed.reason_len;
    head->body = head->reason + packed.reason_len;
    head->body_len = packed.body_len;
    *bytes = head->body + head->body_len;
    *len = rest - packed.reason_len - packed.body_len;
    return 1;
}
