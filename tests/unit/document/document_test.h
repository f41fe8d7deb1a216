/* SPDX-License-Identifier: MIT
 *
 * What the tests of documents share: a parser made from options, and a record that it fills.
 */
#ifndef THRESH_TESTS_DOCUMENT_TEST_H
#define THRESH_TESTS_DOCUMENT_TEST_H

#include "document/document.h"
#include "options/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

struct reader_of_documents {
    struct thresh_options *options;
    struct rules rules;
    struct document_parser *parser;
    struct record record;
};

static inline void set_option(struct reader_of_documents *reader, const char *name,
                              const char *value)
{
    struct thresh_error error;
    if (!reader->options)
        reader->options = thresh_options_new();
    assert_non_null(reader->options);
    if (thresh_options_set(reader->options, name, value, &error) < 0)
        fail_msg("%s", error.text);
}

/* With the options that are set. */
static inline void open_parser(struct reader_of_documents *reader)
{
    struct thresh_error error;
    reader->rules.max_entity_bytes = 1 << 20;
    if (rules_load(&reader->rules, reader->options, &error) < 0 ||
        !(reader->parser = document_open(&reader->rules, &error)))
        fail_msg("%s", error.text);
}

static inline void read_document(struct reader_of_documents *reader, const char *document)
{
    struct thresh_error error;
    record_clear(&reader->record);
    if (document_process(reader->parser, document, strlen(document), &reader->record, &error) <
        0)
        fail_msg("%s", error.text);
}

static inline void close_parser(struct reader_of_documents *reader)
{
    document_close(reader->parser);
    rules_free(&reader->rules);
    thresh_options_free(reader->options);
    record_free(&reader->record);
    *reader = (struct reader_of_documents){0};
}

#endif
