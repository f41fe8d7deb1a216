/* SPDX-License-Identifier: MIT
 *
 * A source from inside, for those who list it and those who read from it.
 */
#ifndef THRESH_SOURCE_SOURCE_PRIVATE_H
#define THRESH_SOURCE_SOURCE_PRIVATE_H

#include "source/index/listing.h"
#include "source/spool.h"

struct source {
    struct listing listing;
    struct spool spool;
    struct source_options options; /* the arrays of globs are gone once it is open */
    uint64_t bytes_in;
};

#endif
