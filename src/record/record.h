/* SPDX-License-Identifier: MIT
 *
 * One document's record: the facts, in memory.
 */
#ifndef THRESH_RECORD_RECORD_H
#define THRESH_RECORD_RECORD_H

#include "base/buf.h"
#include "options/options.h"

enum verdict {
    VERDICT_VALID,
    VERDICT_WELLFORMED, /* no schema was given */
    VERDICT_INVALID,
    VERDICT_MALFORMED,
    VERDICT_UNMAPPED,   /* schemas were given, none for this root */
    VERDICT_UNREADABLE, /* the entry could not be had, or is over a limit */
    VERDICT_TIMEOUT,
    VERDICT_LOST, /* it took its worker down */
    VERDICT_SKIPPED,
    VERDICTS,
};
extern const char *const verdict_names[VERDICTS];

/* Whether a run holding this verdict can end with exit status 0. */
bool verdict_is_good(enum verdict verdict);

/* A stretch of the record's `text`. */
struct text_span {
    size_t at;
    size_t len;
};

struct fault {
    const char
        *kind; /* static: "xml", "namespace", "entity", "schema", "archive", "limit", ... */
    const char *code; /* static: the rule broken, or the library's name for it */
    struct text_span message;
    struct text_span path;      /* XPath of the node at fault; len 0: not known */
    uint64_t line;              /* 0: not known */
    uint64_t column;            /* 0: not known */
    uint64_t element;           /* n-th start tag of the document; 0: none */
    struct text_span attribute; /* its attribute at fault, len 0: the element itself */
};

enum field_type { FIELD_NODES, FIELD_STRING, FIELD_NUMBER, FIELD_BOOLEAN };

struct field {
    enum field_type type;
    size_t first; /* in `values` */
    size_t n;     /* nodes: how many; else 1 */
};

struct namespace_binding {
    struct text_span prefix;
    struct text_span uri;
    size_t next; /* the next binding of the same prefix, 0: none */
    bool first;  /* the first of its prefix */
};

struct record {
    struct text_span path;
    uint64_t index;
    enum verdict verdict;
    const char *reason; /* static: why it was skipped, else NULL */
    bool has_bytes;     /* the document could be read */
    bool has_summary;   /* root to text_bytes are known: it is well-formed */
    uint64_t bytes;
    struct text_span root_namespace;
    struct text_span root_name;
    struct namespace_binding *bindings; /* in order of first sight, each once */
    size_t n_bindings, cap_bindings;
    uint64_t elements;
    uint64_t attributes;
    uint64_t depth;
    uint64_t text_bytes;
    const char *schema;   /* NULL: none was applied */
    struct field *fields; /* as many as there are --extract options, or none */
    size_t n_fields, cap_fields;
    struct text_span *values;
    size_t n_values, cap_values;
    struct fault *faults;
    size_t n_faults, cap_faults;
    uint64_t faults_total;
    struct buf text; /* what the spans point into */
};

void record_clear(struct record *record);   /* keeps the memory */
void record_restart(struct record *record); /* keeps path and index, too */
void record_free(struct record *record);

/* Copies bytes into the record's text. record->text.failed tells of lost memory at the end. */
struct text_span record_text(struct record *record, const void *bytes, size_t len);

/* Counts a fault, and keeps it if fewer than `max` are kept; a message is cut at 2,000 bytes.
 * NULL: not kept. */
struct fault *record_fault(struct record *record, size_t max, const char *kind,
                           const char *code, const char *message, size_t message_len);
struct namespace_binding *record_bind(struct record *record, struct text_span prefix,
                                      struct text_span uri);
struct field *record_field(struct record *record, enum field_type type);
int record_value(struct record *record, const char *value, size_t len);

#endif
