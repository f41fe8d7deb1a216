/* SPDX-License-Identifier: MIT
 *
 * Bytes become text by what the document says of its encoding, and bytes that are no text are
 * told, wherever they stand.
 */
#include "scanner/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define SAYS(name) "<?xml version='1.0' encoding='" name "'?>"

static int set_up(void **state)
{
    *state = encoding_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    encoding_free(*state);
    return 0;
}

static struct utf8_document decode(void **state, const char *bytes, size_t len)
{
    struct utf8_document document;
    assert_int_equal(encoding_to_utf8(*state, bytes, len, &document), ENCODING_DONE);
    assert_int_equal(document.bytes[document.len], '\0');
    return document;
}

/* Literals, NUL bytes included. */
struct row {
    const char *bytes;
    size_t len;
    const char *utf8;
};
#define ROW(bytes, utf8)                                                                       \
    {                                                                                          \
        bytes, sizeof(bytes) - 1, utf8                                                         \
    }

static void test_documents_are_decoded_as_they_say(void **state)
{
    static const struct row rows[] = {
        ROW("<a/>", "<a/>"),
        ROW("", ""),
        ROW("\xef\xbb\xbf<a/>", "\xef\xbb\xbf<a/>"),
        ROW(SAYS("utf-8") "<a/>", SAYS("utf-8") "<a/>"),
        ROW(SAYS("UTF8") "<a/>", SAYS("UTF8") "<a/>"),
        ROW("<?xml version='1.0' encoding = \"UTF-8\" ?><a/>",
            "<?xml version='1.0' encoding = \"UTF-8\" ?><a/>"),
        ROW(SAYS("US-ASCII") "<a>12345678</a>", SAYS("US-ASCII") "<a>12345678</a>"),
        ROW(SAYS("ISO-8859-1") "<a>12345678\xe9\x80\xff</a>",
            SAYS("ISO-8859-1") "<a>12345678\xc3\xa9\xc2\x80\xc3\xbf</a>"),
        ROW(SAYS("latin1") "\xe9", SAYS("latin1") "\xc3\xa9"),
        ROW(SAYS("iso-8859-15") "\xa4", SAYS("iso-8859-15") "\xe2\x82\xac"),
        ROW(SAYS("windows-1252") "\x80", SAYS("windows-1252") "\xe2\x82\xac"),
        ROW(SAYS("Shift_JIS") "\x93\xfa", SAYS("Shift_JIS") "\xe6\x97\xa5"),
        ROW(SAYS("x-sjis") "\x93\xfa", SAYS("x-sjis") "\xe6\x97\xa5"),
        ROW(SAYS("GB18030") "\x81\x30\x81\x30", SAYS("GB18030") "\xc2\x80"),
        ROW("\xff\xfe<\0a\0\xac\x20/\0>\0", "<a\xe2\x82\xac/>"),
        ROW("\xfe\xff\0<\0a\xd8\x3d\xde\0\0/\0>", "<a\xf0\x9f\x98\x80/>"),
        ROW("<\0?\0p\0?\0>\0", "<?p?>"),
        ROW("\0<\0?\0p\0?\0>", "<?p?>"),
        ROW("\xff\xfe\0\0<\0\0\0\0\xf6\x01\0", "<\xf0\x9f\x98\x80"),
        ROW("\0\0\0<\0\0\0a", "<a"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct utf8_document document = decode(state, rows[i].bytes, rows[i].len);
        assert_null(document.undecoded);
        assert_string_equal(document.bytes, rows[i].utf8);
        assert_int_equal(document.len, strlen(rows[i].utf8));
    }
}

static void test_utf_8_is_read_where_it_lies(void **state)
{
    static const char *const documents[] = {"<a/>", SAYS("UTF-8") "<a>\xff</a>",
                                            SAYS("ascii") "<a/>"};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        assert_ptr_equal(decode(state, documents[i], strlen(documents[i])).bytes, documents[i]);
}

/* An XML declaration is the only thing that names an encoding. */
static void test_nothing_else_names_an_encoding(void **state)
{
    static const char *const documents[] = {
        "<?xml-stylesheet encoding='ISO-8859-1'?><a>\xc3\xa9</a>",
        "<!-- encoding='ISO-8859-1' --><a>\xc3\xa9</a>",
        " <?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>",
        "<?xml version='1.0'?><a encoding='ISO-8859-1'>\xc3\xa9</a>",
        "<?xml?><a>\xc3\xa9</a>",
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        assert_ptr_equal(decode(state, documents[i], strlen(documents[i])).bytes, documents[i]);
}

/* What is behind the text is told, and the text is there up to it. */
static void test_bytes_that_are_no_characters_end_the_text(void **state)
{
    static const struct row rows[] = {
        ROW(SAYS("US-ASCII") "<a>\xe9</a>", SAYS("US-ASCII") "<a>"),
        ROW(SAYS("US-ASCII") "<a/>\xe9", SAYS("US-ASCII") "<a/>"),
        ROW(SAYS("iso-8859-3") "<a/>\xa5", SAYS("iso-8859-3") "<a/>"),
        ROW(SAYS("windows-1252") "<a/>\x81", SAYS("windows-1252") "<a/>"),
        ROW(SAYS("Shift_JIS") "<a>\x81", SAYS("Shift_JIS") "<a>"),
        ROW(SAYS("EUC-JP") "<a>\xa4\x41</a>", SAYS("EUC-JP") "<a>"),
        ROW(SAYS("GB18030") "<a/>\x81\x30\x81", SAYS("GB18030") "<a/>"),
        ROW("\xff\xfe<\0a\0/\0>\0\0\xd8", "<a/>"),
        ROW("\xff\xfe<\0a\0/\0>\0\0\xd8<\0", "<a/>"),
        ROW("\xff\xfe<\0a\0/\0>\0\0\xdc", "<a/>"),
        ROW("\xff\xfe<\0a\0/\0>\0\n", "<a/>"),
        ROW("\xff\xfe\0\0<\0\0\0\0\0\x11\0", "<"),
        ROW("\xff\xfe\0\0<\0\0\0\0\xd8\0\0", "<"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct utf8_document document = decode(state, rows[i].bytes, rows[i].len);
        assert_string_equal(document.bytes, rows[i].utf8);
        assert_non_null(document.undecoded);
        assert_string_equal(document.undecoded_code, "invalid-encoding");
    }
}

/* ISO-2022-JP says by escapes what the bytes behind them mean. */
static void test_an_encoding_with_states_begins_in_its_first_one(void **state)
{
    static const struct row broken =
        ROW(SAYS("ISO-2022-JP") "\x1b$B\x46\x7c\xff", SAYS("ISO-2022-JP") "\xe6\x97\xa5");
    static const struct row sound = ROW(SAYS("ISO-2022-JP") "<a/>", SAYS("ISO-2022-JP") "<a/>");
    struct utf8_document document = decode(state, broken.bytes, broken.len);
    assert_non_null(document.undecoded);
    assert_string_equal(document.bytes, broken.utf8);
    document = decode(state, sound.bytes, sound.len);
    assert_null(document.undecoded);
    assert_string_equal(document.bytes, sound.utf8);
}

/* XML 1.0, 4.3.3: in another encoding than it says, and the document is not read. */
static void test_a_document_is_in_the_encoding_that_it_names(void **state)
{
    static const struct row rows[] = {
        ROW("\xef\xbb\xbf" SAYS("ISO-8859-1") "<a/>",
            "UTF-8, and says that it is in ISO-8859-1"),
        ROW(SAYS("UTF-16") "<a/>", "and says that it is in UTF-16"),
        ROW(SAYS("IBM037") "<a/>", "and says that it is in IBM037"),
        ROW("\xff\xfe<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0=\0'\0001\0.\0000\0'\0 "
            "\0e\0n\0c\0o\0d"
            "\0i\0n\0g\0=\0'\0u\0t\0f\0-\0008\0'\0?\0>\0",
            "UTF-16, and says that it is in utf-8"),
        ROW("\x4c\x6f\xa7\x94\x93\x40\xa5\x85\x99\xa2\x89\x96\x95\x7e\x7d\xf1\x4b\xf0\x7d\x6f"
            "\x6e",
            "EBCDIC, and says that it is in UTF-8"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct utf8_document document = decode(state, rows[i].bytes, rows[i].len);
        assert_int_equal(document.len, 0);
        assert_non_null(document.undecoded);
        assert_non_null(strstr(document.undecoded, rows[i].utf8));
        assert_string_equal(document.undecoded_code, "invalid-encoding");
    }
    const char *unknown = SAYS("x-there-is-none") "<a/>";
    assert_string_equal(decode(state, unknown, strlen(unknown)).undecoded_code,
                        "unsupported-encoding");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents_are_decoded_as_they_say),
        cmocka_unit_test(test_utf_8_is_read_where_it_lies),
        cmocka_unit_test(test_nothing_else_names_an_encoding),
        cmocka_unit_test(test_bytes_that_are_no_characters_end_the_text),
        cmocka_unit_test(test_an_encoding_with_states_begins_in_its_first_one),
        cmocka_unit_test(test_a_document_is_in_the_encoding_that_it_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
