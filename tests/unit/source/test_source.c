/* SPDX-License-Identifier: MIT
 *
 * What a user would notice of sources: which entries there are, under which paths, and why one
 * cannot be had. tests/data/make_archives.py makes the archives. tests/data/make_corpora.py the
 * same documents in every format. THRESH_TEST_DATA is where both are.
 *
 * An outcome is written as one line for each entry: "path", then "= bytes" for a document that
 * was read, "- code" for one skipped, "! code" for one that is unreadable, then "(notice)".
 */
#include "source/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef THRESH_TESTS_DIR
#define THRESH_TESTS_DIR "tests"
#endif

static char directory[] = "/tmp/thresh-test-XXXXXX";
static struct buf outcome;

static struct source_options defaults(void)
{
    return (struct source_options){.max_nesting = 8,
                                   .entries_remedy = "--max-entries",
                                   .document_remedy = "--max-document-bytes",
                                   .max_entries = 10000,
                                   .max_document_bytes = 1 << 26,
                                   .max_total_bytes = 1 << 28,
                                   .max_ratio = 1000,
                                   .temp_dir = "/tmp"};
}

static void tell_entry(const struct source *source, struct reader *reader, uint64_t index)
{
    struct buf scratch = {0};
    struct entry entry;
    struct entry_fault fault;
    struct thresh_error error;
    const char *bytes;
    size_t len;
    assert_int_equal(source_entry(source, index, &scratch, &entry), 0);
    assert_int_equal(entry.path_len, strlen(entry.path));
    assert_int_equal(source_kind(source, index), entry.kind);
    buf_append(&outcome, entry.path, entry.path_len);
    if (entry.kind == ENTRY_SKIPPED) {
        buf_append_format(&outcome, " - %s", entry_code_word(entry.code));
    } else if (entry.kind == ENTRY_UNREADABLE) {
        assert_true(strlen(entry.message) > 10);
        buf_append_format(&outcome, " ! %s", entry_code_word(entry.code));
    } else {
        int result = reader_read(reader, index, &bytes, &len, &fault, &error);
        assert_true(result >= 0);
        buf_append_format(&outcome, result ? " ! %s" : " = %s",
                          result ? entry_code_word(fault.code) : "");
        if (!result) {
            buf_append_u64(&outcome, len);
            for (size_t i = 0; i < 16; i++)
                assert_int_equal(bytes[len + i], 0);
        }
    }
    if (entry.notices & ENTRY_NOTICE_DAMAGED_ARCHIVE)
        buf_append_string(&outcome, " (damaged-archive)");
    if (entry.notices & ENTRY_NOTICE_UNSAFE_NAME)
        buf_append_string(&outcome, " (unsafe-name)");
    if (entry.notices & ENTRY_NOTICE_DUPLICATE_NAME)
        buf_append_string(&outcome, " (duplicate-name)");
    buf_append_char(&outcome, '\n');
    buf_free(&scratch);
}

/* The outcome of these inputs, or the run's error. */
static const char *look_at(const struct source_options *options,
                           const struct source_input *inputs, size_t n)
{
    struct source *source;
    struct thresh_error error = {""};
    buf_clear(&outcome);
    if (source_open(&source, inputs, n, options, &error) < 0) {
        assert_true(error.text[0]);
        buf_append_format(&outcome, "error: %s", error.text);
        return buf_string(&outcome);
    }
    struct reader *reader = reader_open(source, &error);
    assert_non_null(reader);
    for (uint64_t i = 0; i < source_count(source); i++)
        tell_entry(source, reader, i);
    reader_close(reader);
    source_close(source);
    return buf_string(&outcome);
}

/* The same of paths; - is standard input. */
static const char *look_with(const struct source_options *options, size_t n, ...)
{
    struct source_input inputs[8];
    va_list arguments;
    va_start(arguments, n);
    for (size_t i = 0; i < n; i++) {
        const char *name = va_arg(arguments, const char *);
        inputs[i] = strcmp(name, "-") == 0
                        ? (struct source_input){.kind = SOURCE_FD, .name = name}
                        : (struct source_input){.path = name};
    }
    va_end(arguments);
    return look_at(options, inputs, n);
}

