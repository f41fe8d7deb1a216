/* SPDX-License-Identifier: MIT
 *
 * A record as data on its way from a worker: its numbers, then its lists, then its texts, each
 * with a NUL behind it, so that whoever gets the bytes can point into them. Both ends are one
 * program on one machine, so numbers are as they lie in memory; but a worker may have been
 * taken over by a document, so whatever is unpacked is checked.
 */
#ifndef THRESH_RECORD_RECORD_PACK_H
#define THRESH_RECORD_RECORD_PACK_H

#include "base/buf.h"
#include <stdbool.h>

struct record;

/* A text's place behind the lists. */
struct packed_text {
    uint32_t at;
    uint32_t len;
};
#define RECORD_PACK_NONE UINT32_MAX /* as `at`: there is none */

struct packed_record {
    uint64_t index, bytes, spent_us;
    uint64_t elements, attributes, depth, text_bytes;
    uint64_t faults_total;
    struct packed_text path, reason, sha256, schema, root_namespace, root_name;
    uint32_t n_bindings, n_fields, n_values, n_faults, n_counts; /* the lists, in this order */
    uint8_t verdict, has_bytes, has_summary, has_unread;
};

struct packed_binding { /* as struct namespace_binding */
    struct packed_text prefix, uri;
    uint32_t next;
    uint32_t first;
};

struct packed_field { /* as struct field */
    uint32_t type, first, n, zero;
};

struct packed_fault { /* as struct fault */
    uint64_t line, column;
    struct packed_text kind, code, message, path;
};

struct packed_count { /* as struct fault_count */
    uint64_t n;
    struct packed_text kind, code;
    uint32_t first, zero;
};

/* Appends the record. 0, or -1 without memory. */
int record_pack(struct buf *out, const struct record *record);

/* Where the parts of a packed record are. */
struct record_parts {
    struct packed_record head;
    const char *bindings, *fields, *values, *faults, *counts;
    const char *texts;
    size_t texts_len;
};

/* Finds them in the `len` bytes, and checks that they fill them. 0 or -1. What is in the lists
 * is to be checked as it is read. */
int record_parts_find(const char *bytes, size_t len, struct record_parts *parts);

/* Whether the text lies in the texts and has its NUL; sets *text, to NULL where there is none
 * and `may_lack` allows it. */
bool record_parts_text(const struct record_parts *parts, struct packed_text packed,
                       bool may_lack, const char **text);

#endif
