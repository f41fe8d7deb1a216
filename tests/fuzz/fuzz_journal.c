/* SPDX-License-Identifier: MIT
 *
 * A journal that anything has happened to: what it answers is what was written, or nothing. The
 * input says what happens to one that is whole, or is the file.
 */
#include "fuzz.h"

#include "base/io.h"
#include "run/journal.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ITEMS = 9 };

static struct buf whole;
static int file;

static void key_of(unsigned number, uint8_t key[DIGEST_BYTES])
{
    digest_of(&number, sizeof number, key);
}

static void answer_of(unsigned number, struct buf *answer)
{
    buf_clear(answer);
    for (unsigned i = 0; i < number * number * number; i++)
        buf_append_char(answer, (char)(number + i));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct journal_table table = {0};
    struct buf answer = {0};
    uint8_t key[DIGEST_BYTES];
    (void)argc, (void)argv;
    journal_begin(&whole);
    for (unsigned i = 0; i < ITEMS; i++) {
        key_of(i, key);
        answer_of(i, &answer);
        fuzz_check(journal_table_add(&table, key, whole.len) == 0);
        journal_append(&whole, key, answer.data, answer.len);
    }
    journal_end(&whole, &table);
    journal_table_free(&table);
    buf_free(&answer);
    file = memfd_create("journal", MFD_CLOEXEC);
    fuzz_check(!whole.failed && file >= 0);
    return 0;
}

/* Three bytes say where, one what, and one how. */
static void change(struct buf *bytes, const uint8_t *data)
{
    size_t at = (size_t)(data[0] << 16 | data[1] << 8 | data[2]) % (bytes->len + 1);
    size_t len = bytes->len - at < data[3] ? bytes->len - at : data[3];
    if (data[4] & 1) {
        memmove(bytes->data + at, bytes->data + at + len, bytes->len - at - len);
        bytes->len -= len;
    } else if (data[4] & 2) {
        bytes->len = at;
    } else if (at < bytes->len) {
        bytes->data[at] = (char)(data[4] & 4 ? data[3] : bytes->data[at] ^ data[3]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf bytes = {0}, answer = {0}, want = {0};
    struct journal journal;
    uint8_t key[DIGEST_BYTES];
    bool is_file = size && *data == 0x89;
    buf_append(&bytes, is_file ? (const char *)data : whole.data, is_file ? size : whole.len);
    for (; !is_file && size >= 5; data += 5, size -= 5)
        change(&bytes, data);
    fuzz_check(ftruncate(file, 0) == 0 &&
               pwrite(file, bytes.data, bytes.len, 0) == (ssize_t)bytes.len);
    fuzz_check(journal_open(&journal, dup(file)) >= 0);
    for (unsigned i = 0; i < 2 * ITEMS; i++) {
        key_of(i, key);
        if (!journal_find(&journal, key, &answer))
            continue;
        answer_of(i, &want);
        fuzz_check(i < ITEMS && answer.len == want.len);
        fuzz_check(!want.len || memcmp(answer.data, want.data, want.len) == 0);
    }
    journal_close(&journal);
    buf_free(&bytes);
    buf_free(&answer);
    buf_free(&want);
    return 0;
}