static const char *look(const char *input)
{
    struct source_options options = defaults();
    return look_with(&options, 1, input);
}

/* Checks one archive against the lines, in which % stands for its path. */
static void check(const char *archive, const char *lines)
{
    struct buf expected = {0};
    for (const char *c = lines; *c; c++) {
        if (*c == '%')
            buf_append_string(&expected, archive);
        else
            buf_append_char(&expected, *c);
    }
    assert_string_equal(look(archive), buf_string(&expected));
    buf_free(&expected);
}

#define BASIC "%!/a.xml = 6\n%!/sub/b.xml = 2011\n"

static void zip_is_found_whatever_lies_around_it(void **state)
{
    (void)state;
    check("sound.zip", BASIC);
    check("stored.zip", BASIC);
    check("bzip2.zip", BASIC);
    check("apart.zip", BASIC);
    check("long-comment.zip", BASIC);
    check("fake-end.zip", BASIC);
    check("prefix.zip", BASIC);
    check("prefix-shifted.exe", "%!/a.xml = 6\n");
    check("padded.zip", BASIC);
    check("extra.zip", "%!/a.xml = 6\n%!/b.xml = 6\n");
    check("empty.zip", "% - empty\n");
}

static void zip_that_is_not_whole_says_so(void **state)
{
    (void)state;
    check("cut-1.zip", "% ! truncated\n");
    check("cut-30.zip", "% ! truncated\n");
    check("cut-half.zip", "% ! truncated\n");
    check("split.zip", "% ! split\n");
    check("trailing.zip", BASIC "% ! directory\n");
    check("two.zip", "%!/c.xml = 6\n% ! directory\n");
    check("records-more.zip", "%!/a.xml = 6\n% ! directory\n");
    check("records-less.zip", "%!/a.xml = 6\n%!/b.xml = 6\n% ! directory\n");
    check("directory-damaged.zip", "%!/a.xml = 6\n% ! directory\n");
}

static void bad_members_do_not_spoil_the_others(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"member-crc.zip", "crc"},
        {"member-crc-deflated.zip", "crc"},
        {"member-size-less.zip", "size"},
        {"member-size-more.zip", "size"},
        {"member-size-wild.zip", "limit-bytes"},
        {"member-size-stored.zip", "size"},
        {"member-method.zip", "method"},
        {"member-encrypted.zip", "encrypted"},
        {"member-aes.zip", "encrypted"},
        {"member-mismatch-name.zip", "mismatch"},
        {"member-mismatch-method.zip", "mismatch"},
        {"member-mismatch-size.zip", "mismatch"},
        {"member-outside.zip", "truncated"},
        {"member-damaged.zip", "damaged"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char lines[200];
        snprintf(lines, sizeof lines, "%%!/good.xml = 6\n%%!/bad.xml ! %s\n%%!/last.xml = 6\n",
                 cases[i][1]);
        check(cases[i][0], lines);
    }
    check("member-descriptor.zip", "%!/good.xml = 6\n%!/bad.xml = 6\n%!/last.xml = 6\n");
}

static void overlapping_members_are_refused(void **state)
{
    (void)state;
    check("overlap.zip", "%!/good.xml ! overlap\n%!/0.xml ! overlap\n%!/1.xml ! overlap\n"
                         "%!/2.xml ! overlap\n%!/free.xml = 6\n");
    const char *lines = look("overlap-same.zip");
    size_t refused = 0;
    for (; (lines = strstr(lines, " ! overlap")); lines++)
        refused++;
    /* One member that is listed so many times is read once. */
    assert_int_equal(refused, 300);
}

