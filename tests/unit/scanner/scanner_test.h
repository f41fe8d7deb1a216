/* SPDX-License-Identifier: MIT
 *
 * What the tests of the scanner share: a document's events as text, and its first fault.
 */
#ifndef THRESH_TESTS_SCANNER_TEST_H
#define THRESH_TESTS_SCANNER_TEST_H

#include "base/buf.h"
#include "scanner/scanner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

struct events_log {
    struct buf text;
    struct scanner *scanner;
    int stop_at; /* the start tag to stop at; 0: none */
    bool lines;
    bool misc;  /* comments and instructions, too */
    int leaves; /* told so far */
    uint64_t text_bytes;

    int faults;
    const char *code; /* of the first */
    char message[200];
    uint64_t line, column;
    bool in_tag;
};

static inline void log_name(struct buf *text, const xmlChar *string)
{
    buf_append_string(text, string ? (const char *)string : "-");
}

static inline void log_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                             const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                             int n_attributes, const xmlChar **attributes)
{
    struct events_log *log = context;
    buf_append_format(&log->text, "\n<");
    log_name(&log->text, prefix);
    buf_append_char(&log->text, ':');
    log_name(&log->text, localname);
    buf_append_char(&log->text, ' ');
    log_name(&log->text, uri);
    for (int i = 0; i < n_namespaces; i++) {
        buf_append_string(&log->text, " xmlns:");
        log_name(&log->text, namespaces[2 * i]);
        buf_append_char(&log->text, '=');
        if (namespaces[2 * i + 1])
            log_name(&log->text, namespaces[2 * i + 1]);
    }
    const xmlChar **a = attributes;
    for (int i = 0; i < n_attributes; i++, a += 5) {
        buf_append_char(&log->text, ' ');
        log_name(&log->text, a[1]);
        buf_append_char(&log->text, ':');
        log_name(&log->text, a[0]);
        buf_append_char(&log->text, ' ');
        log_name(&log->text, a[2]);
        buf_append_char(&log->text, '=');
        buf_append(&log->text, a[3], (size_t)(a[4] - a[3]));
    }
    buf_append_string(&log->text, ">");
    if (log->lines)
        buf_append_format(&log->text, "%d",
                          (int)scanner_line(log->scanner, scanner_place(log->scanner, NULL)));
    if (log->stop_at && --log->stop_at == 0)
        scanner_stop(log->scanner);
}

static inline void log_text(void *context, const xmlChar *text, int len)
{
    struct events_log *log = context;
    buf_append(&log->text, text, (size_t)len);
    log->text_bytes += (uint64_t)len;
}

static inline void log_end(void *context)
{
    struct events_log *log = context;
    buf_append_string(&log->text, "</>");
}

static inline void log_comment(void *context, const xmlChar *text)
{
    struct events_log *log = context;
    buf_append_format(&log->text, "<!--%s-->", (const char *)text);
}

static inline void log_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    struct events_log *log = context;
    buf_append_format(&log->text, "<?%s %s?>", (const char *)target, (const char *)data);
}

static inline void log_fault(void *context, const struct scanner_fault *fault)
{
    struct events_log *log = context;
    if (log->faults++)
        return;
    log->code = fault->code;
    log->line = fault->line;
    log->column = fault->column;
    log->in_tag = fault->in_tag;
    strncpy(log->message, fault->message, sizeof log->message - 1);
}

/* Every second leaf is taken at once. */
static inline bool log_leaf(void *context, const struct scanner_leaf *leaf)
{
    struct events_log *log = context;
    log_start(context, leaf->localname, leaf->prefix, leaf->uri, 0, NULL, leaf->n_attributes,
              leaf->attributes);
    if (scanner_is_stopped(log->scanner) || ++log->leaves % 2)
        return false;
    log_text(context, leaf->text, leaf->len);
    log_end(context);
    return true;
}

/* As scanner_run. */
static inline int scan_once(const char *document, struct events_log *log, bool at_once,
                            struct scanner_blanks *blanks)
{
    const struct scanner_events events = {
        .start = log_start,
        .leaf = at_once ? log_leaf : NULL,
        .text = log_text,
        .end = log_end,
        .comment = log->misc ? log_comment : NULL,
        .instruction = log->misc ? log_instruction : NULL,
        .fault = log_fault,
        .blanks = blanks,
        .context = log,
    };
    const struct utf8_document text = {.bytes = document, .len = strlen(document)};
    return scanner_run(log->scanner, &text, &events);
}

/* White space that is counted is no longer told, and that is all. */
static inline void scan_counting(const char *document, struct events_log *log, int rc,
                                 uint64_t text_bytes)
{
    struct scanner_blanks blanks = {.counted = true};
    log->text_bytes = 0;
    assert_int_equal(scan_once(document, log, true, &blanks), rc);
    assert_int_equal(log->text_bytes + blanks.bytes, text_bytes);
    buf_free(&log->text);
}

/* The same, and again with whole elements told at once, from which the same comes. */
static inline int scan(const char *document, struct events_log *log)
{
    struct events_log at_once = *log;
    at_once.text = (struct buf){0};
    size_t before = log->text.len;
    log->text_bytes = 0;
    int rc = scan_once(document, log, false, NULL);
    for (at_once.leaves = 0; at_once.leaves < 2; at_once.leaves++) {
        struct events_log again = at_once;
        assert_int_equal(scan_once(document, &again, true, NULL), rc);
        assert_int_equal(again.text.len, log->text.len - before);
        if (again.text.len)
            assert_memory_equal(again.text.data, log->text.data + before, again.text.len);
        assert_int_equal(again.faults, log->faults);
        if (log->faults && !at_once.faults) {
            assert_string_equal(again.code, log->code);
            assert_string_equal(again.message, log->message);
            assert_int_equal(again.line, log->line);
            assert_int_equal(again.column, log->column);
            assert_int_equal(again.in_tag, log->in_tag);
        }
        buf_free(&again.text);
    }
    scan_counting(document, &at_once, rc, log->text_bytes);
    return rc;
}

#endif
