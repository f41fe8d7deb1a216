/* SPDX-License-Identifier: MIT */
#include "run/known.h"

#include "base/clock.h"
#include "base/io.h"
#include "options/option_row.h"
#include "run/cache.h"
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was added to the journal leaves in blocks, but does not wait longer for others to come
 * than a run that is killed may lose. */
enum { BLOCK = 1 << 16, WAIT_MS = 50 };

struct known {
    struct sha256_ctx terms;
    const char *file;       /* the journal's; NULL: there is none */
    struct journal journal; /* its descriptor appends, too */
    struct stat facts;
    struct buf pending;
    double flushed_ms;
    struct cache cache; /* whose path is NULL where there is none */
    bool gave_up;       /* nothing more is added to the cache; */
    struct thresh_error why_gave_up;
};

/* -- Terms ---------------------------------------------------------------------------- */

/* Options of schemas and limits of which a record that there is does not speak. */
static bool is_of_terms(const struct option_row *row)
{
    static const char *const others[] = {"guard-schemas", "schema-cache",    "schema-timeout",
                                         "schema-memory", "timeout",         "max-memory",
                                         "max-entries",   "max-total-bytes", "max-nesting",
                                         "max-bad",       "fail-fast"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(row->name, others[i]) == 0)
            return false;
    return row->section == OPTION_SCHEMAS || row->section == OPTION_LIMITS;
}

/* The limits that hold, which need not be those that were asked for, and what faults say of
 * them. */
static void append_limits(struct buf *out, const struct limits *limits)
{
    static const enum limit limits_of_documents[] = {LIMIT_DOCUMENT_BYTES, LIMIT_ENTITY_BYTES};
    for (size_t i = 0; i < sizeof limits_of_documents / sizeof *limits_of_documents; i++) {
        enum limit limit = limits_of_documents[i];
        buf_append_format(out, "%llu %s\n", (unsigned long long)limits->at[limit],
                          limits_remedy(limits, limit));
    }
}

static int digest_terms(struct sha256_ctx *sum, const struct known_terms *terms)
{
    struct buf text = {0};
    buf_append_string(&text, "thresh " THRESH_VERSION " " THRESH_BUILD_DIGEST " libxml2 ");
    buf_append_string(&text, xmlParserVersion);
    for (const struct option_row *row = option_rows; row->name; row++)
        if (is_of_terms(row))
            option_row_print(row, terms->options, &text);
    append_limits(&text, terms->limits);
    buf_append_format(&text, "%d\n", layout_has(&terms->rules->layout, PART_SHA256));
    schema_set_print(terms->rules->set, &text);
    uint8_t digest[DIGEST_BYTES]; /* not the text: one that is longer begins as another ends */
    digest_of(text.data, text.failed ? 0 : text.len, digest);
    sha256_init(sum);
    sha256_update(sum, sizeof digest, digest);
    int rc = text.failed ? -1 : 0;
    buf_free(&text);
    return rc;
}

/* -- The journal ---------------------------------------------------------------------- */

static int fail(const struct known *known, const char *what, const char *remedy,
                struct thresh_error *error)
{
    return errno == ENOMEM
               ? error_no_memory(error)
               : error_set(error, "%s: %s: %m; %s --resume", known->file, what, remedy);
}

static int open_journal(struct known *known, struct thresh_error *error)
{
    if (!*known->file || strcmp(known->file, "-") == 0)
        return error_set(error, "--resume: '%s' names no file that the next run would find",
                         known->file);
    /* Where the umask lets others write, too, the next run would refuse its own journal. */
    int fd = open(known->file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
    if (fd < 0 || fstat(fd, &known->facts) < 0) {
        fail(known, "cannot be opened", "name another file with", error);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    known->flushed_ms = clock_ms();
    known->journal.fd = fd;
    if (known->facts.st_mode & S_IWOTH)
        return error_set(error,
                         "%s: everybody may write to it, and so say what documents are; name "
                         "a file of your own with --resume",
                         known->file);
    int rc = S_ISREG(known->facts.st_mode) ? journal_open(&known->journal, fd) : 1;
    if (rc < 0)
        return fail(known, "cannot be read", "name another file with", error);
    if (rc > 0)
        return error_set(error,
                         "%s: is there, and is no journal of thresh; name another file with "
                         "--resume",
                         known->file);
    if (!known->journal.bytes)
        journal_begin(&known->pending);
    return 0;
}

static int flush(struct known *known, struct thresh_error *error)
{
    if (known->pending.failed)
        return error_no_memory(error);
    if (io_write_all(known->journal.fd, known->pending.data, known->pending.len) < 0)
        return fail(known, "cannot be written",
                    "make room for it, or move it and say where with", error);
    buf_clear(&known->pending);
    known->flushed_ms = clock_ms();
    return 0;
}

/* -- Both ----------------------------------------------------------------------------- */

int known_open(struct known **opened, const struct known_terms *terms,
               struct thresh_error *error)
{
    const struct thresh_options *options = terms->options;
    *opened = NULL;
    if (!options->resume && !options->cache)
        return 0;
    struct known *known = *opened = calloc(1, sizeof *known);
    if (!known)
        return error_no_memory(error);
    known->journal.fd = -1;
    known->file = options->resume;
    if (digest_terms(&known->terms, terms) < 0)
        return error_no_memory(error);
    if (options->resume && open_journal(known, error) < 0)
        return -1;
    if (options->cache && !*options->cache)
        return error_set(error, "--cache: '' names no directory");
    return options->cache
               ? cache_open(&known->cache, options->cache, options->cache_size, error)
               : 0;
}

const struct sha256_ctx *known_terms_digest(const struct known *known)
{
    return &known->terms;
}

const struct stat *known_journal(const struct known *known)
{
    return known && known->file ? &known->facts : NULL;
}

const struct stat *known_cache(const struct known *known)
{
    return known && known->cache.directory.path ? &known->cache.directory.facts : NULL;
}

bool known_find(const struct known *known, const uint8_t key[DIGEST_BYTES], struct buf *answer)
{
    return (known->file && journal_find(&known->journal, key, answer)) ||
           (known->cache.directory.path && cache_find(&known->cache, key, answer));
}

/* A cache that cannot be written costs the next run its time, and this one nothing. */
static int give_up(struct known *known, struct thresh_error *error)
{
    if (error_is_no_memory(error))
        return -1;
    known->gave_up = true;
    known->why_gave_up = *error;
    *error = (struct thresh_error){{0}};
    return 0;
}

int known_add(struct known *known, const uint8_t key[DIGEST_BYTES], const void *answer,
              size_t len, struct thresh_error *error)
{
    if (known->cache.directory.path && !known->gave_up &&
        cache_add(&known->cache, key, answer, len, error) < 0 && give_up(known, error) < 0)
        return -1;
    if (!known->file)
        return 0;
    journal_append(&known->pending, key, answer, len);
    return known->pending.len < BLOCK && clock_ms() - known->flushed_ms < WAIT_MS
               ? 0
               : flush(known, error);
}

int known_commit(struct known *known, struct thresh_error *error)
{
    if (known->file && flush(known, error) < 0)
        return -1;
    bool is_kept = known->cache.directory.path && !known->gave_up;
    return is_kept && cache_commit(&known->cache, error) < 0 ? give_up(known, error) : 0;
}

const char *known_warning(const struct known *known)
{
    return known->gave_up ? known->why_gave_up.text : NULL;
}

void known_close(struct known *known)
{
    if (!known)
        return;
    journal_close(&known->journal);
    buf_free(&known->pending);
    if (known->cache.directory.path)
        cache_close(&known->cache);
    free(known);
}