static void content_decides_what_is_a_document(void **state)
{
    (void)state;
    check("mixed.zip", "%!/a.xml = 6\n%!/dir/ - directory\n%!/note.txt - not-xml\n"
                       "%!/none.dat - empty\n%!/none.xml = 0\n%!/feed.atom = 21\n"
                       "%!/page.html - html\n%!/page.xhtml = 7\n%!/wide.gml = 52\n"
                       "%!/noise.bin - not-xml\n%!/big.svg = 6005\n");
    check("types.zip", "%!/link.xml - symlink\n%!/fifo - device\n%!/file.xml = 6\n");
    check("types.tar", "%!/dir/ - directory\n%!/link - symlink\n%!/hard - hard-link\n"
                       "%!/fifo - device\n%!/a.xml = 6\n");
    check("one.xml", "% = 6\n");
    check("none.xml", "% = 0\n");
    check("none.dat", "% ! empty\n");
    check("note.txt", "% - not-xml\n");
    check("ebcdic.dat", "% = 21\n");
    check("fake.zip", "% ! damaged\n");
    check("fake.rar", "% ! format\n");
}

static void names_are_utf8_and_oddities_are_noticed(void **state)
{
    (void)state;
    check("names.zip", "%!/flagged-é.xml = 6\n%!/plain-é.xml = 6\n%!/dos-é.xml = 6\n"
                       "%!/bad-\xef\xbf\xbd\xef\xbf\xbd.xml = 6\n%!/ü.xml = 6\n%!/old.xml = 6\n"
                       "%!//abs.xml = 6 (unsafe-name)\n%!/x/../../up.xml = 6 (unsafe-name)\n"
                       "%!/back\\slash.xml = 6\n"
                       "%!/nul\xef\xbf\xbdl.xml = 6 (unsafe-name)\n"
                       "%!/C:/c.xml = 6 (unsafe-name)\n%!/dots..xml = 6\n");
    check("duplicates.zip",
          "%!/a/x.xml = 6\n%!/a/x.xml = 6 (duplicate-name)\n"
          "%!/A/X.xml = 6 (duplicate-name)\n%!/a\\x.xml = 6 (duplicate-name)\n"
          "%!/b/x.xml = 6\n");
    check("twins.zip", "%!/in.zip!/a.xml = 6\n%!/in.zip!/sub/b.xml = 2011\n"
                       "%!/in.zip!/a.xml = 6 (duplicate-name)\n"
                       "%!/in.zip!/sub/b.xml = 2011 (duplicate-name)\n");
    check("latin.tar", "%!/caf\xef\xbf\xbd.xml = 6\n");
    const char *lines = look("names.tar");
    assert_non_null(strstr(lines, "names.tar!/é.xml = 6\n"));
    assert_non_null(strstr(lines, "names.tar!/../up.xml = 6 (unsafe-name)\n"));
    assert_null(strstr(lines, "!\x20"));
}

static void archives_are_opened_in_archives(void **state)
{
    (void)state;
    check("nested.zip", "%!/in.zip!/a.xml = 6\n%!/in.zip!/sub/b.xml = 2011\n%!/a.xml = 6\n");
    check("nested-stored.zip",
          "%!/in.zip!/a.xml = 6\n%!/in.zip!/sub/b.xml = 2011\n%!/a.xml = 6\n");
    check("nested-broken.zip", "%!/in.zip ! truncated\n%!/a.xml = 6\n");
    check("nested-misnamed.zip", "%!/in.xml ! archive\n%!/b.xml = 6\n%!/c.data!/a.xml = 6\n"
                                 "%!/c.data!/sub/b.xml = 2011\n%!/d.zip ! damaged\n"
                                 "%!/e.rar ! format\n");
    check("all.zip", "%!/t.tar.gz!/a.xml = 6\n%!/t.tar.gz!/sub/b.xml = 2011\n"
                     "%!/one.xml.gz = 6\n%!/t.tar!/in.zip!/a.xml = 6\n"
                     "%!/t.tar!/in.zip!/sub/b.xml = 2011\n%!/one.xml.xz = 6\n"
                     "%!/data.csv.gz - not-xml\n");
    check("zip.gz", BASIC);
}

