/* SPDX-License-Identifier: MIT */
#include "record/record_codec.h"

#include "record/format.h"
#include "record/notes.h"
#include "record/record_pack.h"
#include <assert.h>
#include <string.h>

/* A record's head as it travels. Both ends are one program on one machine, so numbers are as
 * they lie in memory. The reason follows, the notes, the body, and what is kept. */
struct codec_head {
    uint64_t index;
    uint64_t bytes;
    uint64_t close_bytes;
    uint32_t body_len;
    uint32_t notes_len;
    uint8_t verdict;
    uint8_t reason_len;
    uint8_t is_unread;
    uint8_t is_known;
    uint32_t kept_len;
    uint64_t is_judged;
};
static_assert(sizeof(struct codec_head) == 48, "no padding, whose bytes would be undefined");
static_assert(VERDICTS <= UINT8_MAX, "a verdict fits");

int record_encode(struct buf *out, const struct record *record,
                  const struct record_layout *layout, const struct record_memo *memo)
{
    const char *reason = record->reason;
    if (!reason && record->verdict == VERDICT_UNREADABLE && record->n_faults)
        reason = record->faults[0].code;
    size_t reason_len = reason ? strlen(reason) : 0;
    struct codec_head packed = {
        .index = record->index,
        .bytes = record->bytes,
        .verdict = (uint8_t)record->verdict,
        .is_judged = record->is_judged,
        .close_bytes = record->close_bytes,
        .is_unread = record->has_unread && record->has_summary,
        .is_known = memo && memo->is_known,
        .reason_len = (uint8_t)(reason_len > UINT8_MAX ? UINT8_MAX : reason_len),
    };
    size_t at = out->len;
    buf_append(out, &packed, sizeof packed);
    buf_append(out, reason, packed.reason_len);
    size_t notes = out->len;
    notes_write(out, record, layout);
    size_t body = out->len;
    if (layout->format == FORMAT_DATA)
        record_pack(out, record);
    else if (layout->format != FORMAT_NONE)
        format_record(out, record, layout);
    size_t kept = out->len;
    if (memo)
        buf_append(out, memo->kept.data, memo->kept.len);
    if (out->failed || record->text.failed || (memo && memo->kept.failed) ||
        out->len - notes > UINT32_MAX)
        return -1;
    packed.notes_len = (uint32_t)(body - notes);
    packed.body_len = (uint32_t)(kept - body);
    packed.kept_len = (uint32_t)(out->len - kept);
    memcpy(out->data + at, &packed, sizeof packed);
    return 0;
}

int record_decode(const char **bytes, size_t *len, struct record_head *head)
{
    struct codec_head packed;
    if (*len == 0)
        return 0;
    if (*len < sizeof packed)
        return -1;
    memcpy(&packed, *bytes, sizeof packed);
    size_t rest = *len - sizeof packed;
    if (packed.verdict >= VERDICTS || packed.is_unread > 1 || packed.is_known > 1 ||
        packed.is_judged > 1)
        return -1;
    uint64_t all =
        (uint64_t)packed.reason_len + packed.notes_len + packed.body_len + packed.kept_len;
    if (all > rest)
        return -1;
    head->verdict = (enum verdict)packed.verdict;
    head->index = packed.index;
    head->bytes = packed.bytes;
    head->is_unread = packed.is_unread;
    head->is_judged = packed.is_judged;
    head->close_bytes = packed.close_bytes;
    head->reason = *bytes + sizeof packed;
    head->reason_len = packed.reason_len;
    head->notes = head->reason + packed.reason_len;
    head->notes_len = packed.notes_len;
    head->body = head->notes + packed.notes_len;
    head->body_len = packed.body_len;
    head->is_known = packed.is_known;
    head->kept = head->body + packed.body_len;
    head->kept_len = packed.kept_len;
    *bytes = head->kept + packed.kept_len;
    *len = rest - (size_t)all;
    return 1;
}
