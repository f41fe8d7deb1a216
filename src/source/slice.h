/* SPDX-License-Identifier: MIT */
#ifndef THRESH_SOURCE_SLICE_H
#define THRESH_SOURCE_SLICE_H

#include <stdint.h>

/* A run of bytes in an open file. Whoever opened the file closes it. */
struct slice {
    int fd;
    uint64_t file; /* a number for the file, by which a window knows whose bytes it has */
    uint64_t at;
    uint64_t len;
};

#endif
