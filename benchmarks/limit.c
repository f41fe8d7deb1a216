/* SPDX-License-Identifier: MIT
 *
 * benchmark-limit ARCHIVE ROUNDS [SCHEMA...]: the least that one core must do with an archive,
 * to compare thresh with. Inflates all documents with libdeflate, then parses them by libxml2's
 * SAX2 interface with handlers that do nothing, and makes thresh's records of the same bytes;
 * with schemas, as --schema takes them, does the latter again. Where there is one, a file, does
 * the former again, too, libxml2's validator behind the same events. The archive is in memory
 * and contexts are reused. Prints one JSON object with the processor's times of each round.
 */
#include "document/document.h"
#include "options/options.h"

#include <libdeflate.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 100, END_BYTES = 22, RECORD_BYTES = 46, LOCAL_BYTES = 30 };

struct document {
    const unsigned char *stored;
    size_t stored_len, len;
    bool is_deflated;
    char *bytes; /* in the buffer of all, with a NUL behind */
};

struct documents {
    struct document *all;
    size_t n, bytes;
    char *buffer;
};

/* -- The archive ---------------------------------------------------------------------- */

/* Read in the plainest way: the archives measured here are sound. */

static unsigned char *load(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= END_BYTES &&
        fseek(file, 0, SEEK_SET) == 0 && (bytes = malloc((size_t)size)) &&
        fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    if (file)
        fclose(file);
    *len = (size_t)size;
    return bytes;
}

