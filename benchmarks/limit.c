/* SPDX-License-Identifier: MIT
 *
 * benchmark-limit ARCHIVE [ROUNDS]: what one core does with the archive's bytes at the least.
 * Inflates all documents, then parses them with libxml2's SAX2 interface into nothing: no tree,
 * no schema, no record. Prints one JSON object with the times of each round.
 */
#include "buf.h"

#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct documents {
    struct buf bytes; /* one behind the other, each with a NUL */
    size_t *starts;
    size_t n, cap;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int add(struct documents *d, struct archive *archive)
{
    const void *block;
    size_t len;
    la_int64_t at;
    if (d->n + 2 > d->cap) {
        d->cap = d->cap ? 2 * d->cap : 1024;
        d->starts = realloc(d->starts, d->cap * sizeof *d->starts);
        if (!d->starts)
            return -1;
    }
    d->starts[d->n++] = d->bytes.len;
    while (archive_read_data_block(archive, &block, &len, &at) == ARCHIVE_OK)
        buf_append(&d->bytes, block, len);
    buf_append_char(&d->bytes, '\0');
    d->starts[d->n] = d->bytes.len;
    return d->bytes.failed ? -1 : 0;
}

/* Reads the whole archive, keeping the documents in a buffer that is there from the second
 * time. */
static int inflate_all(const char *path, struct documents *d)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int rc = 0;
    d->n = 0;
    buf_clear(&d->bytes);
    archive_read_support_format_zip(archive);
    if (archive_read_open_filename(archive, path, 1 << 20) != ARCHIVE_OK) {
        fprintf(stderr, "%s: %s\n", path, archive_error_string(archive));
        rc = -1;
    }
    while (rc == 0 && archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        rc = add(d, archive);
    archive_read_free(archive);
    return rc;
}

/* -- Events into nothing
 * ------------------------------------------------------------------------ */

static void start(void *context, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                  int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)context, (void)localname, (void)prefix, (void)uri, (void)n_namespaces;
    (void)namespaces, (void)n_attributes, (void)n_defaulted, (void)attributes;
}

static void end(void *context, const xmlChar *localname, const xmlChar *prefix,
                const xmlChar *uri)
{
    (void)context, (void)localname, (void)prefix, (void)uri;
}

static void text(void *context, const xmlChar *bytes, int len)
{
    (void)context, (void)bytes, (void)len;
}

static xmlParserCtxt *new_parser(void)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt)
        return NULL;
    xmlSAXHandler *sax = ctxt->sax;
    sax->startElementNs = start;
    sax->endElementNs = end;
    sax->characters = sax->ignorableWhitespace = sax->cdataBlock = text;
    sax->comment = NULL;
    sax->processingInstruction = NULL;
    sax->reference = NULL;
    sax->error = sax->fatalError = NULL;
    sax->warning = NULL;
    return ctxt;
}

/* One context for all: its names are interned once. */
static int parse_all(const struct documents *d)
{
    xmlParserCtxt *ctxt = new_parser();
    if (!ctxt)
        return -1;
    for (size_t i = 0; i < d->n; i++) {
        const char *bytes = d->bytes.data + d->starts[i];
        int len = (int)(d->starts[i + 1] - d->starts[i] - 1);
        xmlFreeDoc(xmlCtxtReadMemory(ctxt, bytes, len, NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING));
    }
    xmlFreeParserCtxt(ctxt);
    return 0;
}

static void print_times(const char *name, const double *ms, int n)
{
    printf("\"%s\": [", name);
    for (int i = 0; i < n; i++)
        printf("%s%.3f", i ? ", " : "", ms[i]);
    printf("]");
}

int main(int argc, char **argv)
{
    enum { ROUNDS_MAX = 100 };
    double inflate_ms[ROUNDS_MAX], parse_ms[ROUNDS_MAX];
    struct documents d = {.n = 0};
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: benchmark-limit ARCHIVE [ROUNDS]\n");
        return 2;
    }
    if (inflate_all(argv[1], &d) < 0 || parse_all(&d) < 0) /* the warm-up */
        return 1;
    for (int i = 0; i < rounds; i++) {
        double begin = now_ms();
        inflate_all(argv[1], &d);
        inflate_ms[i] = now_ms() - begin;
        begin = now_ms();
        parse_all(&d);
        parse_ms[i] = now_ms() - begin;
    }
    printf("{\"documents\": %zu, \"bytes\": %zu, ", d.n, d.bytes.len - d.n);
    print_times("inflate_ms", inflate_ms, rounds);
    printf(", ");
    print_times("sax_ms", parse_ms, rounds);
    printf("}\n");
    buf_free(&d.bytes);
    free(d.starts);
    return 0;
}
