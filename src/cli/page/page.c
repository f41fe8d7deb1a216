/* SPDX-License-Identifier: MIT */
#include "cli/page/page.h"

#include "cli/page/page_summary.h"
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* The files themselves, included by the assembler. */
#define TEXT(name, file)                                                                       \
    extern const char name[];                                                                  \
    __asm__(".section .rodata\n.global " #name "\n.hidden " #name "\n" #name                   \
            ":\n.incbin \"" THRESH_SOURCE_DIR "/src/cli/page/" file                            \
            "\"\n.byte 0\n.previous\n")

TEXT(page_html, "page.html");
TEXT(page_css, "page.css");
TEXT(page_js, "page.js");

#define DOCUMENTS "{{documents}}"

static void append_part(struct buf *out, const struct page *page, const struct page_run *run,
                        const char *name, size_t len)
{
    const struct {
        const char *name;
        const char *text;
        void (*append)(struct buf *out, const struct page_run *run, uint64_t bad);
    } parts[] = {
        {"nonce", page->nonce, NULL},
        {"version", THRESH_VERSION, NULL},
        {"style", page_css, NULL},
        {"script", page_js, NULL},
        {"head", NULL, page_summary_head},
        {"coverage", NULL, page_summary_coverage},
        {"errors", NULL, page_summary_errors},
        {"foot", NULL, page_summary_foot},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == len && memcmp(parts[i].name, name, len) == 0) {
            if (parts[i].text)
                buf_append_string(out, parts[i].text);
            else
                parts[i].append(out, run, page->rows.bad);
        }
}

/* Writes a piece of page.html with its {{parts}} put in. */
static int write_piece(struct page *page, const struct page_run *run, const char *piece,
                       size_t len, struct thresh_error *error)
{
    struct buf out = {0};
    const char *end = piece + len;
    while (piece < end) {
        const char *part = memmem(piece, (size_t)(end - piece), "{{", 2);
        buf_append(&out, piece, (size_t)((part ? part : end) - piece));
        if (!part)
            break;
        piece = strstr(part, "}}") + 2;
        append_part(&out, page, run, part + 2, (size_t)(piece - part) - 4);
    }
    int rc = out.failed ? error_no_memory(error)
                        : output_write(&page->output, out.data, out.len, error);
    buf_free(&out);
    return rc;
}

static int begin(struct page *page, struct thresh_error *error)
{
    unsigned char random[16];
    if (*page->nonce)
        return 0;
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return error_set(error, "--report: the system gives no random bytes: %m");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(page->nonce + 2 * i, 3, "%02x", random[i]);
    return write_piece(page, NULL, page_html,
                       (size_t)(strstr(page_html, DOCUMENTS) - page_html), error);
}

static int write_rows(struct page *page, struct thresh_error *error)
{
    struct buf out = {0};
    if (begin(page, error) < 0)
        return -1;
    page_rows_write(&page->rows, &out);
    int rc = out.failed ? error_no_memory(error)
                        : output_write(&page->output, out.data, out.len, error);
    buf_free(&out);
    return rc;
}

int page_add(struct page *page, const struct thresh_record *record, struct thresh_error *error)
{
    page_rows_add(&page->rows, record);
    return page_rows_are_many(&page->rows) ? write_rows(page, error) : 0;
}

int page_end(struct page *page, const struct page_run *run, struct thresh_error *error)
{
    const char *rest = strstr(page_html, DOCUMENTS) + strlen(DOCUMENTS);
    if (write_rows(page, error) < 0 || write_piece(page, run, rest, strlen(rest), error) < 0)
        return -1;
    return output_commit(&page->output, error);
}

void page_close(struct page *page)
{
    page_rows_free(&page->rows);
    output_close(&page->output);
}
