/* SPDX-License-Identifier: MIT
 *
 * How the bytes of one document are compressed, as in a.xml.gz. (How a member of an archive is
 * compressed is the business of whoever reads the archive.)
 */
#ifndef THRESH_SOURCE_CODEC_H
#define THRESH_SOURCE_CODEC_H

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD, CODEC_BZIP2 };

/* The fewest bytes of a gzip file: a header and a trailer (RFC 1952, 2.3). */
#define CODEC_GZIP_LEAST 18u

#endif