#define TAR BASIC "%!/note.txt - not-xml\n%!/in.zip!/a.xml = 6\n%!/in.zip!/sub/b.xml = 2011\n"

static void tars_are_read_and_checked_to_their_end(void **state)
{
    (void)state;
    check("sound.tar", TAR);
    check("sound.tar.gz", TAR);
    check("sound.tar.xz", TAR);
    check("sound.tar.bz2", TAR);
    check("cut.tar", "%!/a.xml = 6\n%!/sub/b.xml ! truncated\n% ! truncated\n");
    check("cut-at-entry.tar", "%!/a.xml = 6\n% ! truncated\n");
    check("header.tar", "%!/a.xml = 6\n% ! damaged\n");
    check("two.tar", TAR "% ! trailing\n");
    check("cut.tar.gz", TAR "% ! truncated\n");
    check("crc.tar.gz",
          "%!/a.xml = 6 (damaged-archive)\n%!/sub/b.xml = 2011 (damaged-archive)\n"
          "%!/note.txt - not-xml\n%!/in.zip!/a.xml = 6 (damaged-archive)\n"
          "%!/in.zip!/sub/b.xml = 2011 (damaged-archive)\n% ! crc\n");
    check("trailing.tar.gz", TAR "% ! trailing\n");
    check("trailing.tar.bz2", TAR "% ! trailing\n");
    check("cut.tar.bz2", "% ! truncated\n");
}

static void compressed_documents_are_checked(void **state)
{
    (void)state;
    static const char *const kinds[] = {"gz", "xz", "bz2"};
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "one.xml.%s", kinds[i]);
        check(name, "% = 2011\n");
        snprintf(name, sizeof name, "members.xml.%s", kinds[i]);
        check(name, "% = 2017\n");
        snprintf(name, sizeof name, "none.xml.%s", kinds[i]);
        check(name, "% = 0\n");
        snprintf(name, sizeof name, "double.xml.%s", kinds[i]);
        check(name, "% = 6\n");
        snprintf(name, sizeof name, "trailing.xml.%s", kinds[i]);
        assert_non_null(strstr(look(name), " ! "));
        snprintf(name, sizeof name, "cut.xml.%s", kinds[i]);
        assert_non_null(strstr(look(name), " ! "));
    }
    check("crc.xml.gz", "% ! crc\n");
    check("size.xml.gz", "% ! size\n");
    check("trailing.xml.gz", "% ! trailing\n");
    check("cut.xml.gz", "% ! truncated\n");
    check("padded.xml.gz", "% = 2011\n");
}

#define TREE                                                                                   \
    "tree/a-b.xml = 6\ntree/a.xml = 6\ntree/a/z.xml = 2011\ntree/b.xml = 6\n"                  \
    "tree/in.zip!/a.xml = 6\ntree/in.zip!/sub/b.xml = 2011\ntree/link.xml - symlink\n"         \
    "tree/loop - symlink\ntree/none - empty\ntree/note.txt - not-xml\ntree/one.xml.gz = 6\n"   \
    "tree/pipe.xml - device\ntree/shape.gml = 6\ntree/zipped.xml ! archive\n"

static void directories_are_walked_in_order(void **state)
{
    (void)state;
    char path[64], expected[96];
    assert_string_equal(look("tree"), TREE);
    assert_string_equal(look("tree/"), TREE);
    assert_string_equal(look("x"), "x/same.xml = 6\n");
    assert_string_equal(look("./x//"), "./x//same.xml = 6\n");
    snprintf(path, sizeof path, "%s/x", directory);
    snprintf(expected, sizeof expected, "%s/x/same.xml = 6\n", directory);
    assert_string_equal(look(path), expected);
    assert_string_equal(look("bare"), "bare/ - empty\n");
    assert_int_equal(chdir("x"), 0);
    assert_string_equal(look("."), "./same.xml = 6\n");
    assert_int_equal(chdir(".."), 0);
}

