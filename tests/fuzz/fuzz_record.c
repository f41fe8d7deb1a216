/* SPDX-License-Identifier: MIT
 *
 * Any bytes in a worker's place: record_decode says no, or gives a record that lies inside
 * them.
 */
#include "fuzz.h"

#include "record/escape.h"
#include "record/notes.h"
#include "record/record_codec.h"
#include "record/record_view.h"

/* The same of a record as data: whatever is looked at lies inside, and can be written. */
static void look_at_packed(const char *data, size_t size)
{
    static const char *const names[] = {"a", "b"};
    struct record_layout layout = {.format = FORMAT_NDJSON,
                                   .parts = (1u << PARTS) - 1,
                                   .field_names = names,
                                   .n_fields = 2};
    struct record_view view = {.packed = NULL};
    struct buf out = {0};
    if (record_view_open(&view, data, size, &layout) == 0) {
        fuzz_check(record_view_write(&view, &layout, &out) == 0);
        layout.format = FORMAT_CSV;
        fuzz_check(record_view_write(&view, &layout, &out) == 0);
    }
    buf_free(&out);
    record_view_close(&view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *begin = (const char *)data, *next = begin;
    size_t len = size;
    struct record_head head;
    int rc;
    while ((rc = record_decode(&next, &len, &head)) == 1) {
        fuzz_check(head.verdict < VERDICTS);
        fuzz_check(head.reason >= begin && head.reason + head.reason_len <= head.body);
        fuzz_check(head.body + head.body_len == head.kept && head.kept + head.kept_len == next);
        fuzz_check((size_t)(next - begin) + len == size);
        struct notes notes;
        struct note_fault fault;
        int told = notes_read(&notes, head.notes, head.notes_len, head.index % 10);
        while (told >= 0 && (told = notes_next(&notes, &fault)) > 0)
            fuzz_check(fault.message.bytes + fault.message.len <= head.body);
    }
    fuzz_check(rc == (len ? -1 : 0));
    look_at_packed(begin, size);
    /* And any bytes as text of an output: it stays one line, and safe for a terminal. */
    struct buf out = {0};
    escape_json(&out, begin, size);
    for (size_t i = 0; i < out.len; i++)
        fuzz_check((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
    buf_free(&out);
    return 0;
}
