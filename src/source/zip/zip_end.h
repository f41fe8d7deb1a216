/* SPDX-License-Identifier: MIT
 *
 * Finds the end of central directory record of a ZIP archive (APPNOTE 4.3.16). It lies before a
 * comment of up to 64 KiB, in which there may be more that look like one, and what it says of
 * the directory may be off by what was put before the archive. For zip_open.
 */
#ifndef THRESH_SOURCE_ZIP_ZIP_END_H
#define THRESH_SOURCE_ZIP_ZIP_END_H

#include "source/zip/zip.h"

/* How good an end record is. */
enum zip_end_rank {
    ZIP_END_LOST,    /* there is no directory where it says */
    ZIP_END_EMPTY,   /* a directory without records */
    ZIP_END_RECORDS, /* a directory with records */
};

/* An end record, and where its directory is. */
struct zip_end {
    enum zip_end_rank rank;
    bool is_exact; /* its comment ends where the archive ends */
    bool is_cut;   /* its comment would end behind that */
    bool is_split; /* it is of an archive over several files */
    bool is_64;    /* there is a ZIP64 end record with it (APPNOTE 4.3.14) */
    uint64_t directory, directory_end;
    uint64_t shift; /* by how much the directory lies behind where it should */
    uint64_t records;
    uint64_t comment_end;
};

/* The best end record of zip->archive; sets zip->doubt if another is as good, or if there is
 * something behind it. 1, 0 if there is none, -1 with errno. */
int zip_end_find(struct zip *zip, struct zip_end *end);

#define ZIP_END_BYTES 22u

/* Whether a record begins here: 'P', 'K', and these two (APPNOTE 4.3). */
static inline bool zip_is_signature(const unsigned char *s, unsigned char a, unsigned char b)
{
    return s[0] == 'P' && s[1] == 'K' && s[2] == a && s[3] == b;
}

#endif