static void what_may_not_be_read_is_named(void **state)
{
    (void)state;
    bool is_root = geteuid() == 0; /* whom permissions do not bind: be nobody meanwhile */
    assert_int_equal(chmod("x/same.xml", 0), 0);
    assert_int_equal(chmod(directory, 0755), 0);
    if (is_root && seteuid(65534) < 0) {
        print_message("SKIPPED: root cannot become nobody here\n");
        skip();
    }
    const char *lines = look("x");
    assert_true(!is_root || seteuid(0) == 0);
    assert_string_equal(lines, "x/same.xml ! permission\n");
    assert_int_equal(chmod("x/same.xml", 0600), 0);
}

static void devices_are_no_inputs(void **state)
{
    (void)state;
    struct source_options options = defaults();
    assert_string_equal(look_with(&options, 3, "/dev/zero", "one.xml", "/dev/null"),
                        "/dev/zero ! device\none.xml = 6\n/dev/null ! device\n");
}

static void inputs_are_told_apart(void **state)
{
    (void)state;
    struct source_options options = defaults();
    assert_string_equal(look_with(&options, 3, "x/same.xml", "y/same.xml", "one.xml"),
                        "x/same.xml = 6\ny/same.xml = 6\none.xml = 6\n");
    assert_string_equal(look_with(&options, 2, "x", "./x"),
                        "x/same.xml = 6\n./x/same.xml = 6\n");
    assert_string_equal(look_with(&options, 2, "one.xml", "cut-1.zip"),
                        "one.xml = 6\ncut-1.zip ! truncated\n");
    assert_string_equal(
        look_with(&options, 4, "one.xml", "gone.zip", "one.xml/x", "x/same.xml"),
        "one.xml = 6\ngone.zip ! missing\none.xml/x ! missing\nx/same.xml = 6\n");
    assert_string_equal(
        look_with(&options, 2, "gone.zip", "lost.zip"),
        "error: cannot open gone.zip: No such file or directory; check the name");
    struct source_input named = {.path = "x/same.xml", .name = "bucket/key.xml"};
    assert_string_equal(look_at(&options, &named, 1), "bucket/key.xml = 6\n");
}

static const char *look_at_stdin(const char *command)
{
    int saved = dup(STDIN_FILENO);
    FILE *pipe = command[0] == '<' ? fopen(command + 1, "r") : popen(command, "r");
    assert_non_null(pipe);
    assert_true(dup2(fileno(pipe), STDIN_FILENO) >= 0);
    const char *lines = look("-");
    assert_true(dup2(saved, STDIN_FILENO) >= 0);
    close(saved);
    if (command[0] == '<')
        fclose(pipe);
    else
        pclose(pipe);
    return lines;
}

static void standard_input_is_read_like_a_file(void **state)
{
    (void)state;
    static const char basic[] = "-!/a.xml = 6\n-!/sub/b.xml = 2011\n";
    assert_string_equal(look_at_stdin("<sound.zip"), basic);
    assert_string_equal(look_at_stdin("cat sound.zip"), basic);
    assert_string_equal(look_at_stdin("cat one.xml"), "- = 6\n");
    assert_string_equal(look_at_stdin("<one.xml"), "- = 6\n");
    assert_string_equal(look_at_stdin("cat one.xml.gz"), "- = 2011\n");
    assert_string_equal(look_at_stdin("<one.xml.gz"), "- = 2011\n");
    assert_string_equal(look_at_stdin("true"), "- ! empty\n");
}