static size_t number(const unsigned char *at, int bytes)
{
    size_t value = 0;
    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

/* The members that are not empty; 0, or -1 where it is no such archive. */
static int list(const unsigned char *archive, size_t len, struct documents *d)
{
    const unsigned char *end = archive + len - END_BYTES;
    while (end > archive && memcmp(end, "PK\5\6", 4) != 0)
        end--;
    size_t entries = number(end + 10, 2), at = number(end + 16, 4), total = 0;
    if (memcmp(end, "PK\5\6", 4) != 0 || entries == 0xffff ||
        !(d->all = calloc(entries + 1, sizeof *d->all)))
        return -1;
    for (size_t i = 0; i < entries; i++) {
        const unsigned char *record = archive + at;
        if (at + RECORD_BYTES > len || memcmp(record, "PK\1\2", 4) != 0)
            return -1;
        size_t local = number(record + 42, 4);
        struct document document = {.stored_len = number(record + 20, 4),
                                    .len = number(record + 24, 4),
                                    .is_deflated = number(record + 10, 2) == 8};
        document.stored = archive + local + LOCAL_BYTES + number(archive + local + 26, 2) +
                          number(archive + local + 28, 2);
        at += RECORD_BYTES + number(record + 28, 2) + number(record + 30, 2) +
              number(record + 32, 2);
        if (document.len > 0)
            d->all[d->n++] = document;
        total += document.len + 1;
    }
    d->buffer = malloc(total + 1);
    for (size_t i = 0; i < d->n && d->buffer; i++) {
        d->all[i].bytes = d->buffer + d->bytes + i;
        d->bytes += d->all[i].len;
    }
    return d->buffer ? 0 : -1;
}

static int inflate_all(struct libdeflate_decompressor *inflate, struct documents *d)
{
    for (size_t i = 0; i < d->n; i++) {
        struct document *document = &d->all[i];
        if (!document->is_deflated)
            memcpy(document->bytes, document->stored, document->len);
        else if (libdeflate_deflate_decompress(inflate, document->stored, document->stored_len,
                                               document->bytes, document->len, NULL) != 0)
            return -1;
        document->bytes[document->len] = '\0';
    }
    return 0;
}

/* -- Events into nothing -------------------------------------------------------------- */

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

static void ignore(void *context, xmlErrorPtr error)
{
    (void)context, (void)error;
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

/* One context for all: its names are interned once. `valid` may be NULL. Returns how many are
 * good. */
static size_t parse_all(xmlParserCtxt *ctxt, xmlSchemaValidCtxt *valid,
                        const struct documents *d)
{
    size_t good = 0;
    for (size_t i = 0; i < d->n; i++) {
        xmlSchemaSAXPlugPtr plug =
            valid ? xmlSchemaSAXPlug(valid, &ctxt->sax, &ctxt->userData) : NULL;
        xmlFreeDoc(xmlCtxtReadMemory(ctxt, d->all[i].bytes, (int)d->all[i].len, NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING));
        good += ctxt->wellFormed && (!valid || xmlSchemaIsValid(valid) == 1);
        if (plug)
            xmlSchemaSAXUnplug(plug);
    }
    return good;
}

static xmlSchemaValidCtxt *new_validator(const char *path)
{
    xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(path);
    xmlSchema *schema = parser ? xmlSchemaParse(parser) : NULL;
    xmlSchemaFreeParserCtxt(parser);
    xmlSchemaValidCtxt *valid = schema ? xmlSchemaNewValidCtxt(schema) : NULL;
    if (valid)
        xmlSchemaSetValidStructuredErrors(valid, ignore, NULL);
    return valid; /* it and its schema live as long as the program */
}

/* -- Thresh --------------------------------------------------------------------------- */

struct ours {
    struct thresh_options *options;
    struct rules rules;
    struct document_parser *parser;
    struct record record;
};

/* Lives as long as the program. `schemas` end with NULL. */
static int open_ours(struct ours *ours, char **schemas)
{
    struct thresh_error error;
    *ours = (struct ours){.options = thresh_options_new()};
    if (!ours->options)
        return -1;
    for (; *schemas; schemas++)
        if (thresh_options_set(ours->options, "schema", *schemas, &error) < 0)
            return -1;
    if (thresh_options_set(ours->options, "schema-timeout", "0", &error) < 0 ||
        rules_load(&ours->rules, ours->options, &error) < 0 ||
        !(ours->parser = document_open(&ours->rules, &error)))
        return -1;
    return 0;
}

/* Returns how many are good; SIZE_MAX without memory. */
static size_t process_all(struct ours *ours, const struct documents *d)
{
    size_t good = 0;
    struct thresh_error error;
    for (size_t i = 0; i < d->n; i++) {
        record_clear(&ours->record);
        if (document_process(ours->parser, d->all[i].bytes, d->all[i].len, &ours->record,
                             &error) < 0)
            return SIZE_MAX;
        good += verdict_is_good(ours->record.verdict);
    }
    return good;
}

/* -- Rounds --------------------------------------------------------------------------- */

struct rounds {
    double inflate_ms[ROUNDS_MAX], sax_ms[ROUNDS_MAX], valid_ms[ROUNDS_MAX];
    double ours_ms[ROUNDS_MAX], ours_valid_ms[ROUNDS_MAX];
    int n;
    size_t well_formed, valid, ours, ours_valid;
};

/* The processor's time, in which those who share it do not count. */
static double cpu_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Takes a round's time off the clock. */
static void take(double *ms, double *since)
{
    double now = cpu_ms();
    *ms = now - *since;
    *since = now;
}

static int run(struct rounds *rounds, struct documents *d, xmlSchemaValidCtxt *valid,
               char **schemas)
{
    struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();
    xmlParserCtxt *plain = new_parser(), *validating = new_parser();
    struct ours ours, ours_valid;
    char *none = NULL;
    int rc = inflate && plain && validating && open_ours(&ours, &none) == 0 &&
                     open_ours(&ours_valid, schemas) == 0
                 ? 0
                 : -1;
    for (int i = -1; i < rounds->n && rc == 0; i++) { /* the first is the warm-up */
        int at = i < 0 ? 0 : i;
        double since = cpu_ms();
        rc = inflate_all(inflate, d);
        take(&rounds->inflate_ms[at], &since);
        rounds->well_formed = parse_all(plain, NULL, d);
        take(&rounds->sax_ms[at], &since);
        rounds->ours = process_all(&ours, d);
        take(&rounds->ours_ms[at], &since);
        rounds->ours_valid = *schemas ? process_all(&ours_valid, d) : 0;
        take(&rounds->ours_valid_ms[at], &since);
        rounds->valid = valid ? parse_all(validating, valid, d) : 0;
        take(&rounds->valid_ms[at], &since);
    }
    xmlFreeParserCtxt(plain);
    xmlFreeParserCtxt(validating);
    libdeflate_free_decompressor(inflate);
    return rc;
}

static void print_times(const char *name, const double *ms, int n)
{
    printf(", \"%s\": [", name);
    for (int i = 0; i < n; i++)
        printf("%s%.3f", i ? ", " : "", ms[i]);
    printf("]");
}

int main(int argc, char **argv)
{
    struct rounds rounds = {.n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0};
    struct documents d = {.n = 0};
    xmlSchemaValidCtxt *valid = NULL;
    size_t len;
    if (argc < 3 || rounds.n < 1 || rounds.n > ROUNDS_MAX) {
        fprintf(stderr, "usage: benchmark-limit ARCHIVE ROUNDS [SCHEMA...]\n");
        return 2;
    }
    unsigned char *archive = load(argv[1], &len);
    if (!archive || list(archive, len, &d) < 0) {
        fprintf(stderr, "%s: not a ZIP archive of less than 65,535 entries\n", argv[1]);
        return 1;
    }
    if (argc == 4 && !(valid = new_validator(argv[3]))) {
        fprintf(stderr, "%s: libxml2 does not take this schema\n", argv[3]);
        return 1;
    }
    if (run(&rounds, &d, valid, argv + 3) < 0) {
        fprintf(stderr, "%s: a document cannot be inflated, or a parser not made\n", argv[1]);
        return 1;
    }
    printf("{\"documents\": %zu, \"bytes\": %zu, \"well_formed\": %zu, \"valid\": %zu, "
           "\"ours\": %zu, \"ours_valid\": %zu",
           d.n, d.bytes, rounds.well_formed, rounds.valid, rounds.ours, rounds.ours_valid);
    print_times("inflate_ms", rounds.inflate_ms, rounds.n);
    print_times("sax_ms", rounds.sax_ms, rounds.n);
    print_times("ours_ms", rounds.ours_ms, rounds.n);
    if (argc > 3)
        print_times("ours_valid_ms", rounds.ours_valid_ms, rounds.n);
    if (valid)
        print_times("valid_ms", rounds.valid_ms, rounds.n);
    printf("}\n");
    free(d.all);
    free(d.buffer);
    free(archive);
    return 0;
}
