/* SPDX-License-Identifier: MIT
 *
 * Whatever happened to a journal, an answer that it gives is the one that was written, and all
 * that is whole is found.
 */
#include "run/journal.h"

#include "base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ITEMS = 300, HEAD = 8 };

static void key_of(unsigned number, uint8_t key[DIGEST_BYTES])
{
    digest_of(&number, sizeof number, key);
}

/* Answers of 0 to some 10,000 bytes, some of which have an item but for its first byte. */
static void answer_of(unsigned number, struct buf *answer)
{
    struct buf item = {0};
    uint8_t key[DIGEST_BYTES];
    buf_clear(answer);
    key_of(number + ITEMS, key);
    journal_append(&item, key, "other", 5);
    for (unsigned i = 0; i < number * number % 10000; i++)
        buf_append_char(answer, (char)(number + i));
    if (number % 3 == 0)
        buf_append(answer, item.data + 1, item.len - 1 - number % 7);
    buf_free(&item);
}

/* The file, and where each item begins and, behind the last, the file ends. */
static void write_items(struct buf *out, size_t places[ITEMS + 1], struct journal_table *table)
{
    struct buf answer = {0};
    uint8_t key[DIGEST_BYTES];
    journal_begin(out);
    for (unsigned i = 0; i < ITEMS; i++) {
        answer_of(i, &answer);
        key_of(i, key);
        places[i] = out->len;
        assert_int_equal(journal_table_add(table, key, out->len), 0);
        journal_append(out, key, answer.data, answer.len);
    }
    places[ITEMS] = out->len;
    buf_free(&answer);
}

static int open_bytes(struct journal *journal, const char *bytes, size_t len)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(io_write_all(fd, bytes, len), 0);
    return journal_open(journal, fd);
}

/* How many are found, each with its answer; those from `first` to before `end` must be. */
static unsigned count_found(const struct journal *journal, unsigned first, unsigned end)
{
    struct buf answer = {0}, want = {0};
    uint8_t key[DIGEST_BYTES];
    unsigned n = 0;
    for (unsigned i = 0; i < 2 * ITEMS; i++) {
        key_of(i, key);
        if (!journal_find(journal, key, &answer)) {
            if (i >= first && i < end)
                fail_msg("item %u is not found", i);
            continue;
        }
        assert_true(i < ITEMS);
        answer_of(i, &want);
        assert_int_equal(answer.len, want.len);
        if (want.len)
            assert_memory_equal(answer.data, want.data, want.len);
        n++;
    }
    buf_free(&answer);
    buf_free(&want);
    return n;
}

static void all_is_found_with_a_table_and_without(void **state)
{
    (void)state;
    struct buf file = {0};
    struct journal_table table = {0};
    struct journal journal;
    size_t places[ITEMS + 1];
    write_items(&file, places, &table);
    assert_int_equal(open_bytes(&journal, file.data, file.len), 0);
    assert_int_equal(count_found(&journal, 0, ITEMS), ITEMS);
    journal_close(&journal);
    journal_end(&file, &table);
    assert_int_equal(open_bytes(&journal, file.data, file.len), 0);
    assert_int_equal(journal.table.n, ITEMS);
    assert_int_equal(count_found(&journal, 0, ITEMS), ITEMS);
    journal_close(&journal);
    journal_table_free(&table);
    buf_free(&file);
}

/* As a killed program leaves it, and the next one goes on behind that. */
static void what_is_cut_loses_what_is_cut_off(void **state)
{
    (void)state;
    struct buf file = {0}, cut = {0};
    struct journal_table table = {0};
    struct journal journal;
    size_t places[ITEMS + 1];
    write_items(&file, places, &table);
    for (unsigned i = 0; i < 60; i++) {
        size_t len = places[i] + (places[i + 1] - places[i]) * (i % 5) / 5 + i % 2;
        buf_clear(&cut);
        buf_append(&cut, file.data, len);
        assert_int_equal(open_bytes(&journal, cut.data, cut.len), 0);
        count_found(&journal, 0, i);
        journal_close(&journal);
        buf_append(&cut, file.data + places[i + 1], file.len - places[i + 1]);
        assert_int_equal(open_bytes(&journal, cut.data, cut.len), 0);
        count_found(&journal, 0, i);
        count_found(&journal, i + 1, ITEMS);
        journal_close(&journal);
    }
    journal_table_free(&table);
    buf_free(&file);
    buf_free(&cut);
}