static void globs_choose_leaves(void **state)
{
    (void)state;
    static const char *const b[] = {"sub/*"}, *const name[] = {"b.xml"};
    static const char *const archive[] = {"*.zip"};
    struct source_options options = defaults();
    options.include = b;
    options.n_include = 1;
    assert_string_equal(look_with(&options, 1, "sound.zip"),
                        "sound.zip!/a.xml - excluded\nsound.zip!/sub/b.xml = 2011\n");
    options.include = name;
    assert_string_equal(look_with(&options, 1, "nested.zip"),
                        "nested.zip!/in.zip!/a.xml - excluded\n"
                        "nested.zip!/in.zip!/sub/b.xml = 2011\nnested.zip!/a.xml - excluded\n");
    options = defaults();
    options.exclude = name;
    options.n_exclude = 1;
    assert_string_equal(look_with(&options, 1, "sound.zip"),
                        "sound.zip!/a.xml = 6\nsound.zip!/sub/b.xml - excluded\n");
    options.exclude = archive;
    assert_string_equal(look_with(&options, 1, "nested.zip"), "nested.zip - excluded\n");
    assert_string_equal(look_with(&options, 1, "tree/in.zip"), "tree/in.zip - excluded\n");
}

static void limits_stop_what_goes_too_far(void **state)
{
    (void)state;
    struct source_options options = defaults();
    options.max_nesting = 1;
    assert_string_equal(look_with(&options, 1, "deep.zip"),
                        "deep.zip!/level-3.zip!/level-2.zip ! limit-nesting\n"
                        "deep.zip!/level-3.zip!/at-2.xml = 6\ndeep.zip!/at-3.xml = 6\n");
    options = defaults();
    options.max_entries = 3;
    assert_string_equal(look_with(&options, 2, "mixed.zip", "one.xml"),
                        "mixed.zip!/a.xml = 6\nmixed.zip!/dir/ - directory\n"
                        "mixed.zip!/note.txt - not-xml\nmixed.zip!/none.dat ! limit-entries\n");
    options = defaults();
    options.max_document_bytes = 1000;
    assert_string_equal(look_with(&options, 1, "sound.zip"),
                        "sound.zip!/a.xml = 6\nsound.zip!/sub/b.xml ! limit-bytes\n");
    assert_string_equal(look_with(&options, 1, "one.xml.gz"), "one.xml.gz ! limit-bytes\n");
    assert_non_null(
        strstr(look_with(&options, 1, "sound.tar.gz"), "sub/b.xml ! limit-bytes\n"));
    assert_non_null(strstr(look_with(&options, 1, "sound.tar"), "sub/b.xml ! limit-bytes\n"));
    options = defaults();
    options.max_ratio = 100;
    assert_string_equal(look_with(&options, 1, "bomb.zip"),
                        "bomb.zip!/a.xml = 6\nbomb.zip!/bomb.xml ! limit-ratio\n");
    options = defaults();
    options.max_total_bytes = 1000;
    assert_non_null(
        strstr(look_with(&options, 1, "sound.tar.gz"), "sound.tar.gz ! limit-total"));
    options = defaults();
    options.temp_dir = "/nonexistent";
    assert_non_null(strstr(look_with(&options, 1, "sound.tar.gz"), "set TMPDIR"));
}

/* All ways that a document is read and counted. `code` is what is wrong with it, or NULL. */
static void documents_are(const struct source_options *options, const char *const *inputs,
                          const char *code)
{
    for (; *inputs; inputs++) {
        const char *line = look_with(options, 1, *inputs), *fault = strstr(line, " ! ");
        if (code) {
            assert_non_null(fault);
            assert_int_equal(strncmp(fault + 3, code, strlen(code)), 0);
        } else {
            assert_null(fault);
        }
    }
}

static void a_document_as_long_as_the_limit_is_read_and_a_longer_one_is_not(void **state)
{
    (void)state;
    static const char *const inputs[] = {"members.xml.gz", "sound.zip",  "stored.zip",
                                         "bzip2.zip",      "sound.tar",  "sound.tar.gz",
                                         "sound.tar.xz",   "one.xml.gz", "one.xml.xz",
                                         "tree/a/z.xml",   NULL};
    struct source_options options = defaults();
    options.max_document_bytes = 2017; /* of members.xml.gz, which is two members */
    documents_are(&options, inputs, NULL);
    options.max_document_bytes = 2011; /* of the longest document in all others */
    documents_are(&options, (const char *const[]){"members.xml.gz", NULL}, "limit-bytes");
    documents_are(&options, inputs + 1, NULL);
    options.max_document_bytes = 2010;
    documents_are(&options, inputs, "limit-bytes");
}

