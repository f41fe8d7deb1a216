/* SPDX-License-Identifier: MIT
 *
 * What is said of one entry: the facts, in memory. Formats make text of them.
 *
 * A zeroed struct is an empty record. A worker uses one record again and again; its memory
 * grows to what the largest needed.
 */
#ifndef THRESH_RECORD_RECORD_H
#define THRESH_RECORD_RECORD_H

#include "base/buf.h"
#include "options/options.h"

/* In the order of thresh_verdict_name, which is public. */
enum verdict {
    VERDICT_VALID,
    VERDICT_WELLFORMED, /* no schema was given */
    VERDICT_INVALID,
    VERDICT_MALFORMED,
    VERDICT_UNMAPPED,   /* schemas were given, none for this root */
    VERDICT_UNREADABLE, /* its bytes cannot be had, or it is over a limit */
    VERDICT_TIMEOUT,
    VERDICT_LOST, /* the worker that had it died */
    VERDICT_SKIPPED,
    VERDICTS,
};
extern const char *const verdict_names[VERDICTS];

/* Whether a run with this verdict may still end with exit status 0. */
bool verdict_is_good(enum verdict verdict);

/* A piece of the record's text. The empty one is all zeros. */
struct text_span {
    size_t at;
    size_t len;
};

struct fault {
    const char
        *kind; /* static: "xml", "namespace", "entity", "schema", "archive", "limit" ... */
    const char *code; /* static: the rule broken, or a library's name for the error */
    struct text_span message;
    struct text_span path; /* XPath of the node at fault; empty: not known */
    uint64_t line;         /* 0: not known */
    uint64_t column;       /* 0: not known */
    uint64_t element;      /* by start tags, from 1; 0: no element */
    struct text_span
        attribute; /* the element's attribute at fault; empty: the element itself */
};

/* The faults of a record that break one rule. */
struct fault_count {
    const char *kind, *code; /* static */
    uint64_t n;              /* those that are not kept, too */
    size_t first;            /* the place of the first among the faults that are kept, from 1;
                              * 0: it is not */
};

enum field_type { FIELD_NODES, FIELD_STRING, FIELD_NUMBER, FIELD_BOOLEAN, FIELD_NULL };

/* What an XPath of the user's gave. */
struct field {
    enum field_type type;
    size_t first; /* of its values, in the record's */
    size_t n;     /* as many as there are nodes; 0 for null; 1 for other types */
};

struct namespace_binding {
    struct text_span prefix; /* empty: the default namespace */
    struct text_span uri;
    size_t next; /* index of the next binding of this prefix; 0: none */
    bool first;  /* no binding of this prefix comes before it */
};

struct record {
    struct text_span path;
    uint64_t index; /* of the entry in the run, from 0 */
    enum verdict verdict;
    const char *reason; /* static: why it was skipped; NULL: it was not */
    bool has_bytes;     /* the document was read, `bytes` is its size */
    bool has_summary;   /* it is well-formed; root, bindings and counts below are known */
    bool has_unread;    /* it refers to an entity that was not read: a fault says which */
    uint64_t bytes;
    bool is_judged;          /* by an XSD, */
    uint64_t close_bytes;    /* which looked closely at tags of so many; in no format */
    uint64_t spent_us;       /* on it, by its worker; in no format. 0: not measured */
    struct text_span sha256; /* of those bytes, in hexadecimal; empty: not asked for */
    struct text_span root_namespace;
    struct text_span root_name;
    struct namespace_binding *bindings; /* each once, in the order of the document */
    size_t n_bindings, cap_bindings;
    uint64_t elements;
    uint64_t attributes;
    uint64_t depth;
    uint64_t text_bytes;
    const char *schema;   /* the file's name; NULL: none was applied */
    struct field *fields; /* one for each --extract, or none */
    size_t n_fields, cap_fields;
    struct text_span *values;
    size_t n_values, cap_values;
    struct fault *faults; /* those that are kept */
    size_t n_faults, cap_faults;
    uint64_t faults_total;
    struct fault_count *counts; /* of all faults, in the order of first sight */
    size_t n_counts, cap_counts;
    struct buf text; /* what spans are pieces of; text.failed tells of lost memory */
};

/* Empties the record. Its memory stays for the next one. */
void record_clear(struct record *record);
/* Empties it but for path and index: the document is read again. The path must have been the
 * first text of the record. */
void record_restart(struct record *record);
void record_free(struct record *record);

/* The first byte of a piece of text; no NUL follows it. Until text is added. */
static inline const char *record_text(const struct record *record, struct text_span span)
{
    return record->text.data ? record->text.data + span.at : "";
}

/* Whether the record can tell this part. Verdict, fields and faults it always can. */
bool record_knows(const struct record *record, enum part part);
/* A part that is a number. */
uint64_t record_number(const struct record *record, enum part part);

/* -- Adding --------------------------------------------------------------------------- */

/* Without memory, these set text.failed and return an empty span, NULL or -1. */

/* Copies the bytes. */
struct text_span record_add_text(struct record *record, const void *bytes, size_t len);

/* Digests the document's bytes. */
void record_add_sha256(struct record *record, const void *bytes, size_t len);

/* Counts a fault, and keeps it if fewer than `max` are kept; NULL: it is not. kind and code are
 * static strings. A message of more than 2,000 bytes is cut; what is not UTF-8 in it becomes
 * U+FFFD. */
struct fault *record_add_fault(struct record *record, size_t max, const char *kind,
                               const char *code, const char *message, size_t message_len);

/* Forgets all faults. */
void record_drop_faults(struct record *record);

/* A binding that is the first of its prefix, until the caller says otherwise. */
struct namespace_binding *record_add_binding(struct record *record, struct text_span prefix,
                                             struct text_span uri);

/* A byte that no UTF-8 has: it stands in a value where the document refers to an entity that
 * was not read. */
#define RECORD_HOLE 0xff
/* A field whose values have a hole, or are reckoned where there may be one, is not known: it
 * becomes null. */
void record_null_fields(struct record *record);

/* A field without values; record_add_value adds to the last field. 0 or -1. */
int record_add_field(struct record *record, enum field_type type);
int record_add_value(struct record *record, const char *value, size_t len);

#endif
