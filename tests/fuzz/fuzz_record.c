/* SPDX-License-Identifier: MIT
 *
 * Any bytes in a worker's place: record_decode says no, or gives a record that lies inside
 * them.
 */
#include "fuzz.h"

#include "record/escape.h"
#include "record/record_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *begin = (const char *)data, *next = begin;
    size_t len = size;
    struct record_head head;
    int rc;
    while ((rc = record_decode(&next, &len, &head)) == 1) {
        fuzz_check(head.verdict < VERDICTS);
        fuzz_check(head.reason >= begin && head.reason + head.reason_len <= head.body);
        fuzz_check(head.body + head.body_len == next);
        fuzz_check((size_t)(next - begin) + len == size);
    }
    fuzz_check(rc == (len ? -1 : 0));
    /* And any bytes as text of an output: it stays one line, and safe for a terminal. */
    struct buf out = {0};
    escape_json(&out, begin, size);
    for (size_t i = 0; i < out.len; i++)
        fuzz_check((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
    buf_free(&out);
    return 0;
}