static void the_ratio_is_asked_above_one_mebibyte_only(void **state)
{
    (void)state;
    struct source_options options = defaults();
    options.max_ratio = 2;
    documents_are(
        &options,
        (const char *const[]){"mebibyte.zip", "mebibyte.xml.gz", "mebibyte.xml.xz", NULL},
        NULL);
    documents_are(&options,
                  (const char *const[]){"more.zip", "more.xml.gz", "more.xml.xz", NULL},
                  "limit-ratio");
}

static void a_document_of_exactly_the_ratio_is_a_bomb(void **state)
{
    (void)state;
    /* What a ZIP archive of one member a.xml has besides the member's bytes. */
    static const off_t around = 30 + 5 + 46 + 5 + 22;
    static const char *const inputs[] = {"more.zip", "more.xml.gz", "more.xml.xz"};
    for (size_t i = 0; i < 3; i++) {
        struct stat facts;
        struct source_options options = defaults();
        assert_int_equal(stat(inputs[i], &facts), 0);
        off_t stored = facts.st_size - (i == 0 ? around : 0);
        options.max_ratio = ((1u << 20) + 1) / (uint64_t)(stored + 1);
        documents_are(&options, (const char *const[]){inputs[i], NULL}, "limit-ratio");
        options.max_ratio++;
        documents_are(&options, (const char *const[]){inputs[i], NULL}, NULL);
    }
}

static void an_empty_file_is_said_to_have_nothing_in_it(void **state)
{
    (void)state;
    static const struct source_input inputs[] = {{.path = "none.dat"}};
    struct source_options options = defaults();
    struct source *source;
    struct thresh_error error;
    struct buf scratch = {0};
    struct entry entry;
    assert_int_equal(source_open(&source, inputs, 1, &options, &error), 0);
    assert_int_equal(source_entry(source, 0, &scratch, &entry), 0);
    assert_string_equal(entry.message, "the file is empty: there is nothing to look at");
    buf_free(&scratch);
    source_close(source);
}

static void each_code_has_a_word_of_its_own(void **state)
{
    (void)state;
    assert_null(entry_code_word(ENTRY_CODE_NONE));
    for (unsigned i = ENTRY_CODE_NONE + 1; i < ENTRY_CODES; i++) {
        assert_non_null(entry_code_word((enum entry_code)i));
        for (unsigned k = ENTRY_CODE_NONE + 1; k < i; k++)
            assert_string_not_equal(entry_code_word((enum entry_code)i),
                                    entry_code_word((enum entry_code)k));
    }
}

static void a_file_that_changes_meanwhile_is_not_passed_off(void **state)
{
    (void)state;
    struct source_options options = defaults();
    static const struct source_input inputs[] = {{.path = "changing.zip"},
                                                 {.path = "changing.xml"}};
    struct source *source;
    struct thresh_error error;
    struct entry_fault fault;
    const char *bytes;
    size_t len;
    assert_int_equal(system("cp sound.zip changing.zip && cp one.xml changing.xml"), 0);
    assert_int_equal(source_open(&source, inputs, 2, &options, &error), 0);
    assert_int_equal(system("cp stored.zip changing.zip && echo >>changing.xml"), 0);
    struct reader *reader = reader_open(source, &error);
    for (uint64_t i = 0; i < source_count(source); i++) {
        assert_int_equal(reader_read(reader, i, &bytes, &len, &fault, &error), 1);
        assert_int_equal(fault.code, ENTRY_CODE_CHANGED);
    }
    reader_close(reader);
    source_close(source);
}

