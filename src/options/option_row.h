/* SPDX-License-Identifier: MIT
 *
 * An option is a row: all that is known of it, in one place. The command line, --help,
 * completion scripts, job files, THRESH_* variables, the man page and README's tables are made
 * from the rows, so that an option added to the table is added to all of them.
 */
#ifndef THRESH_OPTIONS_OPTION_ROW_H
#define THRESH_OPTIONS_OPTION_ROW_H

#include "base/buf.h"
#include "base/error.h"
#include <stddef.h>

/* Where help shows an option. */
enum option_section {
    OPTION_MEASURING, /* of thresh tune */
    OPTION_SCHEMAS,
    OPTION_RECORDS,
    OPTION_WORKERS,
    OPTION_LIMITS,
    OPTION_REPORTS,
    OPTION_OTHER,
    OPTION_SECTIONS,
};
extern const char *const option_section_titles[OPTION_SECTIONS];

/* A word that an option takes, and what it then holds. */
struct option_word {
    const char *word;
    int value;
};
/* false and true, for switches. */
extern const struct option_word option_switch_words[];

struct option_row {
    const char *name;     /* the long name; in a job as it is, as a variable THRESH_NAME */
    char letter;          /* the short name, or '\0' */
    const char *argument; /* "SIZE"; "[=WORD]": may be left out; NULL: a switch */
    enum option_section section;
    const char *doc;       /* without default, most and meaning of 0, which describe adds */
    const char *otherwise; /* the default, as it would be typed; NULL: none */
    bool is_common;        /* among those that --help begins with */
    bool is_deferred;      /* the default is not stored: the run decides what to do without */
    const char *zero;      /* what 0 stands for where that is not obvious, or NULL */
    uint64_t most;         /* of a number, in the unit that is stored, or in percent */
    const struct option_word *words; /* ends with a NULL word; NULL: any value */
    const struct option_kind *kind;  /* these three by one of the macros below */
    size_t offset;
    size_t size;
};

/* -- Kinds ---------------------------------------------------------------------------- */

/* How a value is read, and what a row's `offset` points to. */
struct option_kind {
    /* Checks the value and stores it: 0, or -1 with a line that names option, value and remedy.
     * What was there is replaced, or added to where the option repeats. */
    int (*set)(const struct option_row *row, void *at, const char *value,
               struct thresh_error *error);
    /* Appends what was stored, as text that tells any two values apart. */
    void (*print)(const struct option_row *row, const void *at, struct buf *out);
    void (*clear)(void *at); /* frees what `set` allocated; NULL: nothing */
    bool repeats;
    bool is_file; /* the value names a file that is read: in a job, one beside the job */
};

extern const struct option_kind option_kind_word;    /* bool or an enum: one of row->words */
extern const struct option_kind option_kind_number;  /* unsigned or uint64_t, 0 to row->most */
extern const struct option_kind option_kind_size;    /* uint64_t: bytes, as 512K, 64M, 2G, 1T */
extern const struct option_kind option_kind_seconds; /* uint64_t: milliseconds, for 2.5 */
extern const struct option_kind option_kind_percent; /* uint64_t: thousandths, for 0.5 */
extern const struct option_kind option_kind_decimal; /* double: above 0, to row->most */
extern const struct option_kind option_kind_text;    /* char * */
extern const struct option_kind option_kind_file;    /* char * */
extern const struct option_kind option_kind_place;   /* char *: "" for true, NULL for false */
extern const struct option_kind option_kind_list;    /* struct string_list */
extern const struct option_kind option_kind_pairs;   /* struct string_list: NAME=VALUE */
extern const struct option_kind option_kind_schemas; /* struct string_list: [ROOTS=]FILE */
extern const struct option_kind option_kind_parts;   /* unsigned: bit set of enum part */
extern const struct option_kind option_kind_shard;   /* struct shard: K/N, auto or auto/N */
extern const struct option_kind option_kind_job;     /* nowhere: refused, as options_set says */

/* Where a value lands, in rows: OPTION_NUMBER(struct thresh_options, max_errors, unsigned). A
 * member of another type than the kind stores does not compile. */
#define OPTION_LANDS(kind_, holder, member, type)                                              \
    .kind = &option_kind_##kind_, .offset = offsetof(holder, member),                          \
    .size = sizeof *(_Generic(&((holder *)NULL)->member, type *                                \
                              : (type *)NULL))
#define OPTION_SWITCH(holder, member)                                                          \
    OPTION_LANDS(word, holder, member, bool), .words = option_switch_words
#define OPTION_WORD(holder, member, enumeration, words_)                                       \
    OPTION_LANDS(word, holder, member, enumeration), .words = words_
#define OPTION_NUMBER(holder, member, type) OPTION_LANDS(number, holder, member, type)
#define OPTION_SIZE(holder, member)         OPTION_LANDS(size, holder, member, uint64_t)
#define OPTION_SECONDS(holder, member)      OPTION_LANDS(seconds, holder, member, uint64_t)
#define OPTION_PERCENT(holder, member)      OPTION_LANDS(percent, holder, member, uint64_t)
#define OPTION_DECIMAL(holder, member)      OPTION_LANDS(decimal, holder, member, double)
#define OPTION_TEXT(holder, member)         OPTION_LANDS(text, holder, member, char *)
#define OPTION_STRINGS(kind, holder, member)                                                   \
    OPTION_LANDS(kind, holder, member, struct string_list)

/* -- Rows ----------------------------------------------------------------------------- */

/* The options of a run, which land in struct thresh_options; ends with a NULL name. */
extern const struct option_row option_rows[];

/* NULL where `rows` have no such name. */
const struct option_row *option_row_find(const struct option_row *rows, const char *name);

/* It takes no value, or one that may be left out. */
bool option_row_is_switch(const struct option_row *row);

/* Gives the option its value in the struct at `holder`; NULL where the value was left out. */
int option_row_set(const struct option_row *row, void *holder, const char *value,
                   struct thresh_error *error);
/* Gives all of `rows` their defaults, in a zeroed struct, and frees what they hold. */
int option_rows_default(const struct option_row *rows, void *holder,
                        struct thresh_error *error);
void option_rows_clear(const struct option_row *rows, void *holder);

/* Appends "NAME VALUE" and a NUL, so that what two runs were asked for can be compared. */
void option_row_print(const struct option_row *row, const void *holder, struct buf *out);

/* What a first look needs: the doc as far as its first clause. */
int option_row_describe_briefly(const struct option_row *row, struct buf *out);
/* The doc, and in brackets default, most, meaning of 0, and whether it may be repeated. */
int option_row_describe(const struct option_row *row, struct buf *out);

/* Fills in "there is no option --NAME; did you mean --NEAR?" of the tables given, which may be
 * NULL. Returns -1. */
int option_row_unknown(const char *name, const struct option_row *rows,
                       const struct option_row *more, struct thresh_error *error);

#endif
