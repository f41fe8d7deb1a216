/* SPDX-License-Identifier: MIT
 *
 * What is known before a run of the documents that it may meet: of an earlier one that was
 * stopped (--resume) and of all that were (--cache). The key of what is known is a digest of a
 * document's bytes and of all else that its record follows from, so that whatever changes makes
 * another key, and nothing ever needs to be declared outdated.
 */
#ifndef THRESH_RUN_KNOWN_H
#define THRESH_RUN_KNOWN_H

#include "rules/rules.h"
#include "run/limits.h"
#include <sys/stat.h>

/* What a record follows from, beside its document. */
struct known_terms {
    const struct thresh_options *options;
    const struct rules *rules;
    const struct limits *limits;
};

struct known;

/* Opens the journal and the cache of the options; *known is NULL where they name neither. 0, or
 * -1 with the error filled in. */
int known_open(struct known **known, const struct known_terms *terms,
               struct thresh_error *error);
/* What digests of documents begin with. */
const struct sha256_ctx *known_terms_digest(const struct known *known);
/* The journal and the directory of the cache; NULL: there is none. */
const struct stat *known_journal(const struct known *known);
const struct stat *known_cache(const struct known *known);
/* As journal_find. */
bool known_find(const struct known *known, const uint8_t key[DIGEST_BYTES], struct buf *answer);
/* 0, or -1 with the error filled in. */
int known_add(struct known *known, const uint8_t key[DIGEST_BYTES], const void *answer,
              size_t len, struct thresh_error *error);
/* All is added. 0, or -1 with the error filled in. */
int known_commit(struct known *known, struct thresh_error *error);
/* Why the cache has not got what was added; NULL: it has, or there is none. */
const char *known_warning(const struct known *known);
void known_close(struct known *known); /* takes NULL */

#endif