static unsigned next_random(void)
{
    static unsigned state = 4711;
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

static void damage_is_passed_over(void **state)
{
    (void)state;
    struct buf file = {0}, bad = {0};
    struct journal_table table = {0};
    struct journal journal;
    size_t places[ITEMS + 1];
    write_items(&file, places, &table);
    size_t end = file.len;
    journal_end(&file, &table);
    for (unsigned i = 0; i < 200; i++) {
        size_t at = HEAD + next_random() % (file.len - HEAD);
        unsigned hit = 0;
        buf_clear(&bad);
        buf_append(&bad, file.data, i % 2 ? file.len : end);
        at = at < bad.len ? at : bad.len - 1;
        bad.data[at] ^= (char)(1 << next_random() % 8);
        while (hit < ITEMS && places[hit + 1] <= at)
            hit++;
        assert_int_equal(open_bytes(&journal, bad.data, bad.len), 0);
        count_found(&journal, 0, hit);
        count_found(&journal, hit + 1, ITEMS);
        journal_close(&journal);
    }
    journal_table_free(&table);
    buf_free(&file);
    buf_free(&bad);
}

/* A worker that lies about a document must not thereby say what another one is, wherever the
 * file is cut. */
static void an_item_within_an_answer_is_never_found(void **state)
{
    (void)state;
    struct buf file = {0}, answer = {0}, found = {0};
    struct journal journal;
    uint8_t key[DIGEST_BYTES], other[DIGEST_BYTES];
    key_of(1, key);
    key_of(2, other);
    buf_append_string(&answer, "lie");
    assert_true(journal_append(&answer, other, "forged", 6));
    buf_append_string(&answer, "and more");
    journal_begin(&file);
    assert_true(journal_append(&file, key, "true", 4));
    assert_false(journal_append(&file, other, answer.data, answer.len));
    assert_true(journal_append(&file, other, "true", 4));
    for (size_t len = 8; len <= file.len; len++) {
        assert_int_equal(open_bytes(&journal, file.data, len), 0);
        if (journal_find(&journal, other, &found))
            assert_memory_equal(found.data, "true", 4);
        journal_close(&journal);
    }
    /* The sum of an item ends where its answer begins, and may be chosen. */
    static const char rest[] = "THJ\r\n\x1a\n";
    bool was_refused = false;
    for (unsigned i = 0; i < 10000 && !was_refused; i++) {
        buf_clear(&answer);
        buf_append(&answer, rest, sizeof rest - 1);
        buf_append(&answer, &i, sizeof i);
        was_refused = !journal_append(&file, key, answer.data, answer.len);
    }
    assert_true(was_refused);
    buf_free(&file);
    buf_free(&answer);
    buf_free(&found);
}

static void what_was_written_last_counts(void **state)
{
    (void)state;
    struct buf file = {0}, answer = {0};
    struct journal journal;
    uint8_t key[DIGEST_BYTES];
    key_of(1, key);
    journal_begin(&file);
    journal_append(&file, key, "old", 3);
    journal_append(&file, key, "new", 3);
    assert_int_equal(open_bytes(&journal, file.data, file.len), 0);
    assert_true(journal_find(&journal, key, &answer));
    assert_memory_equal(answer.data, "new", 3);
    journal_close(&journal);
    buf_free(&file);
    buf_free(&answer);
}

static void what_is_none_is_not_taken_for_one(void **state)
{
    (void)state;
    static const char other[] = "<?xml version='1.0'?><a>someone's work</a>";
    struct buf file = {0};
    struct journal journal;
    journal_begin(&file);
    for (size_t len = 0; len <= file.len; len++) { /* as far as it was begun */
        assert_int_equal(open_bytes(&journal, file.data, len), 0);
        journal_close(&journal);
    }
    for (size_t len = 1; len < sizeof other; len++) {
        assert_int_equal(open_bytes(&journal, other, len), 1);
        journal_close(&journal);
    }
    buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_found_with_a_table_and_without),
        cmocka_unit_test(what_is_cut_loses_what_is_cut_off),
        cmocka_unit_test(damage_is_passed_over),
        cmocka_unit_test(an_item_within_an_answer_is_never_found),
        cmocka_unit_test(what_was_written_last_counts),
        cmocka_unit_test(what_is_none_is_not_taken_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
