/* SPDX-License-Identifier: MIT */
#include "lambda/s3/archive_download.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void the_central_directory_is_found_by_a_plain_end_record_alone(void **state)
{
    unsigned char tail[64] = "0123456789012345678901234567890123456789PK\5\6";
    uint64_t from, to;
    (void)state;
    tail[40 + 12] = 30;  /* of the directory: its size ... */
    tail[40 + 16] = 110; /* ... and its offset */
    assert_true(archive_download_directory(tail, 62, 162, &from, &to));
    assert_int_equal(from, 110);
    assert_int_equal(to, 140);
    assert_false(
        archive_download_directory(tail, 62, 163, &from, &to)); /* a byte before the archive */
    assert_false(archive_download_directory(tail, 61, 161, &from, &to)); /* cut off */
    tail[40 + 20] = 2;
    assert_true(archive_download_directory(tail, 64, 164, &from, &to)); /* a comment */
    memset(tail + 40 + 16, 0xff, 4);
    assert_false(archive_download_directory(tail, 64, 164, &from, &to)); /* ZIP64 */
    assert_false(archive_download_directory(tail, 10, 10, &from, &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_central_directory_is_found_by_a_plain_end_record_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