/* Paths and sizes are those of the table, whose columns begin with both. */
static void formats_have_the_entries_of(const char *table, const char *archive)
{
    char line[4096], want[4200];
    size_t entries = 0;
    const char *lines = look(archive);
    assert_null(strstr(lines, " ! "));
    FILE *expected = fopen(table, "r");
    assert_non_null(expected);
    assert_non_null(fgets(line, sizeof line, expected));
    while (fgets(line, sizeof line, expected)) {
        char *bytes = strchr(line, '\t') + 1;
        bytes[-1] = *strchr(bytes, '\t') = '\0';
        snprintf(want, sizeof want, "!/%s = %s\n", line, bytes);
        assert_non_null(strstr(lines, want));
        entries++;
    }
    fclose(expected);
    assert_int_equal(entries, 40);
}

static void all_formats_give_the_same_documents(void **state)
{
    (void)state;
    const char *data = getenv("THRESH_TEST_DATA");
    char path[8192], table[8192], line[4096], program[64];
    size_t missing = 0;
    assert_non_null(data);
    snprintf(path, sizeof path, "%s/corpora/formats.tsv", data);
    snprintf(table, sizeof table, "%s/corpora/formats-expected.tsv", data);
    FILE *formats = fopen(path, "r");
    assert_non_null(formats);
    assert_non_null(fgets(line, sizeof line, formats));
    while (fgets(line, sizeof line, formats)) {
        char *columns = strchr(line, '\t');
        *columns++ = '\0';
        assert_int_equal(sscanf(columns, "%*[^\t]\t%63s", program), 1);
        snprintf(path, sizeof path, "%s/corpora/formats/%s", data, line);
        if (strcmp(program, "-") == 0)
            formats_have_the_entries_of(table, path);
        else if (++missing)
            print_message("SKIPPED: %s was not made, for want of %s\n", line, program);
    }
    fclose(formats);
    if (missing)
        skip();
}

static int make_archives(void **state)
{
    char command[4200];
    (void)state;
    const char *data = getenv("THRESH_TEST_DATA");
    if (!data || !mkdtemp(directory))
        return -1;
    snprintf(command, sizeof command, "cp -a %s/archives/. %s", data, directory);
    return system(command) == 0 && chdir(directory) == 0 ? 0 : -1;
}

static int remove_archives(void **state)
{
    char command[64];
    (void)state;
    buf_free(&outcome);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return chdir("/") == 0 ? system(command) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zip_is_found_whatever_lies_around_it),
        cmocka_unit_test(zip_that_is_not_whole_says_so),
        cmocka_unit_test(bad_members_do_not_spoil_the_others),
        cmocka_unit_test(overlapping_members_are_refused),
        cmocka_unit_test(content_decides_what_is_a_document),
        cmocka_unit_test(names_are_utf8_and_oddities_are_noticed),
        cmocka_unit_test(archives_are_opened_in_archives),
        cmocka_unit_test(tars_are_read_and_checked_to_their_end),
        cmocka_unit_test(compressed_documents_are_checked),
        cmocka_unit_test(directories_are_walked_in_order),
        cmocka_unit_test(what_may_not_be_read_is_named),
        cmocka_unit_test(devices_are_no_inputs),
        cmocka_unit_test(inputs_are_told_apart),
        cmocka_unit_test(standard_input_is_read_like_a_file),
        cmocka_unit_test(globs_choose_leaves),
        cmocka_unit_test(limits_stop_what_goes_too_far),
        cmocka_unit_test(a_document_as_long_as_the_limit_is_read_and_a_longer_one_is_not),
        cmocka_unit_test(the_ratio_is_asked_above_one_mebibyte_only),
        cmocka_unit_test(a_document_of_exactly_the_ratio_is_a_bomb),
        cmocka_unit_test(an_empty_file_is_said_to_have_nothing_in_it),
        cmocka_unit_test(each_code_has_a_word_of_its_own),
        cmocka_unit_test(a_file_that_changes_meanwhile_is_not_passed_off),
        cmocka_unit_test(all_formats_give_the_same_documents),
    };
    return cmocka_run_group_tests(tests, make_archives, remove_archives);
}
